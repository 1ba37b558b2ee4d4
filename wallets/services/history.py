"""The lines that people see of a movement, beside the ledger's own rows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from contri.core.announcing import announce
from wallets import chart
from wallets.ledger import Posting
from wallets.models import LedgerTransfer, Transaction, Wallet
from wallets.signals import debt_payable, wallets_changed, wallets_funded

DESCRIPTION_LENGTH = 200


def new_reference() -> str:
    """A reference that every provider accepts: 39 characters of lower-case letters, digits and a dash."""
    return f"contri-{uuid4().hex}"


def line_of(wallet: Wallet, *, amount_kobo: int, reference: str, description: str = "", **details: Any) -> Transaction:
    """A line of this wallet's history, to be saved."""
    return Transaction(
        wallet=wallet,
        amount_kobo=amount_kobo,
        reference=reference,
        description=description[:DESCRIPTION_LENGTH],
        **details,
    )


def write_moved(lines: Sequence[Transaction], posting: Posting) -> list[Transaction]:
    """Save lines of what `posting` has just moved, each with what could be spent after it."""
    after = balances_after(posting.transfer_ids)
    for line in lines:
        line.journal_id = posting.journal_id
        line.balance_after_kobo = after.get(chart.wallet_account(line.wallet_id))
    return Transaction.objects.bulk_create(lines)


def balances_after(transfer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What could be spent of each account after the last of these transfers that touched it; kobo by account."""
    columns = ("debit_account_id", "debit_after", "credit_account_id", "credit_after")
    after: dict[UUID, int] = {}
    for debit, debit_after, credit, credit_after in (
        LedgerTransfer.objects.filter(pk__in=transfer_ids).order_by("created_at", "pk").values_list(*columns)
    ):
        after |= {debit: debit_after, credit: credit_after}
    return after


def payers_balances_after(transfer_ids: Sequence[UUID]) -> dict[UUID, int | None]:
    """What could be spent of the debited account after each of these transfers, by transfer."""
    return dict(LedgerTransfer.objects.filter(pk__in=transfer_ids).values_list("pk", "debit_after"))


def announce_change(wallet: Wallet, *, funded: bool = False) -> None:
    """Tell the rest of Contri, once this is committed, that the wallet holds more, less, or holds it differently."""
    announce_changes([wallet], funded=funded)


def announce_changes(wallets: Sequence[Wallet], *, funded: bool = False) -> None:
    """`announce_change` for many wallets together."""
    user_ids = [wallet.user_id for wallet in wallets]
    announce(wallets_changed, user_ids=user_ids)
    if not funded:
        return
    announce(wallets_funded, user_ids=user_ids)
    for wallet in wallets:
        if wallet.is_owing:
            announce(debt_payable, user_id=wallet.user_id)
