from django.db import migrations


class Migration(migrations.Migration):
    """What happened to one thing, newest last: asked for after every wrong password, and by the admin's own history."""

    dependencies = [
        ("accounts", "0002_cooling_off_and_mail_requests"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX admin_log_of_object ON django_admin_log (object_id, action_time)",
            "DROP INDEX admin_log_of_object",
        ),
    ]
