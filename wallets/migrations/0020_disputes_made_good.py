from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0019_journals_by_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="made_good_kobo",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("made_good_kobo__gte", 0), ("made_good_kobo__lte", models.F("owed_kobo"))),
                name="dispute_made_good_of_owed",
            ),
        ),
    ]
