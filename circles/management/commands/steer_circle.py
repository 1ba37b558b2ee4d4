"""What staff may do to circles and their people, from the shell: the admin's actions, by the same verbs."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from accounts.models import User
from circles import services
from circles.errors import CircleNotFoundError
from circles.management.acting import staff_named
from circles.models import Membership
from contri.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do to whatever an id names, and the permission that it takes."""

    permission: str
    verb: Callable[[User, UUID, str, datetime], object]


def _pause(actor: User, circle_id: UUID, reason: str, at: datetime) -> object:
    return services.pause_circle(actor=actor, circle_id=circle_id, reason=reason, at=at, as_staff=True)


def _resume(actor: User, circle_id: UUID, reason: str, at: datetime) -> object:
    return services.resume_circle(actor=actor, circle_id=circle_id, reason=reason, at=at, as_staff=True)


def _cancel(actor: User, circle_id: UUID, reason: str, at: datetime) -> object:
    return services.cancel_circle(actor=actor, circle_id=circle_id, reason=reason, at=at, as_staff=True)


def _dissolve(actor: User, circle_id: UUID, reason: str, at: datetime) -> object:
    return services.dissolve_circle(actor=actor, circle_id=circle_id, reason=reason, at=at)


def _remove(actor: User, membership_id: UUID, reason: str, at: datetime) -> object:
    circle_id = Membership.objects.filter(pk=membership_id).values_list("circle_id", flat=True).first()
    if circle_id is None:
        raise CircleNotFoundError
    return services.expel_member(actor=actor, circle_id=circle_id, membership_id=membership_id, reason=reason, at=at)


def _record_death(actor: User, user_id: UUID, reason: str, at: datetime) -> object:
    return services.record_death(actor=actor, user_id=user_id, evidence=reason, at=at)


def _decide(actor: User, appeal_id: UUID, reason: str, at: datetime, *, is_granted: bool) -> object:
    return services.decide_appeal(actor=actor, appeal_id=appeal_id, is_granted=is_granted, reason=reason, at=at)


ACTS = {
    "pause": Act("circles.steer_circle", _pause),
    "resume": Act("circles.steer_circle", _resume),
    "cancel": Act("circles.steer_circle", _cancel),
    "dissolve": Act("circles.dissolve_circle", _dissolve),
    "remove-member": Act("circles.expel_member", _remove),
    "record-death": Act("circles.record_death", _record_death),
    "grant-appeal": Act("circles.decide_appeal", partial(_decide, is_granted=True)),
    "reject-appeal": Act("circles.decide_appeal", partial(_decide, is_granted=False)),
}


class Command(BaseCommand):
    help = "Pause, resume, cancel or dissolve circles; remove members, record deaths, decide appeals."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, to whom, who says so and why."""
        parser.add_argument("act", choices=ACTS)
        parser.add_argument(
            "ids", nargs="+", type=UUID, help="circles; memberships to remove; people who have died; appeals"
        )
        parser.add_argument("--by", required=True, help="the address of the member of staff who says so")
        parser.add_argument("--reason", required=True, help="why, for the record; of a death, the evidence")
        parser.add_argument("--dry-run", action="store_true", help="say what would come of it, and change nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it to each, every one in a transaction of its own; exit with 1 when one was refused."""
        act = ACTS[options["act"]]
        actor = staff_named(options["by"], act.permission)
        # Progress is for people and goes to standard error, where it cannot spoil the JSON.
        ids: Iterable[UUID] = track(options["ids"], options["act"], console=Console(stderr=True), transient=True)
        outcomes = {str(pk): _outcome(act, actor, pk, options) for pk in ids}
        if options["json"]:
            report = {"act": options["act"], "dry_run": options["dry_run"], "outcomes": outcomes}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            for pk, outcome in outcomes.items():
                self.stdout.write(f"{pk}: {outcome}")
        if any(outcome not in ("done", "would be done") for outcome in outcomes.values()):
            raise SystemExit(1)


def _outcome(act: Act, actor: User, pk: UUID, options: dict[str, Any]) -> str:
    try:
        with transaction.atomic():
            act.verb(actor, pk, options["reason"], timezone.now())
            transaction.set_rollback(options["dry_run"])
    except DomainError as refusal:
        return f"refused: {refusal.code}: {refusal}"
    return "would be done" if options["dry_run"] else "done"
