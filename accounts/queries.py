"""Reads that more than one door needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.errors import SignedOutError, UserNotFoundError
from accounts.founding_rows import SYSTEM_USER_ID
from accounts.models import Pin, Session, User
from accounts.registries import ActionRequired, action_required_sources, dashboard_parts
from accounts.tokens import AccessToken, read_access
from contri.core.errors import refuse_if


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose access token it is, and until when it speaks for them."""

    user: User
    session: Session
    expires_at: datetime


def signed_in_by(access: str) -> SignedIn | None:
    """Who calls with this access token; None when it is junk or expired, or its session or account ended. One query."""
    token = read_access(access)
    if token is None:
        return None
    session = _open_sessions().select_related("user").filter(pk=token.session_id).first()
    return SignedIn(session.user, session, token.expires_at) if session else None


def open_sessions_among(session_ids: Collection[UUID]) -> set[UUID]:
    """Those of these sessions that have not ended, nor their accounts. One query."""
    return set(_open_sessions().filter(pk__in=session_ids).values_list("pk", flat=True))


def refuse_signed_out(token: AccessToken) -> None:
    """Go on only if the token's session is open, and its owner neither banned nor gone.

    Raises:
        SignedOutError: it is not.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_is_signed_in(%s, %s)", [token.user_id, token.session_id])
        [is_signed_in] = cursor.fetchone()
    refuse_if(not is_signed_in, SignedOutError)


def has_pin(user: User) -> bool:
    """Whether they have set a PIN."""
    return Pin.objects.filter(user=user).exists()


def open_sessions_of(user: User) -> list[Session]:
    """The devices that are logged in, newest first."""
    return list(user.sessions.filter(ended_at=None, expires_at__gt=timezone.now()).order_by("-last_used_at", "-pk"))


def last_seen(user: User) -> datetime | None:
    """When this person last used the app or logged in; None when never."""
    used: datetime | None = user.sessions.aggregate(latest=Max("last_used_at"))["latest"]
    return max(filter(None, (used, user.last_login)), default=None)


def person_to_pay(*, email: str = "", phone_number: str = "") -> User:
    """The one active person with exactly this address (lower case) or telephone number (E.164).

    Raises:
        UserNotFoundError: there is none, or they cannot receive money.
    """
    people = User.objects.filter(is_active=True, is_staff=False).exclude(pk=SYSTEM_USER_ID)
    found = people.filter(email=email) if email else people.filter(phone_number=phone_number)
    person = found.first()
    if person is None:
        raise UserNotFoundError
    return person


def actions_required_of(user: User, *, with_pin: bool) -> list[ActionRequired]:
    """What `user` should do next, by every app's word; `with_pin` is whether they have one."""
    own = [
        (not user.is_verified, _VERIFY_EMAIL),
        (not with_pin, _SET_PIN),
        (user.kyc_tier == 0 and user.kyc_status not in ("pending", "review"), _COMPLETE_KYC),
    ]
    others = [action for source in action_required_sources.ask(user) for action in source]
    return [action for is_due, action in own if is_due] + others


def dashboard_of(user: User) -> Mapping[str, Any]:
    """Every app's part of the dashboard."""
    return {key: value for part in dashboard_parts.ask(user) for key, value in part.items()}


_VERIFY_EMAIL = ActionRequired(
    "verify_email",
    "Confirm your email address",
    "Open the mail we sent you, or ask for a new one.",
    "/verify-email",
    "high",
)
_SET_PIN = ActionRequired("set_pin", "Set your PIN", "It guards every movement of your money.", "/settings/pin", "high")
_COMPLETE_KYC = ActionRequired(
    "complete_kyc", "Prove who you are", "With your BVN or NIN you may withdraw, and your limits rise.", "/kyc"
)


def social_accounts_of(user: User) -> list[SocialAccount]:
    """The Google and Apple accounts that sign them in."""
    return list(SocialAccount.objects.filter(user=user).order_by("provider"))


def _open_sessions() -> QuerySet[Session]:
    return Session.objects.filter(ended_at=None, expires_at__gt=timezone.now(), user__is_active=True)
