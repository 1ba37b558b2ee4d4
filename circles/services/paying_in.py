"""Money comes in: from a member's wallet into the pot, one payment at a time or all that fell due at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from circles import chat_texts
from circles.models import Circle, Contribution, ContributionPayment, ContributionStatus, Cycle, Source
from circles.services.chat_lines import names, write_in_chat
from circles.services.telling import tell
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from wallets.services import Claim, collect_contributions, lock_wallets, pay_contribution


def lock_wallets_of(circle: Circle) -> None:
    """Lock every member's wallet, before money moves between more than one of them and the pot.

    One payment may set off others (a payout, arrears netted from it, what is passed on to earlier recipients): locked
    one after the other, two circles with members in common would wait for each other.
    """
    places = circle.memberships.only("circle_id", "user_id", "payee_id")
    lock_wallets(user_ids={user_id for place in places for user_id in (place.user_id, place.receiver_id)})


def pay_from_wallet(
    circle: Circle, contribution: Contribution, amount: int, at: datetime, *, source: Source = Source.WALLET
) -> ContributionPayment:
    """Move `amount` kobo of a contribution from its member's wallet into the pot; `source` is how it got there.

    Raises:
        InsufficientFundsError: the wallet holds too little.
    """
    payment_id = uuid7()
    moved = pay_contribution(
        circle_id=circle.pk,
        payment_id=payment_id,
        user_id=contribution.membership.user_id,
        amount_kobo=amount,
        key=str(payment_id),
        description=contribution_description(circle, contribution.cycle),
        at=at,
    )
    count_as_paid(contribution, amount, source, at)
    write_in_chat(
        circle,
        chat_texts.CONTRIBUTION_PAID,
        at=at,
        member=contribution.membership.user.display_name,
        amount=naira_from_kobo(amount),
        cycle=str(contribution.cycle.number),
    )
    return ContributionPayment.objects.create(
        id=payment_id,
        contribution=contribution,
        amount_kobo=amount,
        source=source,
        transaction_id=moved.pk,
        paid_at=at,
    )


def count_as_paid(contribution: Contribution, amount: int, source: Source, at: datetime) -> None:
    """Write on a contribution that `amount` kobo of it have been moved into the pot."""
    contribution.paid_kobo += amount
    if contribution.paid_kobo == contribution.amount_kobo:
        contribution.status = ContributionStatus.PAID
        contribution.paid_at = at
    contribution.source = source
    contribution.save(update_fields=["paid_kobo", "status", "paid_at", "source"])


def take_from_wallets(circle: Circle, unpaid: Sequence[Contribution], at: datetime) -> list[Contribution]:
    """Collect in one call to the ledger; write what was paid in two statements, however many members there are.

    Who has too little is passed over. Returns what is now paid in full.
    """
    if not unpaid:
        return []
    claimed = {uuid7(): contribution for contribution in unpaid}
    outcomes = collect_contributions(
        circle_id=circle.pk,
        claims=[_claim(circle, payment_id, contribution) for payment_id, contribution in claimed.items()],
        at=at,
        initiator_id=None,
    )
    payments = [
        ContributionPayment(
            id=outcome.payment_id,
            contribution=claimed[outcome.payment_id],
            amount_kobo=claimed[outcome.payment_id].owed_kobo,
            source=Source.WALLET,
            transaction_id=outcome.transaction_id,
            paid_at=at,
        )
        for outcome in outcomes
        if outcome.transaction_id is not None
    ]
    paid = [payment.contribution for payment in payments]
    ContributionPayment.objects.bulk_create(payments)
    _mark_paid(paid, at)
    _tell_payers(circle, paid, at)
    return paid


def _claim(circle: Circle, payment_id: UUID, contribution: Contribution) -> Claim:
    return Claim(
        # A refusal is remembered under its key: every attempt has one of its own.
        key=str(payment_id),
        payment_id=payment_id,
        user_id=contribution.membership.user_id,
        amount_kobo=contribution.owed_kobo,
        description=contribution_description(circle, contribution.cycle),
    )


def _mark_paid(paid: Sequence[Contribution], at: datetime) -> None:
    Contribution.objects.filter(pk__in=[contribution.pk for contribution in paid]).update(
        paid_kobo=F("amount_kobo"), status=ContributionStatus.PAID, paid_at=at, source=Source.WALLET
    )


def _tell_payers(circle: Circle, paid: Sequence[Contribution], at: datetime) -> None:
    by_cycle: defaultdict[Cycle, list[Contribution]] = defaultdict(list)
    for contribution in paid:
        by_cycle[contribution.cycle].append(contribution)
    for cycle, contributions in by_cycle.items():
        user_ids = [contribution.membership.user_id for contribution in contributions]
        amount = naira_from_kobo(circle.amount_kobo)
        tell(user_ids, kinds.CONTRIBUTION_COLLECTED, circle, amount=amount, cycle=str(cycle.number))
        payers = names(_with_amount(contribution) for contribution in contributions)
        write_in_chat(circle, chat_texts.CONTRIBUTIONS_COLLECTED, at=at, members=payers, cycle=str(cycle.number))


def _with_amount(contribution: Contribution) -> str:
    """Who paid, and how much was still open until now."""
    return f"{contribution.membership.user.display_name} ₦{naira_from_kobo(contribution.owed_kobo)}"


def contribution_description(circle: Circle, cycle: Cycle) -> str:
    """How a payment to this cycle is called in the payer's history."""
    return f"{circle.name}: contribution to cycle {cycle.number}"


def payout_description(circle: Circle, cycle: Cycle) -> str:
    """How the pot of this cycle is called in its recipient's history."""
    return f"{circle.name}: payout of cycle {cycle.number}"
