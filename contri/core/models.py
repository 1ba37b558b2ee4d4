"""The base of every table, and the idempotency store."""

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from django.conf import settings
from django.db import models
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
