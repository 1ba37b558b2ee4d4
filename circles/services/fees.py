"""Late fees: charged once for what became late, and taken when nothing else is owed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from circles import chat_texts
from circles.due import fallen_due
from circles.models import (
    UNPAID,
    Circle,
    Contribution,
    FeeGoesTo,
    LateFee,
    Membership,
    SecurityKind,
    SecurityMovement,
)
from circles.security import Security, open_fees, security_of
from circles.services.chat_lines import write_in_chat
from circles.services.securing import fee_from_deposit
from circles.services.telling import tell
from contri.core import audit
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from wallets.services import Claim, Till, collect_fees, open_circle_securities

_TILL = {FeeGoesTo.RESERVE: Till.RESERVE, FeeGoesTo.CONTRI: Till.CONTRI}


def charge_late_fees(circle: Circle, late: Iterable[Contribution], *, but_not: UUID, at: datetime) -> None:
    """Write what the charter asks for contributions that are late now, once each.

    The recipient of the very cycle (`but_not`, a membership) is spared: their share comes out of their own pot.
    """
    if not circle.late_fee_kobo:
        return
    charged = [contribution for contribution in late if contribution.membership_id != but_not]
    LateFee.objects.bulk_create(
        LateFee(
            contribution=contribution,
            membership_id=contribution.membership_id,
            amount_kobo=circle.late_fee_kobo,
            charged_at=at,
        )
        for contribution in charged
    )
    for contribution in charged:
        facts = {"amount": naira_from_kobo(circle.late_fee_kobo), "cycle": str(contribution.cycle.number)}
        tell([contribution.membership.user_id], kinds.LATE_FEE_CHARGED, circle, **facts)


def collect_late_fees(
    circle: Circle, *, up_to: datetime, at: datetime, members: Sequence[Membership] | None = None
) -> None:
    """Take the fees of those who owe the circle nothing else up to a moment, as far as their wallets go."""
    if not circle.late_fee_kobo:
        return
    fees = {uuid7(): fee for fee in _payable(circle, up_to, members)}
    if not fees:
        return
    open_circle_securities(circle_id=circle.pk)
    claims = [
        Claim(str(movement_id), movement_id, fee.membership.user_id, fee.open_kobo, f"{circle.name}: late fee")
        for movement_id, fee in fees.items()
    ]
    outcomes = collect_fees(circle_id=circle.pk, claims=claims, into=_till(circle), at=at)
    paid = {outcome.payment_id: outcome.transaction_id for outcome in outcomes if outcome.paid}
    SecurityMovement.objects.bulk_create(
        SecurityMovement(
            id=movement_id,
            circle=circle,
            membership_id=fees[movement_id].membership_id,
            kind=SecurityKind.FEE_PAID,
            amount_kobo=fees[movement_id].open_kobo,
            fee=fees[movement_id],
            transaction_id=line,
            moved_at=at,
        )
        for movement_id, line in paid.items()
    )
    for movement_id in paid:
        fee = fees[movement_id]
        who, amount = fee.membership.user.display_name, naira_from_kobo(fee.open_kobo)
        write_in_chat(circle, chat_texts.FEE_PAID, at=at, member=who, amount=amount)
    LateFee.objects.filter(pk__in=[fees[movement_id].pk for movement_id in paid]).update(paid_kobo=F("amount_kobo"))


def conclude_fees(circle: Circle, *, at: datetime) -> set[UUID]:
    """At a circle's end: open fees come out of deposits, and what these do not cover is written off.

    Returns the memberships for which something was.
    """
    held = security_of(circle)
    fees = _open(circle).select_related("membership").order_by("charged_at", "pk")
    if fees:
        open_circle_securities(circle_id=circle.pk)
    written_off = set()
    for fee in fees:
        deposit = held.get(fee.membership_id, Security())
        amount = min(fee.open_kobo, deposit.deposit_kobo)
        if amount:
            fee_from_deposit(circle, fee, amount, _till(circle), at)
            held[fee.membership_id] = Security(deposit.deposit_kobo - amount, deposit.reserve_kobo)
            fee.paid_kobo += amount
        if fee.open_kobo:
            written_off.add(fee.membership_id)
            audit.record(None, fee, f"wrote off ₦{naira_from_kobo(fee.open_kobo)} of a late fee")
            fee.waived_at = at
        fee.save(update_fields=["paid_kobo", "waived_at"])
    return written_off


def _open(circle: Circle) -> QuerySet[LateFee]:
    return open_fees().filter(membership__circle=circle)


def _payable(circle: Circle, up_to: datetime, members: Sequence[Membership] | None) -> list[LateFee]:
    owing = Contribution.objects.filter(fallen_due(up_to), membership=OuterRef("membership"), status__in=UNPAID)
    fees = _open(circle).filter(~Exists(owing)).select_related("membership__user")
    if members is not None:
        fees = fees.filter(membership__in=members)
    return list(fees.order_by("charged_at", "pk"))


def _till(circle: Circle) -> Till:
    return _TILL[FeeGoesTo(circle.late_fee_to)]
