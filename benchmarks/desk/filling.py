"""Rows by the hundred thousand for every table that a page of the desk shows, by plain SQL.

Row n of each table belongs to row n of each table that it refers to, so that every join finds something. Guards and
CHECKs are taken off first: what is measured is looking, and the database goes with the run.
"""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

# Most rows are over and done with; what is not is what the queues show, and there is little of it.
OVER = ("done", "succeeded", "completed", "closed", "resolved", "approved", "settled", "paid", "fixed", "delivered")
IN_A_THOUSAND = 1000
# What pages look up in the code, not in a table.
KNOWN = {
    "core.StaffRequest.kind": "'wallets.write_off_suspense'",
    "core.StaffRequest.terms": """'{"amount_kobo": 100}'""",
}
# A few rows, and a few more each year.
NEVER_LARGE = {"contenttypes", "auth", "django_celery_beat", "accounts.TierRule", "webhooks.WebhookRefusal"}


def tables_shown() -> list[type[models.Model]]:
    """Every table with a page, every table listed below a row, and all that these refer to."""
    found: list[type[models.Model]] = []
    wanted = [model for model in apps.get_models() if site.is_registered(model)]
    wanted += [inline.model for model in wanted for inline in site.get_model_admin(model).inlines]
    while wanted:
        model = wanted.pop()
        if model not in found and not {model._meta.app_label, model._meta.label} & NEVER_LARGE:
            found.append(model)
            references = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
            wanted += [field.target_field.model for field in references]
    return found


def take_guards_off(tables: list[type[models.Model]]) -> None:
    """No triggers, no foreign keys and no CHECKs any more on these tables, and as much time as it takes."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'f') AND conrelid = ANY (%s::regclass[])",
            [names],
        )
        for table, constraint in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        for table in names:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')


def fill(model: type[models.Model], first: int, last: int) -> None:
    """Rows `first` to `last` of a table."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(field) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names})'  # noqa: S608 - names of our own tables
            f" SELECT {values} FROM generate_series({first}, {last}) n"
        )


def settle_down() -> None:
    """Fresh statistics, so that plans are those of a database that has run for a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _value(field: "models.Field[object, object]") -> str:
    if known := KNOWN.get(f"{field.model._meta.label}.{field.name}"):
        return known
    if isinstance(field, models.ForeignKey):
        return _reference(field)
    return _key(field) if field.primary_key else next(value for kinds, value in _by_kind(field) if _is(field, kinds))


def _is(field: "models.Field[object, object]", kinds: tuple[type, ...]) -> bool:
    return isinstance(field, kinds)


def _by_kind(field: "models.Field[object, object]") -> Iterator[tuple[tuple[type, ...], str]]:
    yield (models.UUIDField,), _UUID
    yield (models.BooleanField,), "n % 2 = 0"
    yield (models.DateTimeField,), _sometimes(field, "now() - (2000000 - n) * interval '1 second'")
    yield (models.DateField,), _sometimes(field, "current_date - n")
    yield (models.TimeField,), "time '18:00'"
    yield (models.JSONField,), "'[]'" if field.default is list else "'{}'"
    yield (ArrayField,), "'{}'"
    yield (models.BinaryField,), "decode(lpad(to_hex(n), 64, '0'), 'hex')"
    yield (models.SmallIntegerField,), _chosen(field) if field.choices else "n % 100"
    yield (models.IntegerField, models.DecimalField, models.FloatField), "n"
    yield (models.EmailField,), "'member' || n || '@example.ng'"
    yield (models.CharField, models.TextField, models.FileField), _text(field)


_UUID = "('01000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"


def _key(field: "models.Field[object, object]") -> str:
    if isinstance(field, models.UUIDField):
        return _UUID
    # Above what the migrations wrote.
    return "1000000 + n" if isinstance(field, models.IntegerField) else _value_of_text_key(field)


def _value_of_text_key(field: "models.Field[object, object]") -> str:
    return "current_date - n" if isinstance(field, models.DateField) else f"'{field.name} ' || n"


def _reference(field: "models.ForeignKey[object, object]") -> str:
    if field.related_model is ContentType:
        return str(ContentType.objects.get_for_model(LogEntry).pk)
    return _key(field.target_field)


def _sometimes(field: "models.Field[object, object]", value: str) -> str:
    return f"CASE WHEN n % 2 = 0 THEN {value} END" if field.null else value


def _text(field: "models.Field[object, object]") -> str:
    if field.choices:
        return _chosen(field)
    length = field.max_length or 200
    if field.unique or _is_told_apart_by(field):
        return f"'{field.name[: max(0, length - 8)]}' || lpad(to_hex(n), {min(length, 8)}, '0')"
    # Providers, codes and the like: a few values, each of a great many rows.
    return f"left('{field.name} ' || n % 3, {length})" if length > 3 else "'NGN'"


def _is_told_apart_by(field: "models.Field[object, object]") -> bool:
    options = field.model._meta
    uniques = [unique.fields for unique in options.constraints if isinstance(unique, models.UniqueConstraint)]
    return any(field.name in names for names in (*uniques, *options.unique_together))


def _chosen(field: "models.Field[object, object]") -> str:
    """One row in a thousand for each choice, and all others where most rows end."""
    choices = [str(value) for value, _ in field.flatchoices if value != ""]
    most = next((choice for choice in OVER if choice in choices), choices[-1])
    listed = ", ".join(f"'{choice}'" for choice in choices)
    chosen = f"CASE WHEN n % {IN_A_THOUSAND} < {len(choices)} THEN (ARRAY[{listed}])[n % {IN_A_THOUSAND} + 1]"
    kind = "int" if isinstance(field, models.IntegerField) else "text"
    return f"({chosen} ELSE '{most}' END)::{kind}"
