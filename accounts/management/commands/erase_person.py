"""`manage.py erase_person`: erase somebody who asked for it other than through the app or the page."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import services
from accounts.models import User
from contri.core.errors import DomainError


class Command(BaseCommand):
    """Erases one person, unless money or an unfinished circle is theirs. Exits with 1 when it did not."""

    help = "Erase a person's data for good; the books stay. Refused while they have money or an unfinished circle."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, and why."""
        parser.add_argument("person", help="their address or their id")
        parser.add_argument("--reason", required=True, help="who asked, how and when; kept in the audit trail")
        parser.add_argument("--dry-run", action="store_true", help="only say whether anything stands against it")
        parser.add_argument("--json", action="store_true", help="the outcome as JSON on standard output, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, or say what stands against it."""
        user = _person(options["person"])
        reasons = services.reasons_against_closing(user=user)
        if not options["dry_run"] and not reasons:
            _erase(user, options["reason"])
        outcome = {"id": str(user.pk), "erased": not options["dry_run"] and not reasons, "reasons": reasons}
        self.stdout.write(json.dumps(outcome, indent=2) if options["json"] else _told(outcome, options["dry_run"]))
        if reasons:
            raise SystemExit(1)


def _erase(user: User, reason: str) -> None:
    try:
        services.erase_person(actor=None, user_id=user.pk, reason=reason, at=timezone.now())
    except DomainError as refusal:
        raise CommandError(f"{refusal.code}: {refusal.detail}") from refusal


def _person(named: str) -> User:
    people = User.objects.filter(erased_at=None)
    try:
        user = people.filter(pk=UUID(named)).first()
    except ValueError:
        user = people.filter(email=named.strip().lower()).first()
    if user is None:
        raise CommandError(f"Nobody has the address or id {named}.")
    return user


def _told(outcome: dict[str, Any], is_dry_run: bool) -> str:
    if outcome["reasons"]:
        return f"{outcome['id']} cannot be erased: {' '.join(outcome['reasons'])}"
    return f"{outcome['id']} {'can be' if is_dry_run else 'is'} erased."
