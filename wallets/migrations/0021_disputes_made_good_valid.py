from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0020_disputes_made_good"),
    ]

    operations = [ValidateConstraint("dispute", "dispute_made_good_of_owed")]
