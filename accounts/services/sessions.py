"""Sessions: opened by signing in, rotated by refreshing, ended by anybody who has a reason to."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import Session, User
from accounts.tokens import TokenPair, issue_pair


@dataclass(frozen=True, slots=True)
class Device:
    """What a call tells about the device it comes from."""

    user_agent: str
    address: str


@transaction.atomic
def open_session(*, user: User, device: Device, at: datetime) -> tuple[Session, TokenPair]:
    """Log `user` in on `device`: a new family of tokens, and its first pair."""
    session = Session.objects.create(
        user=user,
        user_agent=device.user_agent[:300],
        address=device.address[:45],
        last_used_at=at,
        expires_at=at + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"],
    )
    return session, _pair(session, number=0, at=at)


def _pair(session: Session, *, number: int, at: datetime) -> TokenPair:
    return issue_pair(session_id=session.pk, user_id=session.user_id, number=number, at=at, ends_at=session.expires_at)
