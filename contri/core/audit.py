"""The audit trail: who did what to whom, why and from where, as Django admin LogEntry rows.

Written in the transaction of the act itself, by every door alike.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models

from contri.core.context import current_call

SYSTEM_EMAIL = "system@contri.invalid"

__all__ = ["ADDITION", "CHANGE", "DELETION", "SYSTEM_EMAIL", "draft", "record", "system_actor_id"]


def record(
    actor: models.Model | None, target: models.Model, what: str, *, reason: str = "", flag: int = CHANGE
) -> None:
    """Write one audit row. `actor` None means Contri itself (the beat, a worker, a provider's word)."""
    actor_id = actor.pk if actor is not None else system_actor_id()
    draft(actor_id, target, what, reason=reason, flag=flag).save(force_insert=True)


def draft(actor_id: UUID, target: models.Model, what: str, *, reason: str = "", flag: int = CHANGE) -> LogEntry:
    """The audit row of an act, for a verb that writes everything in one SQL call, the row too."""
    call = current_call()
    details: dict[str, Any] = {"what": what, "request_id": call.request_id, "address": call.address}
    if reason:
        details["reason"] = reason
    return LogEntry(
        user_id=actor_id,
        content_type=ContentType.objects.get_for_model(target),
        object_id=str(target.pk),
        object_repr=str(target)[:200],
        action_flag=flag,
        change_message=json.dumps(details),
    )


def record_each(actor: models.Model | None, acts: Sequence[tuple[models.Model, str]]) -> None:
    """`record` for many things of one kind, in one statement."""
    call = current_call()
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=actor.pk if actor is not None else system_actor_id(),
            content_type=ContentType.objects.get_for_model(target),
            object_id=str(target.pk),
            object_repr=str(target)[:200],
            action_flag=CHANGE,
            change_message=json.dumps({"what": what, "request_id": call.request_id, "address": call.address}),
        )
        for target, what in acts
    )


@cache
def system_actor_id() -> UUID:
    """The id of the account in whose name Contri itself acts; written by a migration, unable to log in."""
    system: Any = get_user_model()._default_manager.only("pk").get(email=SYSTEM_EMAIL)
    return UUID(str(system.pk))
