"""What people owe Contri after a chargeback: nothing goes out before it is paid, and what comes in pays it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from contri.core import audit, two_people
from contri.core.errors import refuse_if
from contri.core.models import StaffRequest
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.errors import DebtOutstandingError, NothingOwedError, OwedOtherwiseError
from wallets.ledger import Leg
from wallets.models import Transaction, Wallet
from wallets.queries import balance_of_wallet
from wallets.services.history import announce_change, line_of, new_reference, write_moved
from wallets.services.opening import lock_wallets
from wallets.services.wording import naira

WRITE_OFF_OWED = "wallets.write_off_owed"


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


@transaction.atomic
def ask_owed_write_off(*, actor: Model, wallet_id: UUID, reason: str) -> StaffRequest:
    """Ask that what a wallet's owner owes Contri be given up: it becomes Contri's loss.

    Raises:
        NothingOwedError: they owe nothing.
        AlreadyAskedError: it is asked for and waits for a decision.
    """
    wallet = _locked_wallet(wallet_id)
    owed = _owed(wallet)
    return two_people.ask(actor=actor, kind=WRITE_OFF_OWED, target=wallet, reason=reason, terms={"amount_kobo": owed})


@transaction.atomic
def write_off_owed(*, request: StaffRequest, actor: Model, at: datetime) -> int:
    """Give up what somebody owes, as the approved `request` says; returns the kobo given up.

    Raises:
        NothingOwedError: it was paid meanwhile.
        OwedOtherwiseError: they owe another sum by now; ask anew.
    """
    wallet = _locked_wallet(UUID(request.target_id))
    owed = _owed(wallet)
    refuse_if(owed != request.terms["amount_kobo"], OwedOtherwiseError)
    ledger.post(
        scope="owed_written_off",
        key=str(request.pk),
        source="wallet",
        source_id=wallet.pk,
        legs=[Leg(chart.losses_account(), chart.owed_account(wallet.pk), owed, "write_off")],
        initiator_id=actor.pk,
        reason=request.asked_reason,
        effective_at=at,
    )
    Wallet.objects.filter(pk=wallet.pk).update(is_owing=False)
    audit.record(actor, wallet, f"wrote off {naira(owed)} that is owed", reason=request.decided_reason)
    notify(recipient_id=wallet.user_id, kind=kinds.DEBT_WRITTEN_OFF, facts={"amount": naira(owed)}, key=str(request.pk))
    announce_change(wallet)
    return owed


def _locked_wallet(wallet_id: UUID) -> Wallet:
    user_id = Wallet.objects.values_list("user_id", flat=True).get(pk=wallet_id)
    return lock_wallets(user_ids=[user_id])[user_id]


def _owed(wallet: Wallet) -> int:
    owed = balance_of_wallet(wallet.pk).owed_kobo
    refuse_if(not owed, NothingOwedError)
    return owed


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
