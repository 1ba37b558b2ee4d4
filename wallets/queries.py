"""Reads of wallets that more than one door needs. Balances are the ledger's word, read as one row each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet, Subquery

from accounts.models import User
from contri.core.money import CURRENCY
from wallets.models import BankAccount, Card, Deposit, Refund, Transaction, Wallet, Withdrawal
from wallets.models.ledger import AccountStatus, LedgerAccount, Purpose

_SPENDABLE = F("credits_posted") - F("debits_posted") - F("debits_pending")


@dataclass(frozen=True, slots=True)
class WalletBalance:
    """Kobo that can be spent; kobo promised to withdrawals under way; kobo parked over the tier's balance limit."""

    available_kobo: int = 0
    promised_kobo: int = 0
    parked_kobo: int = 0
    # What their owner owes Contri after a chargeback.
    owed_kobo: int = 0
    # Whether money can come in: neither frozen nor closed.
    takes_money: bool = True
    gives_money: bool = True
    is_closed: bool = False

    @property
    def held_kobo(self) -> int:
        """What is the person's and cannot be spent now."""
        return self.promised_kobo + self.parked_kobo

    @property
    def owned_kobo(self) -> int:
        """What counts against the balance limit: a withdrawal under way may still come back."""
        return self.available_kobo + self.promised_kobo


def balance_of_wallet(wallet_id: UUID) -> WalletBalance:
    """What is in this wallet. To decide on it, hold the wallet's lock."""
    return _balances_of_wallets([wallet_id]).get(wallet_id, WalletBalance())


@dataclass(frozen=True, slots=True)
class WalletView:
    """A wallet with what is in it."""

    id: UUID
    available_kobo: int
    held_kobo: int
    currency: str


def wallet_view(wallet: Wallet) -> WalletView:
    """What the owner of this wallet sees of it."""
    balance = balance_of_wallet(wallet.pk)
    return WalletView(wallet.pk, balance.available_kobo, balance.held_kobo, wallet.currency)


def wallet_balances(user_ids: Iterable[UUID]) -> dict[UUID, WalletBalance]:
    """What is in these people's wallets; somebody without a wallet yet has nothing in it."""
    people = list(user_ids)
    owners = dict(Wallet.objects.filter(user_id__in=people, currency=CURRENCY).values_list("user_id", "pk"))
    balances = _balances_of_wallets(owners.values())
    return {user_id: balances.get(owners.get(user_id, user_id), WalletBalance()) for user_id in people}


def balances_of(wallets: Iterable[Wallet]) -> dict[UUID, WalletBalance]:
    """What is in these wallets, by whose they are, in one query. To decide on it, hold their locks."""
    owners = {wallet.pk: wallet.user_id for wallet in wallets}
    found = _balances_of_wallets(owners)
    return {user_id: found.get(wallet_id, WalletBalance()) for wallet_id, user_id in owners.items()}


