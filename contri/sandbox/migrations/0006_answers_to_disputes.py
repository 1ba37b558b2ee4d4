"""What the merchant says to a dispute."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0005_phones"),
    ]

    operations = [
        migrations.AddField(model_name="dispute", name="message", field=models.TextField(default="")),
        migrations.AddField(model_name="dispute", name="evidence", field=models.JSONField(null=True)),
        migrations.AddField(model_name="dispute", name="attachment", field=models.CharField(default="", max_length=60)),
        migrations.CreateModel(
            name="DisputeFile",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("content", models.BinaryField(null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="sandbox.dispute"
                    ),
                ),
            ],
        ),
    ]
