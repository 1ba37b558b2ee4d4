"""What people owe Contri after a chargeback: nothing goes out before it is paid, and what comes in pays it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.errors import DebtOutstandingError
from wallets.ledger import Leg
from wallets.models import Transaction, Wallet
from wallets.queries import balance_of_wallet
from wallets.services.history import announce_change, line_of, new_reference, write_moved
from wallets.services.opening import lock_wallets
from wallets.services.wording import naira


def refuse_while_owing(wallet: Wallet) -> None:
    """Nothing goes out of a locked wallet whose owner owes Contri.

    Raises:
        DebtOutstandingError: they do.
    """
    refuse_if(wallet.is_owing, DebtOutstandingError)


@dataclass(frozen=True, slots=True)
class Recourse:
    """Whom Contri takes money from that it lost for somebody: their wallet as far as it goes; the rest they owe."""

    legs: list[Leg]
    taken_kobo: int
    owed_kobo: int


def recourse_to(wallet: Wallet, *, amount_kobo: int, clearing: UUID, kind: str) -> Recourse:
    """Where `amount_kobo` come from that left `clearing` for a locked wallet; whoever posts the legs books it.

    With anything owed, `mark_as_owing` in the same transaction.
    """
    balance = balance_of_wallet(wallet.pk)
    taken = min(amount_kobo, balance.available_kobo) if balance.gives_money else 0
    sources = [(chart.wallet_account(wallet.pk), taken), (chart.owed_account(wallet.pk), amount_kobo - taken)]
    legs = [Leg(source, clearing, kobo, kind) for source, kobo in sources if kobo]
    return Recourse(legs, taken, amount_kobo - taken)


def mark_as_owing(wallet: Wallet) -> None:
    """From now on nothing goes out of this locked wallet, and what comes in pays what is owed."""
    Wallet.objects.filter(pk=wallet.pk).update(is_owing=True)


@transaction.atomic
def recover_owed(*, user_id: UUID, at: datetime) -> int:
    """Take what can be spent in this wallet towards what its owner owes Contri; returns the kobo taken.

    The last kobo lifts the bar on what goes out. A caller that also moves other money locks the wallets first.
    """
    wallet = lock_wallets(user_ids=[user_id])[user_id]
    balance = balance_of_wallet(wallet.pk)
    take = min(balance.owed_kobo, balance.available_kobo) if balance.gives_money else 0
    if not take:
        return 0
    _move(wallet, take, at)
    if take == balance.owed_kobo:
        Wallet.objects.filter(pk=wallet.pk).update(is_owing=False)
    audit.record(None, wallet, f"took {naira(take)} towards what is owed")
    facts = {"amount": naira(take), "left": naira(balance.owed_kobo - take)}
    notify(recipient_id=user_id, kind=kinds.DEBT_PAID, facts=facts)
    announce_change(wallet)
    return take


def recover_all_owed(*, at: datetime) -> int:
    """Try `recover_owed` for everybody who owes; returns for how many something was taken."""
    owing = list(Wallet.objects.filter(is_owing=True).order_by("created_at").values_list("user_id", flat=True))
    return sum(recover_owed(user_id=user_id, at=at) > 0 for user_id in owing)


def _move(wallet: Wallet, take: int, at: datetime) -> None:
    line = line_of(
        wallet,
        type=Transaction.Type.REVERSAL,
        direction=Transaction.Direction.DEBIT,
        status=Transaction.Status.SUCCEEDED,
        amount_kobo=take,
        reference=new_reference(),
        description="Towards a payment that the card's bank took back",
    )
    posting = ledger.post(
        scope="owed_recovered",
        key=line.reference,
        source="transaction",
        source_id=line.pk,
        legs=[Leg(chart.wallet_account(wallet.pk), chart.owed_account(wallet.pk), take, "owed_recovered")],
        initiator_id=None,
        effective_at=at,
    )
    write_moved([line], posting)
