"""The audit trail: who did what to whom, why and from where, as Django admin LogEntry rows.

Written in the transaction of the act itself, by every door alike; the database lets nobody change or delete one, and
`audit_chain` shows when somebody did all the same.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from contri.core.changes import changes_since_locked
from contri.core.context import current_call

SYSTEM_EMAIL = "system@contri.invalid"

__all__ = [
    "ADDITION",
    "CHANGE",
    "DELETION",
    "SYSTEM_EMAIL",
    "details_of",
    "draft",
    "record",
    "record_on_table",
    "system_actor_id",
]


def record(
    actor: models.Model | None, target: models.Model, what: str, *, reason: str = "", flag: int = CHANGE
) -> None:
    """Write one audit row. `actor` None means Contri itself (the beat, a worker, a provider's word).

    Of a target that the act locked it also says what was changed, before and after.
    """
    actor_id = actor.pk if actor is not None else system_actor_id()
    draft(actor_id, target, what, reason=reason, flag=flag).save(force_insert=True)


def draft(actor_id: UUID, target: models.Model, what: str, *, reason: str = "", flag: int = CHANGE) -> LogEntry:
    """The audit row of an act, for a verb that writes everything in one SQL call, the row too."""
    call = current_call()
    details: dict[str, Any] = {"what": what, "request_id": call.request_id, "address": call.address}
    if reason:
        details["reason"] = reason
    details |= changes_since_locked(target)
    return LogEntry(
        user_id=actor_id,
        content_type=ContentType.objects.get_for_model(target),
        object_id=str(target.pk),
        object_repr=str(target)[:200],
        action_flag=flag,
        change_message=json.dumps(details, cls=DjangoJSONEncoder),
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


def record_on_table(actor: models.Model, table: type[models.Model], what: str, *, reason: str) -> None:
    """Write one audit row about a whole table: an export, say."""
    call = current_call()
    details = {"what": what, "request_id": call.request_id, "address": call.address, "reason": reason}
    LogEntry.objects.create(
        user_id=actor.pk,
        content_type=ContentType.objects.get_for_model(table),
        object_repr=str(table._meta.verbose_name_plural)[:200],
        action_flag=CHANGE,
        change_message=json.dumps(details),
    )


def details_of(entry: LogEntry) -> dict[str, Any]:
    """What a row of the trail says, whoever wrote it: `record`, or Django's own forms."""
    if entry.change_message.startswith("{"):
        details: dict[str, Any] = json.loads(entry.change_message)
        return details
    return {"what": entry.get_change_message()}


@cache
def system_actor_id() -> UUID:
    """The id of the account in whose name Contri itself acts; written by a migration, unable to log in."""
    system: Any = get_user_model()._default_manager.only("pk").get(email=SYSTEM_EMAIL)
    return UUID(str(system.pk))
