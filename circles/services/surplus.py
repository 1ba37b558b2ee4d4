"""What is left when a circle has gone all the way round: deposits go back, and the reserve is shared."""

from datetime import datetime

from circles.models import Circle
from circles.security import security_of
from circles.services.fees import collect_late_fees, conclude_fees
from circles.services.paying_in import lock_wallets_of
from circles.services.securing import return_deposits, share_reserve


def return_security(circle: Circle, *, at: datetime) -> None:
    """Give a completed circle's deposits back, and its reserve to the members in good standing, by their turns.

    Late fees that are open come out of the wallet first, else out of the deposit. In good standing is who kept
    everything they had to: nothing was written off, and they did not stop paying after their pot. Should nobody be, the
    reserve is everybody's.
    """
    if not (circle.asks_security or circle.late_fee_kobo or security_of(circle)):
        return
    lock_wallets_of(circle)
    collect_late_fees(circle, up_to=at, at=at)
    failed = conclude_fees(circle, at=at)
    holders = circle.memberships.filter(slots__isnull=False).distinct()
    members = list(holders.select_related("user").order_by("joined_at", "pk"))
    return_deposits(circle, members, at=at)
    in_good_standing = [member for member in members if member.accelerated_at is None and member.pk not in failed]
    share_reserve(circle, in_good_standing or members, at=at)
