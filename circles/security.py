"""What members have left with a circle, and what being late has cost them: reads."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from circles.models import Circle, LateFee, Membership, MembershipStatus, SecurityKind, SecurityMovement
from wallets.services import Till

Kind = SecurityKind
# Which movements of security add to one of the circle's tills, and which take from it.
INTO_DEPOSITS = (Kind.DEPOSIT_TAKEN,)
OUT_OF_DEPOSITS = (Kind.DEPOSIT_USED, Kind.DEPOSIT_RETURNED, Kind.DEPOSIT_POOLED, Kind.FEE_FROM_DEPOSIT)
INTO_RESERVE = (Kind.RESERVE_TAKEN, Kind.RESERVE_REPAID)
OUT_OF_RESERVE = (Kind.RESERVE_LENT, Kind.RESERVE_RETURNED, Kind.RESERVE_POOLED)
INTO_POT = (Kind.DEPOSIT_USED, Kind.RESERVE_LENT, Kind.DEPOSIT_POOLED, Kind.RESERVE_POOLED)
OUT_OF_POT = (Kind.RESERVE_REPAID,)
FEES = (Kind.FEE_PAID, Kind.FEE_FROM_DEPOSIT)


@dataclass(frozen=True, slots=True)
class Security:
    """What one member has with the circle: their deposit, and what they brought of the reserve. Kobo."""

    deposit_kobo: int = 0
    reserve_kobo: int = 0

    def in_till(self, till: Till) -> int:
        """What of it is in this till."""
        return self.deposit_kobo if till is Till.DEPOSITS else self.reserve_kobo


def security_of(circle: Circle) -> dict[UUID, Security]:
    """What each member has with the circle, by membership; only those who ever left something. One query."""
    rows = SecurityMovement.objects.filter(circle=circle, membership__isnull=False).values("membership_id")
    held = rows.annotate(
        deposit_in=total_of(*INTO_DEPOSITS),
        deposit_out=total_of(*OUT_OF_DEPOSITS),
        reserve_in=total_of(Kind.RESERVE_TAKEN),
        reserve_out=total_of(Kind.RESERVE_RETURNED),
    )
    return {
        row["membership_id"]: Security(row["deposit_in"] - row["deposit_out"], row["reserve_in"] - row["reserve_out"])
        for row in held
    }


@dataclass(frozen=True, slots=True)
class MemberSecurity:
    """One member's security and late fees, in kobo."""

    membership_id: UUID
    user: User
    deposit_kobo: int
    reserve_kobo: int
    fees_kobo: int
    open_fees_kobo: int


def member_security(circle: Circle) -> list[MemberSecurity]:
    """What everybody has with the circle and owes for being late, in three queries."""
    held = security_of(circle)
    open_part = Sum(F("amount_kobo") - F("paid_kobo"), filter=Q(waived_at__isnull=True), default=0)
    rows = LateFee.objects.filter(membership__circle=circle).values("membership_id")
    fees = {
        row["membership_id"]: (row["charged"], row["open"])
        for row in rows.annotate(charged=Sum("amount_kobo"), open=open_part)
    }
    members = Membership.objects.filter(circle=circle, status=MembershipStatus.ACTIVE).select_related("user")
    nothing = Security()
    return [
        MemberSecurity(
            member.pk,
            member.user,
            held.get(member.pk, nothing).deposit_kobo,
            held.get(member.pk, nothing).reserve_kobo,
            *fees.get(member.pk, (0, 0)),
        )
        for member in members.order_by("joined_at", "pk")
    ]


def open_fees() -> QuerySet[LateFee]:
    """Late fees that are still to be paid."""
    return LateFee.objects.filter(waived_at__isnull=True, paid_kobo__lt=F("amount_kobo"))


def total_of(*kinds_: SecurityKind) -> Coalesce:
    """The sum of these movements, as an expression over rows of SecurityMovement."""
    return Coalesce(Sum("amount_kobo", filter=Q(kind__in=kinds_)), 0)
