from django.db import migrations


def move(apps, schema_editor):
    """Links to Google and Apple, to allauth's table."""
    identities = apps.get_model("accounts", "SocialIdentity").objects.order_by("pk")
    accounts = apps.get_model("socialaccount", "SocialAccount").objects
    for identity in identities.iterator(chunk_size=1000):
        account = accounts.create(
            user_id=identity.user_id,
            provider=identity.provider,
            uid=identity.subject,
            extra_data={"email": identity.email},
        )
        # Both set themselves when a row is saved.
        accounts.filter(pk=account.pk).update(date_joined=identity.created_at, last_login=identity.last_used_at)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_failures_are_found"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
