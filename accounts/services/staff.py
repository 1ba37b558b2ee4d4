"""What staff may do to an account. Each act needs a reason, which the audit trail keeps."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.errors import (
    AlreadyBannedError,
    AlreadyVerifiedError,
    NotBannedError,
    ReasonRequiredError,
    ReviewNotPossibleError,
    UserNotFoundError,
)
from accounts.models import User
from accounts.services.addresses import mark_verified
from accounts.services.sessions import EndReason, end_sessions_of
from accounts.services.standing import BOTH, REVIEWED_TIER
from accounts.signals import kyc_tier_changed
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import refuse_if
from contri.core.locking import lock_row


@transaction.atomic
def ban_user(*, actor: User, user_id: UUID, reason: str, at: datetime) -> User:
    """Shut somebody out: every session ends now, and logging in is refused. Their money stays where it is.

    Raises:
        AlreadyBannedError, ReasonRequiredError, UserNotFoundError: as they say.
    """
    user = _locked(user_id, reason)
    refuse_if(user.banned_at, AlreadyBannedError)
    user.banned_at, user.is_active = at, False
    user.save(update_fields=["banned_at", "is_active"])
    end_sessions_of(user, reason=EndReason.BANNED, at=at)
    audit.record(actor, user, "banned", reason=reason)
    return user


@transaction.atomic
def unban_user(*, actor: User, user_id: UUID, reason: str) -> User:
    """Let somebody in again; they log in afresh.

    Raises:
        NotBannedError, ReasonRequiredError, UserNotFoundError: as they say.
    """
    user = _locked(user_id, reason)
    refuse_if(not user.banned_at, NotBannedError)
    user.banned_at, user.is_active = None, user.erased_at is None
    user.save(update_fields=["banned_at", "is_active"])
    audit.record(actor, user, "lifted the ban", reason=reason)
    return user


@transaction.atomic
def vouch_for_address(*, actor: User, user_id: UUID, reason: str, at: datetime) -> User:
    """Take an address as its owner's on staff's word.

    Raises:
        AlreadyVerifiedError, ReasonRequiredError, UserNotFoundError: as they say.
    """
    user = _locked(user_id, reason)
    refuse_if(user.is_verified, AlreadyVerifiedError)
    mark_verified(user, at)
    audit.record(actor, user, "vouched for the address", reason=reason)
    return user


@transaction.atomic
def grant_tier_3(*, actor: User, user_id: UUID, reason: str) -> User:
    """Put somebody who has proved both numbers at tier 3, after a review on top.

    Raises:
        ReviewNotPossibleError: they are not at tier 2.
        ReasonRequiredError, UserNotFoundError: as they say.
    """
    user = _locked(user_id, reason)
    refuse_if(user.kyc_tier != BOTH, ReviewNotPossibleError)
    user.kyc_tier = REVIEWED_TIER
    user.save(update_fields=["kyc_tier"])
    audit.record(actor, user, f"KYC tier {BOTH} → {REVIEWED_TIER}", reason=reason)
    announce(kyc_tier_changed, user_id=user.pk)
    return user


def _locked(user_id: UUID, reason: str) -> User:
    refuse_if(not reason.strip(), ReasonRequiredError)
    try:
        return lock_row(User.objects.all(), user_id)
    except User.DoesNotExist:
        raise UserNotFoundError from None
