"""Sessions: opened by signing in, rotated by refreshing, ended by anybody who has a reason to.

A session is a family of refresh tokens, of which the newest is good and every other one is a trap: whoever shows a used
one ends the family, because either they or the owner hold a copy.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models, transaction

from accounts.errors import SessionNotFoundError, TokenInvalidError, TokenReusedError
from accounts.models import RefreshUse, Session, User
from accounts.services.cooling_off import COOLING_OFF, still_waiting
from accounts.signals import session_ended
from accounts.tokens import RefreshToken, TokenPair, issue_pair, read_refresh
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import DomainError, refuse_if
from contri.core.locking import lock_row
from contri.core.metrics import happened
from notifications import kinds
from notifications.services import notify

# Phones refresh from several threads at once; within this the same device gets the same pair again.
GRACE = timedelta(seconds=10)


class EndReason(models.TextChoices):
    """Why a session ended before its time."""

    LOGGED_OUT = "logged_out"
    ENDED_BY_OWNER = "ended_by_owner"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a reason, not a token
    BANNED = "banned"
    ACCOUNT_CLOSED = "account_closed"


@dataclass(frozen=True, slots=True)
class Device:
    """What a call tells about the device it comes from, cut to what is kept."""

    user_agent: str
    address: str

    def is_that_of(self, use: RefreshUse) -> bool:
        """Whether it is the device that used a refresh token before."""
        return (self.user_agent, self.address) == (use.user_agent, use.address)


@transaction.atomic
def open_session(*, user: User, device: Device, at: datetime) -> TokenPair:
    """Log `user` in on `device`: a new family of tokens, of which this is the first pair.

    When the device is one they have not been seen with, and not their first ever, it tells the owner and makes
    withdrawals asked for on it wait.
    """
    earlier = Session.objects.filter(user=user)
    waits = set(earlier.filter(user_agent=device.user_agent).values_list("cooling_off_until", flat=True))
    is_new_device = not waits and earlier.exists()
    if is_new_device:
        notify(recipient_id=user.pk, kind=kinds.NEW_DEVICE, facts={"device": device.user_agent or "unknown"})
    session = Session.objects.create(
        user=user,
        user_agent=device.user_agent,
        address=device.address,
        last_used_at=at,
        expires_at=at + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"],
        cooling_off_until=at + COOLING_OFF if is_new_device else still_waiting(waits, at),
    )
    return _pair(session, number=0, at=at)


def refresh_session(*, refresh: str, device: Device, at: datetime) -> TokenPair:
    """Trade a refresh token in for the next pair of its session, once.

    Raises:
        TokenInvalidError: junk, expired, or its session has ended.
        TokenReusedError: it was used before, longer ago than `GRACE` or from elsewhere; the session has ended.
    """
    token = read_refresh(refresh)
    if token is None:
        raise TokenInvalidError
    # Ending the family must be committed although the caller is refused: hence a result, not an exception.
    outcome = _trade_in(token, device, at)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def log_out(*, refresh: str, at: datetime) -> None:
    """End the session that this refresh token belongs to; no matter if it has ended already.

    Raises:
        TokenInvalidError: junk or expired.
    """
    token = read_refresh(refresh)
    session = Session.objects.filter(pk=token.session_id).first() if token else None
    if session is None:
        raise TokenInvalidError
    _end(Session.objects.filter(pk=session.pk), EndReason.LOGGED_OUT, at)


@transaction.atomic
def end_session(*, actor: User, session_id: UUID, at: datetime) -> None:
    """End one of the actor's own sessions, at once for its access token as well.

    Raises:
        SessionNotFoundError: no open session of theirs has this id.
    """
    ended = _end(Session.objects.filter(user=actor, pk=session_id), EndReason.ENDED_BY_OWNER, at)
    refuse_if(not ended, SessionNotFoundError)
    audit.record(actor, actor, "ended a session")


def end_sessions_of(user: User, *, reason: EndReason, at: datetime, keep: UUID | None = None) -> int:
    """End every session of `user` but `keep`, in the caller's transaction; returns how many were open."""
    ending = Session.objects.filter(user=user)
    return _end(ending.exclude(pk=keep) if keep else ending, reason, at)


@transaction.atomic
def _trade_in(token: RefreshToken, device: Device, at: datetime) -> TokenPair | DomainError:
    try:
        session = lock_row(Session.objects.select_related("user"), token.session_id)
    except Session.DoesNotExist:
        return TokenInvalidError()
    is_open = session.is_open(at) and session.user.is_active
    earlier = RefreshUse.objects.filter(token_hash=token.hash).first()
    if earlier is None:
        return _next_pair(session, token, device, at) if is_open else TokenInvalidError()
    if is_open and at - earlier.used_at <= GRACE and device.is_that_of(earlier):
        return _pair(session, number=token.number + 1, at=earlier.used_at)
    _revoke(session, at)
    happened("refresh_token_reused")
    return TokenReusedError()


def _next_pair(session: Session, token: RefreshToken, device: Device, at: datetime) -> TokenPair:
    RefreshUse.objects.create(
        session=session, token_hash=token.hash, used_at=at, address=device.address, user_agent=device.user_agent
    )
    session.last_used_at = at
    session.expires_at = at + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]
    session.address = device.address
    session.save(update_fields=["last_used_at", "expires_at", "address"])
    return _pair(session, number=token.number + 1, at=at)


def _revoke(session: Session, at: datetime) -> None:
    if not _end(Session.objects.filter(pk=session.pk), EndReason.TOKEN_REUSED, at):
        return
    audit.record(None, session.user, "ended a session: a used refresh token was shown again")
    notify(recipient_id=session.user_id, kind=kinds.SESSION_REVOKED, key=str(session.pk))


def _end(sessions: models.QuerySet[Session], reason: EndReason, at: datetime) -> int:
    still_open = sessions.filter(ended_at=None)
    ids = list(still_open.values_list("pk", "user_id"))
    still_open.update(ended_at=at, end_reason=reason)
    for session_id, user_id in ids:
        announce(session_ended, session_id=session_id, user_id=user_id)
    return len(ids)


def _pair(session: Session, *, number: int, at: datetime) -> TokenPair:
    return issue_pair(
        session_id=session.pk,
        user_id=session.user_id,
        number=number,
        at=at,
        ends_at=at + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"],
    )
