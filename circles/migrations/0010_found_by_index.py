"""Staff find circles by their name and nominees by their address, by index."""

import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("circles", "0009_renewals_and_appeals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="circle",
            index=models.Index(django.db.models.functions.text.Upper("name"), name="circle_by_name"),
        ),
        AddIndexConcurrently(
            model_name="nominee",
            index=models.Index(fields=["email"], name="nominee_by_address"),
        ),
    ]
