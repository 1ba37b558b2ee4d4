"""A provider's list beside the books, entry by entry: what differs, and nothing is changed.

What is booked is read from the ledger: what a journal moved through the provider's clearing account, and its fee.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from wallets import ledger
from wallets.models import (
    Deposit,
    Dispute,
    LedgerTransfer,
    Purpose,
    ReconciliationItem,
    Refund,
    SuspenseItem,
    Withdrawal,
)
from wallets.providers.base import Entry, Standing
from wallets.services.wording import naira

What = ReconciliationItem.What
CHARGE, PAYMENT = "charge", "payment"
BOOKED = (Deposit.Status.SUCCEEDED, Deposit.Status.SUSPENDED)
SENT = (Withdrawal.Status.SUCCEEDED, Withdrawal.Status.PAID_LATE)
# How a transfer that the provider has not kept sent may stand with us; what it calls failed may have been paid before.
AS_BOOKED = {
    Standing.REVERSED: (Withdrawal.Status.REVERSED,),
    Standing.FAILED: (Withdrawal.Status.FAILED, Withdrawal.Status.REVERSED),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is told differently. `entry` is None where the provider has nothing to tell."""

    kind: str
    reference: str
    what: ReconciliationItem.What
    theirs: str
    ours: str
    entry: Entry | None = None

    @property
    def can_be_fixed(self) -> bool:
        """Whether asking the provider about this reference again, and booking what it says, is all there is to do."""
        is_charge_of_nobody = self.kind == CHARGE and self.what is What.UNKNOWN
        return self.what is What.NOT_BOOKED or is_charge_of_nobody


@dataclass(frozen=True, slots=True)
class Booked:
    """Kobo that moved through the clearing account, and the provider's fee."""

    amount: int = 0
    fee: int = 0


def compare_charges(provider: str, entries: Sequence[Entry]) -> list[Difference]:
    """What a list of money that came in says otherwise than the books."""
    references = [entry.reference for entry in entries]
    deposits = {d.reference: d for d in Deposit.objects.filter(provider=provider, reference__in=references)}
    strays = set(
        SuspenseItem.objects.filter(provider=provider, reference__in=references).values_list("reference", flat=True)
    )
    gone = _booked_as_gone(references)
    booked = _booked_charges(provider, deposits.values())
    found = []
    for entry in entries:
        deposit = deposits.get(entry.reference)
        if deposit is None:
            what = What.UNKNOWN if entry.standing is Standing.DONE and entry.reference not in strays else None
            ours = "nothing"
        else:
            what = _of_charge(entry, deposit, booked.get(entry.reference), entry.reference in gone)
            ours = _told(deposit.status, booked.get(entry.reference))
        if what is not None:
            found.append(Difference(CHARGE, entry.reference, what, _theirs(entry), ours, entry))
    return found


def compare_payments(provider: str, entries: Sequence[Entry]) -> list[Difference]:
    """What a list of money that went out says otherwise than the books."""
    references = [entry.reference for entry in entries]
    withdrawals = {w.reference: w for w in Withdrawal.objects.filter(provider=provider, reference__in=references)}
    booked = _booked_payments(provider, references)
    found = []
    for entry in entries:
        withdrawal = withdrawals.get(entry.reference)
        if withdrawal is None:
            what = What.UNKNOWN if entry.standing in (Standing.DONE, Standing.OPEN) else None
            ours = "nothing"
        else:
            what = _of_payment(entry, withdrawal, booked.get(entry.reference))
            ours = _told(withdrawal.status, booked.get(entry.reference))
        if what is not None:
            found.append(Difference(PAYMENT, entry.reference, what, _theirs(entry), ours, entry))
    return found


def missing_charges(provider: str, since: datetime, until: datetime, seen: Collection[str]) -> list[Difference]:
    """Deposits that we booked and that the provider's list, which covers them, does not have."""
    ours = Deposit.objects.filter(provider=provider, status__in=BOOKED, created_at__gte=since, created_at__lt=until)
    return [
        Difference(CHARGE, deposit.reference, What.MISSING, "nothing", deposit.status)
        for deposit in ours.order_by("created_at").iterator()
        if deposit.reference not in seen
    ]


def missing_payments(provider: str, since: datetime, until: datetime, seen: Collection[str]) -> list[Difference]:
    """Withdrawals that we booked as paid and that the provider's list, which covers them, does not have."""
    paid = (*SENT, Withdrawal.Status.REVERSED)
    ours = Withdrawal.objects.filter(
        provider=provider, status__in=paid, submitted_at__gte=since, submitted_at__lt=until
    )
    return [
        Difference(PAYMENT, withdrawal.reference, What.MISSING, "nothing", withdrawal.status)
        for withdrawal in ours.order_by("submitted_at").iterator()
        if withdrawal.reference not in seen
    ]


