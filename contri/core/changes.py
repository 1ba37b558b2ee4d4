"""What an act changed in the row that it had locked: the before and after of the audit trail.

`lock_row` takes a picture of each row as it was; the audit trail compares. Only plain facts are in it (states, moments,
numbers, whom or what a row refers to): the trail outlives people's data, so no free text, which is where names,
addresses, numbers and secrets are.
"""

from typing import Any

from django.db import models

_PLAIN = (
    models.BooleanField,
    models.DateField,
    models.IntegerField,
    models.UUIDField,
    models.ForeignKey,
)
_PICTURE = "as_locked"


def take_picture(row: models.Model) -> None:
    """Remember what the row's plain fields hold now."""
    row.__dict__[_PICTURE] = _plain_fields(row)


def changes_since_locked(row: models.Model) -> dict[str, dict[str, Any]]:
    """`{"before": {...}, "after": {...}}` of the plain fields that differ from the picture; empty without any."""
    was: dict[str, Any] = row.__dict__.get(_PICTURE, {})
    now = _plain_fields(row)
    changed = [name for name in was if was[name] != now.get(name)]
    if not changed:
        return {}
    return {"before": {name: was[name] for name in changed}, "after": {name: now.get(name) for name in changed}}


def _plain_fields(row: models.Model) -> dict[str, Any]:
    # Read past Django's descriptors: a deferred field stays unread.
    fields = (field for field in row._meta.concrete_fields if field.attname in row.__dict__ and _is_plain(field))
    return {field.name: row.__dict__[field.attname] for field in fields}


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, _PLAIN) or bool(field.choices)
