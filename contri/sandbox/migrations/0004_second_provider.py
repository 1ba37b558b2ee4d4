"""Flutterwave's memory."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0003_disputes"),
    ]

    operations = [
        migrations.CreateModel(
            name="FlutterwavePayment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("tx_ref", models.CharField(max_length=200, unique=True)),
                ("code", models.CharField(max_length=40, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(default="NGN", max_length=3)),
                ("redirect_url", models.CharField(default="", max_length=2000)),
                ("status", models.CharField(default="", max_length=20)),
                ("processor_response", models.CharField(default="", max_length=200)),
                ("card_number_ends", models.CharField(default="", max_length=10)),
                ("brand", models.CharField(default="", max_length=20)),
                ("token", models.CharField(db_index=True, default="", max_length=60)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="FlutterwaveTransfer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=200, unique=True)),
                ("bank_code", models.CharField(max_length=10)),
                ("account_number", models.CharField(max_length=10)),
                ("full_name", models.CharField(max_length=200)),
                ("amount", models.BigIntegerField()),
                ("narration", models.CharField(default="", max_length=400)),
                ("status", models.CharField(default="NEW", max_length=20)),
                ("complete_message", models.CharField(default="", max_length=200)),
                ("created_at", models.DateTimeField()),
                ("ahead", models.JSONField(default=list)),
                ("moves_at", models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
    ]
