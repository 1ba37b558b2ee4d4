"""`manage.py replay_webhook`: have events of the inbox worked off again."""

import json
import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from contri.core.work import WorkState
from webhooks import services
from webhooks.errors import EventNotFoundError
from webhooks.models import InboundEvent


class Command(BaseCommand):
    """Replays one event, or all that were left to a person. Exit 1 when one of them failed again."""

    help = "Work webhook events off again; safe to repeat, as no event changes anything twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """An id, or --failed."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?", type=UUID, help="the event's id in the inbox")
        which.add_argument("--failed", action="store_true", help="every event that needs review")
        parser.add_argument("--reason", default="replayed by command", help="goes into the audit trail")
        parser.add_argument("--dry-run", action="store_true", help="only list what would be replayed")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay, work off, report."""
        event_ids = self._chosen(options)
        if not options["dry_run"]:
            bar = Console(stderr=True, quiet=options["json"])
            for event_id in track(event_ids, "Replaying", console=bar, transient=True):
                self._replay(event_id, options["reason"])
        outcome = [_described(event) for event in InboundEvent.objects.filter(pk__in=event_ids).order_by("created_at")]
        self._report(outcome, as_json=options["json"])
        if not options["dry_run"] and any(event["last_error"] for event in outcome):
            sys.exit(1)

    def _chosen(self, options: dict[str, Any]) -> list[UUID]:
        if options["failed"]:
            failed = InboundEvent.objects.filter(state=WorkState.NEEDS_REVIEW)
            return list(failed.order_by("created_at").values_list("pk", flat=True))
        return [options["id"]]

    def _replay(self, event_id: UUID, reason: str) -> None:
        try:
            services.replay_event(actor=None, event_id=event_id, reason=reason)
        except EventNotFoundError as refusal:
            raise CommandError(f"{event_id}: {refusal.detail}") from refusal
        services.work_event(event_id=event_id, at=timezone.now())

    def _report(self, outcome: list[dict[str, str]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(outcome))
            return
        for event in outcome:
            self.stdout.write("  ".join(event.values()))
        self.stdout.write(f"{len(outcome)} event(s)")


def _described(event: InboundEvent) -> dict[str, str]:
    return {
        "id": str(event.pk),
        "provider": event.provider,
        "event": event.event,
        "reference": event.reference,
        "state": event.state,
        "last_error": event.last_error,
    }
