"""Staff may have it asked again how a dispute stands that was left to a person."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallets", "0017_found_by_index")]

    operations = [
        migrations.AlterModelOptions(
            name="dispute",
            options={
                "permissions": [
                    ("contest_dispute", "Can contest a dispute"),
                    ("retry_dispute", "Can have it asked again how a stuck dispute stands"),
                    ("ask_accept_dispute", "Can ask that a dispute be accepted"),
                    ("approve_accept_dispute", "Can approve that a dispute is accepted"),
                ]
            },
        ),
    ]
