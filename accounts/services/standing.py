"""What the checks of a person add up to: their KYC status and tier."""

from uuid import UUID

from accounts.models import CheckStatus, IdentityCheck, KycStatus, User
from accounts.signals import kyc_tier_changed
from contri.core import audit
from contri.core.announcing import announce
from contri.core.locking import lock_row

# The first of these that some check has is the person's status.
PRECEDENCE = (
    (CheckStatus.PENDING, KycStatus.PENDING),
    (CheckStatus.REVIEW, KycStatus.REVIEW),
    (CheckStatus.APPROVED, KycStatus.APPROVED),
    (CheckStatus.REJECTED, KycStatus.REJECTED),
)
BOTH = 2
REVIEWED_TIER = 3


def refresh_standing(user_id: UUID) -> int:
    """Set status and tier from the checks, in the caller's transaction; returns the tier.

    Nothing proved: 0. One of BVN and NIN: 1. Both: 2. Tier 3 is given by staff on top of both, and stays while both do.
    """
    user = lock_row(User.objects.all(), user_id)
    checks = list(IdentityCheck.objects.filter(user_id=user_id).values_list("status", "id_type"))
    statuses = {status for status, _ in checks}
    proved = len({id_type for status, id_type in checks if status == CheckStatus.APPROVED})
    tier = REVIEWED_TIER if user.kyc_tier == REVIEWED_TIER and proved == BOTH else proved
    before = user.kyc_tier
    user.kyc_status = next((status for seen, status in PRECEDENCE if seen in statuses), KycStatus.NONE)
    user.kyc_tier = tier
    user.save(update_fields=["kyc_status", "kyc_tier"])
    if tier != before:
        audit.record(None, user, f"KYC tier {before} → {tier}")
        announce(kyc_tier_changed, user_id=user_id)
    return tier
