"""Whether each provider answers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0007_disputes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderHealth",
            fields=[
                ("provider", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("away_since", models.DateTimeField(blank=True, null=True)),
                ("last_away_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
