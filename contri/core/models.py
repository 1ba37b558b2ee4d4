"""The base of every table, the idempotency store, the chain over the audit trail, and what takes two people."""

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now


def uuid7() -> UUID:
    """A time-ordered UUID (version 7, RFC 9562): new rows land at the end of the index, and lists page by it."""
    return uuid_utils.compat.uuid7()


class BaseModel(models.Model):
    """A row with a UUIDv7 key and the database's own word on when it was written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class _SealedField(models.BinaryField):  # type: ignore[type-arg]  # generic in its stubs only
    """A value that `crypto.encrypt` made. `rotate_field_keys` knows these columns by their class."""

    def deconstruct(self) -> Any:
        """To the database it is bytes like any other."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


if TYPE_CHECKING:
    # The plugin knows Django's own fields only; this one has no other types.
    SealedField = models.BinaryField
else:
    SealedField = _SealedField


def columns_of(row: models.Model) -> dict[str, Any]:
    """The row's values by column, as SQL functions take them in JSON; what the database itself fills in is left out."""
    fields = [field for field in row._meta.concrete_fields if not field.has_db_default()]
    return {str(field.column): getattr(row, field.attname) for field in fields}


def insert_together(rows: Sequence[BaseModel]) -> None:
    """`bulk_create` for thousands of rows of one table, by COPY: a tenth of what building the INSERT costs.

    For tables of plain columns. What the database itself fills in (`created_at`) is not read back into the rows.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.has_db_default()]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = attrgetter(*(field.attname for field in fields))
    with connection.wrap_database_errors, connection.cursor() as cursor:
        # Psycopg's own: Django's wrapper passes it on, its types do not say so.
        psycopg_cursor: Any = cursor
        with psycopg_cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(values(row))


class Reading(models.Model):
    """What scheduled work found last: one row a name, overwritten."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.FloatField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class IdempotencyRecord(models.Model):
    """One Idempotency-Key of one user and, once there is one, the answer it got.

    The key and its fingerprint stay for ever; the answer's body may be emptied after 30 days.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user"),
        ]

    def __str__(self) -> str:
        return f"idempotency key of {self.user_id}"


class AuditUnchained(models.Model):
    """A row of the audit trail that is not in the chain yet; written by a trigger with the row itself."""

    entry = models.OneToOneField(
        LogEntry, primary_key=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )

    class Meta:
        db_table = "audit_unchained"

    def __str__(self) -> str:
        return f"audit row {self.entry_id}, to be chained"


class AuditLink(models.Model):
    """One row of the audit trail in the hash chain: `digest` covers the row and the digest before it.

    Without a constraint to the row: one that somebody took away must leave its link behind.
    """

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(LogEntry, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_link"

    def __str__(self) -> str:
        return f"link {self.position}"


class StaffRequest(BaseModel):
    """Something that takes two people of staff: who asked for what, and who decided. See `contri.core.two_people`.

    Triggers hold that what was asked for never changes, that a decision stands, and that no row is deleted.
    """

    class Status(models.TextChoices):
        """Open until somebody decides, once."""

        OPEN = "open", "Open"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"

    kind = models.CharField(max_length=60)
    target_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    target_id = models.CharField(max_length=64)
    target_repr = models.CharField(max_length=200)
    # What was asked for in detail; kobo, ids, days.
    terms = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_reason = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_request"
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(status="open", decided_by=None, decided_at=None)
                | Q(status="taken_back", decided_by=F("asked_by"), decided_at__isnull=False)
                | (
                    Q(status__in=["approved", "declined"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="staff_request_takes_two",
            ),
            models.CheckConstraint(condition=~Q(asked_reason=""), name="staff_request_says_why"),
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id"], condition=Q(status="open"), name="staff_request_open_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="staff_request_open", condition=Q(status="open")),
            models.Index(fields=["target_id"], name="staff_request_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.target_repr}"
