"""What a circle would ask of a person, beside what they have and what others ask already: shown before joining."""

from dataclasses import dataclass
from fractions import Fraction

from accounts.models import User
from circles.models import UNFINISHED, Circle, Frequency, Membership, MembershipStatus
from wallets.queries import wallet_balances

DAYS_A_MONTH = Fraction(365, 12)
CYCLES_A_MONTH = {
    Frequency.DAILY: DAYS_A_MONTH,
    Frequency.WEEKLY: DAYS_A_MONTH / 7,
    Frequency.BIWEEKLY: DAYS_A_MONTH / 14,
    Frequency.MONTHLY: Fraction(1),
}


@dataclass(frozen=True, slots=True)
class Affordability:
    """For one turn, in kobo. `upfront_kobo` is the deposit and the share of the reserve."""

    upfront_kobo: int
    each_cycle_kobo: int
    in_total_kobo: int
    a_month_kobo: int
    elsewhere_a_month_kobo: int
    in_wallet_kobo: int

    @property
    def is_wallet_too_low(self) -> bool:
        """Whether what is asked at the beginning is more than they have now."""
        return self.upfront_kobo > self.in_wallet_kobo


def affordability_of(circle: Circle, user: User) -> Affordability:
    """What one turn of this circle would ask of this person, and what their unfinished circles ask already."""
    places = Membership.objects.filter(
        user=user, status=MembershipStatus.ACTIVE, circle__status__in=UNFINISHED
    ).exclude(circle=circle)
    elsewhere = sum(_a_month(place.circle) * place.hands for place in places.select_related("circle"))
    return Affordability(
        upfront_kobo=circle.deposit_kobo + circle.reserve_kobo,
        each_cycle_kobo=circle.amount_kobo,
        in_total_kobo=circle.amount_kobo * circle.size,
        a_month_kobo=round(_a_month(circle)),
        elsewhere_a_month_kobo=round(elsewhere),
        in_wallet_kobo=wallet_balances([user.pk])[user.pk].available_kobo,
    )


def _a_month(circle: Circle) -> Fraction:
    return circle.amount_kobo * CYCLES_A_MONTH[Frequency(circle.frequency)]
