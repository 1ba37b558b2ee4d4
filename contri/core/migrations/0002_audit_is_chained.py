import django.db.models.deletion
from django.db import migrations, models

# TRUNCATE is left to privileges, so that tests can flush.
GUARDS = """
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% on %: the audit trail is only ever added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AU001';
    END
    $$;
    CREATE FUNCTION audit_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO audit_unchained (entry_id) VALUES (NEW.id);
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON django_admin_log
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
    CREATE TRIGGER audit_waits_for_chain AFTER INSERT ON django_admin_log
        FOR EACH ROW EXECUTE FUNCTION audit_note();
    CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_link
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
    INSERT INTO audit_unchained (entry_id) SELECT id FROM django_admin_log;
"""
UNDO = """
    DROP TRIGGER audit_link_append_only ON audit_link;
    DROP TRIGGER audit_waits_for_chain ON django_admin_log;
    DROP TRIGGER audit_append_only ON django_admin_log;
    DROP FUNCTION audit_note();
    DROP FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("core", "0001_idempotency"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditUnchained",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="admin.logentry",
                    ),
                ),
            ],
            options={"db_table": "audit_unchained"},
        ),
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="admin.logentry",
                    ),
                ),
            ],
            options={"db_table": "audit_link"},
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
