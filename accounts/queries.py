"""Reads that more than one door needs."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import Session, User
from accounts.tokens import read_access


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose access token it is, and until when it speaks for them."""

    user: User
    session: Session
    expires_at: datetime


def signed_in_by(access: str) -> SignedIn | None:
    """Who calls with this access token; None when it is junk, expired, or its session or account has ended. One query."""
    token = read_access(access)
    if token is None:
        return None
    open_sessions = Session.objects.filter(ended_at=None, expires_at__gt=timezone.now(), user__is_active=True)
    session = open_sessions.select_related("user").filter(pk=token.session_id).first()
    return SignedIn(session.user, session, token.expires_at) if session else None
