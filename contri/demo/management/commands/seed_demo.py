"""`manage.py seed_demo`: the people whose logins `make run` prints, and a circle that they are forming."""

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from accounts.services import Device, NewPerson, appoint_staff, set_pin, sign_up, vouch_for_address
from circles.models import Frequency
from circles.services import Rules, create_circle, join_circle
from contri.core.context import call_context
from contri.core.moments import lagos_day
from contri.demo.people import DEMO_LOGINS, DEMO_PIN, DEMO_TOTP_SECRET, DemoLogin

REASON = "demo data"
FIRST_DUE_IN = timedelta(days=30)


class Command(BaseCommand):
    """Makes what is missing, through the same verbs as everybody; run it as often as you like."""

    help = "Make the demo people and their circle, unless they are there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the demo data; refuse where money is real."""
        if settings.STAGE == "production":
            raise CommandError("Demo logins have printed passwords: never in production.")
        missing = [login for login in DEMO_LOGINS if not User.objects.filter(email=login.email).exists()]
        with call_context():
            _seed(missing, timezone.now())
        self.stdout.write(f"{len(DEMO_LOGINS)} demo logins, {len(missing)} of them new")


def _seed(missing: list[DemoLogin], at: datetime) -> None:
    for login in (login for login in missing if login.role == "superuser"):
        User.objects.create_superuser(
            login.email, login.password, first_name=login.first_name, last_name=login.last_name
        )
    staff = User.objects.get(email=next(login.email for login in DEMO_LOGINS if login.role == "superuser"))
    for login in (login for login in missing if login.group):
        _newcomer(login, staff, at)
        appoint_staff(actor=staff, user_id=User.objects.get(email=login.email).pk, group=login.group, reason=REASON)
    for user in User.objects.filter(email__in=[login.email for login in DEMO_LOGINS if login.is_staff]):
        if not Authenticator.objects.filter(user=user).exists():
            TOTP.activate(user, DEMO_TOTP_SECRET)
    newcomers = [_newcomer(login, staff, at) for login in missing if not login.is_staff]
    if newcomers:
        _form_circle(newcomers, at)


def _newcomer(login: DemoLogin, staff: User, at: datetime) -> User:
    person = NewPerson(login.email, login.password, login.first_name, login.last_name)
    user, _tokens = sign_up(person=person, device=Device(user_agent="seed_demo", address="127.0.0.1"), at=at)
    vouch_for_address(actor=staff, user_id=user.pk, reason=REASON, at=at)
    set_pin(actor=user, pin=DEMO_PIN, password=login.password, at=at)
    return user


def _form_circle(members: list[User], at: datetime) -> None:
    """A circle with one seat left, so that there is something to look at and to join."""
    host, *others = members
    rules = Rules(
        amount_kobo=500_000,
        frequency=Frequency.WEEKLY,
        cycle_start_date=lagos_day(at + FIRST_DUE_IN),
        size=len(members) + 1,
    )
    circle = create_circle(actor=host, name="Lunch money", rules=rules, at=at)
    for member in others:
        join_circle(actor=member, invite_code=circle.invite_code, at=at)
