"""Members who do not pay: what still binds them, and what they may not do meanwhile.

Three contributions in a row that are late and unpaid, or one after having received the pot, restrict a person: they
found and join no circle until they have paid. And who has received the pot and is late owes everything that is still
to come in that circle at once.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User
from circles.errors import MemberRestrictedError
from circles.models import UNPAID, Circle, Contribution, ContributionStatus, Membership, Payout
from circles.services.telling import tell
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds
from wallets.queries import wallet_balances

LATE_IN_A_ROW = 3


def refuse_restricted(user: User) -> None:
    """Refuse somebody who owes other circles what they should have paid.

    Raises:
        MemberRestrictedError: they do.
    """
    refuse_if(is_restricted(user), MemberRestrictedError)


def is_restricted(user: User) -> bool:
    """Whether this person is late where they have been paid, or late three times in a row.

    What is late is paid oldest first, so whatever is still late in one circle is late in a row. Who owes everything at
    once is restricted until all of it is paid, whatever their deposit has paid meanwhile. So is who owes Contri,
    because a payment was charged back that had paid a contribution.
    """
    late = Count("contributions", filter=Q(contributions__status=ContributionStatus.LATE))
    owes = Exists(Contribution.objects.filter(membership=OuterRef("pk"), status__in=UNPAID))
    places = Membership.objects.filter(user=user).annotate(late=late, owes=owes, had_pot=_had_pot())
    owes_all = Q(accelerated_at__isnull=False, owes=True)
    owes_circles = places.filter(Q(late__gte=LATE_IN_A_ROW) | Q(late__gte=1, had_pot=True) | owes_all).exists()
    return owes_circles or wallet_balances([user.pk])[user.pk].owed_kobo > 0


def accelerate(circle: Circle, late: Collection[Contribution], *, at: datetime) -> list[Membership]:
    """Let all that is still to come fall due now for those among the late who have had the pot; returns them."""
    ids = {contribution.membership_id for contribution in late}
    debtors = Membership.objects.filter(pk__in=ids, accelerated_at=None).annotate(had_pot=_had_pot())
    fallen: list[Membership] = list(debtors.filter(had_pot=True).order_by("pk"))
    for member in fallen:
        accelerate_member(circle, member, at=at)
    return fallen


def accelerate_member(circle: Circle, member: Membership, *, at: datetime) -> None:
    """Let all that this member, who has had the pot, is still to pay here fall due now."""
    member.accelerated_at = at
    member.save(update_fields=["accelerated_at"])
    audit.record(None, member, "let everything they owe fall due: they have been paid out")
    tell([member.user_id], kinds.EVERYTHING_DUE, circle)


def _had_pot() -> Exists:
    return Exists(Payout.objects.filter(membership=OuterRef("pk")))
