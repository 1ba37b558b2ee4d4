"""Declare that a payment provider is away, or that it is back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from circles import services
from circles.management.acting import staff_named
from contri.core.errors import DomainError


class Command(BaseCommand):
    help = "Stop every circle's clocks while a provider is away, and set them going again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which provider, what of it, and who says so."""
        parser.add_argument("what", choices=["declare", "end"])
        parser.add_argument("provider")
        parser.add_argument("--by", required=True, help="the address of the member of staff who says so")
        parser.add_argument("--reason", default="", help="why, for the record; needed to declare one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, for staff who may."""
        actor = staff_named(options["by"], "circles.declare_outage")
        if options["what"] == "declare" and not options["reason"]:
            raise CommandError("--reason is needed")
        try:
            outage = _said(actor, options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{outage}: {'ended' if outage.ended_at else 'declared, nothing falls due until it is ended'}"
        )


def _said(actor: User, options: dict[str, Any]) -> Any:
    if options["what"] == "end":
        return services.end_outage(actor=actor, provider=options["provider"], at=timezone.now())
    return services.declare_outage(
        actor=actor, provider=options["provider"], reason=options["reason"], at=timezone.now()
    )
