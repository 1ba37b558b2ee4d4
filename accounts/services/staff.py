"""What staff may do to an account. Each act needs a reason, which the audit trail keeps."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.errors import (
    AlreadyBannedError,
    AlreadyVerifiedError,
    NoSecondFactorError,
    NoSuchGroupError,
    NotBannedError,
    NotStaffError,
    ReasonRequiredError,
    ReviewNotPossibleError,
    UserNotFoundError,
)
from accounts.models import Role, User
from accounts.services.addresses import mark_verified
from accounts.services.sessions import EndReason, end_sessions_of
from accounts.services.standing import BOTH, REVIEWED_TIER
from accounts.signals import kyc_tier_changed
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.two_people import SamePersonError

# What a member of each group is called in the app; the groups and their permissions are the desk's.
ROLE_OF_GROUP = {
    "support": Role.SUPPORT,
    "compliance": Role.COMPLIANCE,
    "finance maker": Role.FINANCE,
    "finance checker": Role.FINANCE,
    "auditor": Role.AUDITOR,
}


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


@transaction.atomic
def appoint_staff(*, actor: User, user_id: UUID, group: str, reason: str) -> User:
    """Make somebody staff, in one group and no other.

    Raises:
        NoSuchGroupError, ReasonRequiredError, UserNotFoundError: as they say.
    """
    user = _locked(user_id, reason)
    refuse_if(group not in ROLE_OF_GROUP, NoSuchGroupError)
    user.is_staff, user.role = True, ROLE_OF_GROUP[group]
    user.save(update_fields=["is_staff", "role"])
    user.groups.set(Group.objects.filter(name=group))
    audit.record(actor, user, f"appointed to {group}", reason=reason)
    return user


@transaction.atomic
def dismiss_staff(*, actor: User, user_id: UUID, reason: str) -> User:
    """Make a member of staff an ordinary member again; every page of the desk is shut to them at once.

    Raises:
        NotStaffError, ReasonRequiredError, UserNotFoundError: as they say.
    """
    user = _locked(user_id, reason)
    refuse_if(not user.is_staff, NotStaffError)
    user.is_staff, user.is_superuser, user.role = False, False, Role.MEMBER
    user.save(update_fields=["is_staff", "is_superuser", "role"])
    user.groups.clear()
    Authenticator.objects.filter(user=user).delete()
    audit.record(actor, user, "dismissed from staff", reason=reason)
    return user


@transaction.atomic
def reset_second_factor(*, actor: User, user_id: UUID, reason: str) -> User:
    """Take somebody's second factor away (a lost telephone): open sessions end, the next sign-in sets up a new one.

    Raises:
        NoSecondFactorError: they have none.
        SamePersonError: nobody does this for themselves.
        ReasonRequiredError, UserNotFoundError: as they say.
    """
    refuse_if(actor.pk == user_id, SamePersonError)
    user = _locked(user_id, reason)
    taken, _ = Authenticator.objects.filter(user=user).delete()
    refuse_if(not taken, NoSecondFactorError)
    audit.record(actor, user, "took the second factor away", reason=reason)
    return user


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is masked on the desk."""

    first_name: str
    last_name: str
    email: str
    phone_number: str

    def __repr__(self) -> str:
        return "PersonalData()"


@transaction.atomic
def reveal_person(*, actor: User, user_id: UUID, reason: str) -> PersonalData:
    """Who somebody is, unmasked; that it was asked, by whom and why, goes on record first.

    Raises:
        ReasonRequiredError, UserNotFoundError: as they say.
    """
    user = _locked(user_id, reason)
    audit.record(actor, user, "saw personal data", reason=reason)
    return PersonalData(user.first_name, user.last_name, user.email, user.phone_number or "")


def _locked(user_id: UUID, reason: str) -> User:
    refuse_if(not reason.strip(), ReasonRequiredError)
    try:
        return lock_row(User.objects.all(), user_id)
    except User.DoesNotExist:
        raise UserNotFoundError from None
