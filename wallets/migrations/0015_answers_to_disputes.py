"""What staff say to a dispute, debts that are written off, and passwords that payouts wait for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0014_stuck_rows"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="dispute",
            options={
                "permissions": [
                    ("contest_dispute", "Can contest a dispute"),
                    ("ask_accept_dispute", "Can ask that a dispute be accepted"),
                    ("approve_accept_dispute", "Can approve that a dispute is accepted"),
                ]
            },
        ),
        migrations.AlterModelOptions(
            name="wallet",
            options={
                "permissions": [
                    ("ask_write_off_owed", "Can ask that what somebody owes Contri be written off"),
                    ("approve_write_off_owed", "Can approve that what somebody owes Contri is written off"),
                ]
            },
        ),
        migrations.AlterModelOptions(
            name="withdrawal",
            options={
                "permissions": [
                    ("confirm_withdrawal", "Can give the provider the password that a withdrawal waits for"),
                    ("retry_withdrawal", "Can have a stuck withdrawal tried again"),
                    ("ask_release_withdrawal", "Can ask that a withdrawal's money be given back"),
                    ("approve_release_withdrawal", "Can approve that a withdrawal's money is given back"),
                ]
            },
        ),
        migrations.AddField(
            model_name="dispute",
            name="answer",
            field=models.CharField(
                blank=True, choices=[("accept", "Accept"), ("contest", "Contest")], db_default="", max_length=7
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="answer_message",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="dispute",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