def pot_balances(circle_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Kobo in each circle's pot; a circle that has none yet has 0."""
    return {circle_id: held.pot_kobo for circle_id, held in circle_balances(circle_ids).items()}


@dataclass(frozen=True, slots=True)
class CircleBalance:
    """What a circle holds, in kobo: its pot, what members left with it as security, and its reserve."""

    pot_kobo: int = 0
    deposits_kobo: int = 0
    reserve_kobo: int = 0


def circle_balances(circle_ids: Iterable[UUID]) -> dict[UUID, CircleBalance]:
    """What each of these circles holds, in one query. To decide on it, hold the circle's lock."""
    fields = {Purpose.POT: "pot_kobo", Purpose.DEPOSITS: "deposits_kobo", Purpose.RESERVE: "reserve_kobo"}
    balances = dict.fromkeys(circle_ids, CircleBalance())
    tills = LedgerAccount.objects.filter(owner_id__in=list(balances), purpose__in=list(fields), currency=CURRENCY)
    for owner_id, purpose, spendable in tills.annotate(spendable=_SPENDABLE).values_list(
        "owner_id", "purpose", "spendable"
    ):
        balances[owner_id] = replace(balances[owner_id], **{fields[Purpose(purpose)]: spendable})
    return balances


def transactions_of(user: User) -> QuerySet[Transaction]:
    """The lines of this person's own history, with who was on the other side."""
    # One wallet by its id, not a join: only so does PostgreSQL read the newest page off the end of the index.
    wallet_id = Wallet.objects.filter(user=user, currency=CURRENCY).values("pk")
    return Transaction.objects.filter(wallet_id=Subquery(wallet_id)).select_related("counterparty")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a movement of money, and when."""

    status: str
    at: datetime


def timeline_of(line: Transaction) -> list[Step]:
    """What happened to this movement so far, in order: what a customer asks support about."""
    steps: list[tuple[str, datetime | None]] = [("pending" if _is_slow(line) else "succeeded", line.created_at)]
    if deposit := getattr(line, "deposit", None):
        booked = "succeeded" if deposit.status == Deposit.Status.SUCCEEDED else "under_review"
        steps += [("failed", deposit.failed_at), (booked, deposit.settled_at)]
    if withdrawal := getattr(line, "withdrawal", None):
        steps += [("submitted", withdrawal.submitted_at), *_ending_of(withdrawal)]
    return [Step(status, at) for status, at in steps if at is not None]


def _ending_of(withdrawal: Withdrawal) -> list[tuple[str, datetime | None]]:
    paid = ("succeeded", withdrawal.paid_at)
    if withdrawal.status == Withdrawal.Status.PAID_LATE:
        return [("failed", withdrawal.concluded_at), paid]
    is_paid_for_good = withdrawal.status == Withdrawal.Status.SUCCEEDED
    return [paid] if is_paid_for_good else [paid, (withdrawal.status, withdrawal.concluded_at)]


@dataclass(frozen=True, slots=True)
class SentBack:
    """Money of a deposit that did not fit, on its way back to whoever paid it."""

    status: str
    amount_kobo: int
    requested_at: datetime
    concluded_at: datetime | None


_TOLD_OF_REFUNDS = {
    Refund.Status.SUCCEEDED: "succeeded",
    Refund.Status.SENT_LATE: "succeeded",
    Refund.Status.FAILED: "failed",
    Refund.Status.RETURNED: "failed",
}


def refund_of(line: Transaction) -> SentBack | None:
    """What was last sent back of this deposit's money; None where nothing ever was."""
    if line.type != Transaction.Type.DEPOSIT:
        return None
    refund = Refund.objects.filter(item__deposit__transaction=line).order_by("created_at").last()
    if refund is None:
        return None
    status = _TOLD_OF_REFUNDS.get(Refund.Status(refund.status), "pending")
    return SentBack(status, refund.amount_kobo, refund.created_at, refund.concluded_at)


def _is_slow(line: Transaction) -> bool:
    return line.type in (Transaction.Type.DEPOSIT, Transaction.Type.WITHDRAWAL)


def bank_accounts_of(user: User) -> QuerySet[BankAccount]:
    """The bank accounts that this person has linked, the primary one first."""
    return BankAccount.objects.filter(user=user, removed_at=None).order_by("-is_primary", "created_at", "pk")


def cards_of(user: User) -> QuerySet[Card]:
    """The cards that this person keeps, the default one first."""
    return Card.objects.filter(user=user, removed_at=None).order_by("-is_default", "created_at", "pk")


def _balances_of_wallets(wallet_ids: Iterable[UUID]) -> dict[UUID, WalletBalance]:
    accounts = LedgerAccount.objects.filter(
        owner_id__in=list(wallet_ids), purpose__in=(Purpose.WALLET, Purpose.PARKED, Purpose.OWED), currency=CURRENCY
    )
    columns = ("owner_id", "purpose", "status", "spendable", "debits_pending")
    balances: dict[UUID, WalletBalance] = {}
    for owner_id, purpose, status, spendable, pending in accounts.annotate(spendable=_SPENDABLE).values_list(*columns):
        so_far = balances.get(owner_id, WalletBalance())
        if purpose == Purpose.PARKED:
            balances[owner_id] = replace(so_far, parked_kobo=spendable)
        elif purpose == Purpose.OWED:
            balances[owner_id] = replace(so_far, owed_kobo=-spendable)
        else:
            balances[owner_id] = replace(
                so_far,
                available_kobo=spendable,
                promised_kobo=pending,
                takes_money=status in (AccountStatus.OPEN, AccountStatus.FROZEN_DEBIT),
                gives_money=status == AccountStatus.OPEN,
                is_closed=status == AccountStatus.CLOSED,
            )
    return balances
