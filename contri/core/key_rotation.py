"""Bringing what is encrypted under the newest field key, so that an older one can be taken away.

A new key goes to the front of FIELD_ENCRYPTION_KEYS; from then on it encrypts, and the others still decrypt. Once no
row needs an older key, that key may be dropped. Rows are taken a few at a time and only written while they hold what
was read, so Contri goes on meanwhile, and the work may be stopped and begun again at any point.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models

from contri.core import crypto
from contri.core.models import SealedField

CHUNK = 500


@dataclass(slots=True)
class Rotation:
    """What became of one column's values."""

    column: str
    current: int = 0
    rotated: int = 0
    # No key of ours opens them: a key was taken away too early.
    unreadable: int = 0


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    """Every column that holds encrypted values, of every app."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]


def rotate_column(
    model: type[models.Model], column: str, *, is_dry_run: bool, on_row: Callable[[], object] = lambda: None
) -> Rotation:
    """Encrypt anew whatever in `column` is not under the newest key; `on_row` is called after each value."""
    done = Rotation(f"{model._meta.db_table}.{column}")
    for pk, token in _values(model, column):
        _rotate(done, model._default_manager.filter(pk=pk, **{column: token}), column, token, is_dry_run)
        on_row()
    return done


def _rotate(done: Rotation, row: "models.QuerySet[Any]", column: str, token: bytes, is_dry_run: bool) -> None:
    try:
        if crypto.is_current(token):
            done.current += 1
            return
        fresh = crypto.rotated(token)
    except InvalidToken:
        done.unreadable += 1
        return
    if not is_dry_run:
        row.update(**{column: fresh})
    done.rotated += 1


def _values(model: type[models.Model], column: str) -> Iterator[tuple[Any, bytes]]:
    """By key, so that neither a long cursor nor an offset is needed; empty values were wiped."""
    rows = model._default_manager.exclude(**{column: None}).exclude(**{column: b""}).order_by("pk")
    last: Any = None
    while chunk := list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", column)[:CHUNK]):
        yield from ((pk, bytes(token)) for pk, token in chunk)
        last = chunk[-1][0]