COMPARING: dict[str, Callable[[str, Sequence[Entry]], list[Difference]]] = {
    CHARGE: compare_charges,
    PAYMENT: compare_payments,
}
MISSING: dict[str, Callable[[str, datetime, datetime, Collection[str]], list[Difference]]] = {
    CHARGE: missing_charges,
    PAYMENT: missing_payments,
}


def _booked_as_gone(references: Sequence[str]) -> set[str]:
    """Payments of which we know that they went back: charged back, or sent back out of suspense."""
    lost = Dispute.objects.filter(reference__in=references, status=Dispute.Status.LOST)
    sent = (Refund.Status.SUCCEEDED, Refund.Status.SENT_LATE)
    refunded = Refund.objects.filter(charge_reference__in=references, status__in=sent)
    return {*lost.values_list("reference", flat=True), *refunded.values_list("charge_reference", flat=True)}


def _of_charge(
    entry: Entry, deposit: Deposit, booked: Booked | None, is_booked_as_gone: bool
) -> ReconciliationItem.What | None:
    is_booked = deposit.status in BOOKED
    if entry.standing is Standing.DONE:
        return _of_amounts(entry, booked) if is_booked else What.NOT_BOOKED
    if not is_booked:
        return None
    if entry.standing is Standing.REVERSED:
        return None if is_booked_as_gone else What.TAKEN_BACK
    return What.CONTRADICTED


def _of_payment(entry: Entry, withdrawal: Withdrawal, booked: Booked | None) -> ReconciliationItem.What | None:
    status, standing = withdrawal.status, entry.standing
    if standing is Standing.OPEN:
        is_under_way = status in (Withdrawal.Status.REQUESTED, Withdrawal.Status.SUBMITTED)
        return None if is_under_way else What.CONTRADICTED
    if standing is Standing.DONE:
        return _of_amounts(entry, booked) if status in SENT else What.NOT_BOOKED
    if status == Withdrawal.Status.PAID_LATE:
        return What.CONTRADICTED
    return None if status in AS_BOOKED[standing] else What.NOT_BOOKED


def _of_amounts(entry: Entry, booked: Booked | None) -> ReconciliationItem.What | None:
    if booked is None or booked.amount != entry.amount:
        return What.AMOUNT
    return What.FEE if booked.fee != entry.fee else None


def _booked_charges(provider: str, deposits: Collection[Deposit]) -> dict[str, Booked]:
    clearing = _clearing(provider)
    by_journal = {deposit.journal_id: deposit.reference for deposit in deposits if deposit.journal_id}
    rows = (
        LedgerTransfer.objects.filter(journal_id__in=by_journal)
        .values("journal_id")
        .annotate(
            came=Sum("amount", filter=Q(debit_account_id=clearing), default=0),
            kept=Sum("amount", filter=Q(credit_account_id=clearing), default=0),
        )
    )
    return {by_journal[row["journal_id"]]: Booked(row["came"], row["kept"]) for row in rows}


def _booked_payments(provider: str, references: Sequence[str]) -> dict[str, Booked]:
    clearing = _clearing(provider)
    moved = LedgerTransfer.objects.filter(
        Q(credit_account_id=clearing) | Q(debit_account_id=clearing),
        journal__scope__in=("withdrawal_settled", "withdrawal_reversed", "withdrawal_paid_late"),
        journal__key__in=references,
    )
    is_fee = Q(kind="provider_fee")
    rows = moved.values("journal__key").annotate(
        paid=Sum("amount", filter=Q(credit_account_id=clearing) & ~is_fee, default=0),
        back=Sum("amount", filter=Q(debit_account_id=clearing), default=0),
        kept=Sum("amount", filter=is_fee, default=0),
    )
    return {row["journal__key"]: Booked(row["paid"] - row["back"], row["kept"]) for row in rows}


def _clearing(provider: str) -> UUID:
    return ledger.account_id(ledger.provider_owner_id(provider), Purpose.PROVIDER_CLEARING)


def _theirs(entry: Entry) -> str:
    return f"{entry.standing.value} {naira(entry.amount)}, fee {naira(entry.fee)}"


def _told(status: str, booked: Booked | None) -> str:
    return status if booked is None else f"{status} {naira(booked.amount)}, fee {naira(booked.fee)}"
