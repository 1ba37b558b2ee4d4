from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_staff_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("value", models.FloatField()),
                ("taken_at", models.DateTimeField()),
            ],
        ),
    ]
