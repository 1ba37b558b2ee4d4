"""Sending money from one wallet to another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import PinPurpose, User
from accounts.services import consume_pin_token
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.errors import RecipientNotFoundError, SelfTransferError
from wallets.ledger import Leg
from wallets.models import Transaction, Wallet
from wallets.services.history import announce_change, line_of, new_reference, write_moved
from wallets.services.limits import refuse_over_daily_outflow, refuse_over_recipient_limit
from wallets.services.opening import lock_wallets
from wallets.services.owing import refuse_while_owing
from wallets.services.wording import naira


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is to be paid: by id, or else by exact email address."""

    user_id: UUID | None = None
    email: str = ""


@transaction.atomic
def transfer_money(
    *, actor: User, recipient: Recipient, amount_kobo: int, note: str, pin_token: str, at: datetime
) -> Transaction:
    """Move `amount_kobo` from `actor`'s wallet into the recipient's, now and finally; returns the sender's line.

    Raises:
        PinRequiredError, PinTokenInvalidError: see accounts.
        RecipientNotFoundError: nobody, or a closed account.
        SelfTransferError: to oneself.
        DebtOutstandingError: the sender owes Contri for a chargeback.
        LimitExceededError: over the sender's daily outflow or the recipient's balance limit.
        InsufficientFundsError: the sender has too little.
    """
    consume_pin_token(user=actor, token=pin_token, purpose=PinPurpose.TRANSFER)
    payee = _found(recipient)
    refuse_if(payee.pk == actor.pk, SelfTransferError)

    wallets = lock_wallets(user_ids=[actor.pk, payee.pk])
    sending, receiving = wallets[actor.pk], wallets[payee.pk]
    refuse_while_owing(sending)
    refuse_over_daily_outflow(sending, amount_kobo, at)
    refuse_over_recipient_limit(receiving, amount_kobo, at)

    sent, received = _move(sending, receiving, amount_kobo, note)
    audit.record(actor, sent, "sent money to another wallet")
    _notify_both(sent, received)
    announce_change(sending)
    announce_change(receiving, funded=True)
    return sent


def _found(recipient: Recipient) -> User:
    people = User.objects.filter(is_active=True)
    if recipient.user_id is not None:
        payee = people.filter(pk=recipient.user_id).first()
    else:
        payee = people.filter(email=recipient.email.lower()).first()
    if payee is None:
        raise RecipientNotFoundError
    return payee


def _move(sending: Wallet, receiving: Wallet, amount_kobo: int, note: str) -> list[Transaction]:
    reference = new_reference()
    common: dict[str, Any] = {
        "type": Transaction.Type.TRANSFER,
        "status": Transaction.Status.SUCCEEDED,
        "amount_kobo": amount_kobo,
        "reference": reference,
        "description": note,
    }
    debit, credit = Transaction.Direction.DEBIT, Transaction.Direction.CREDIT
    sent = line_of(sending, direction=debit, counterparty=receiving.user, **common)
    received = line_of(receiving, direction=credit, counterparty=sending.user, **common)
    leg = Leg(
        debit=chart.wallet_account(sending.pk),
        credit=chart.wallet_account(receiving.pk),
        amount=amount_kobo,
        kind="transfer",
    )
    posting = ledger.post(
        scope="transfer",
        key=reference,
        source="transaction",
        source_id=sent.pk,
        legs=[leg],
        initiator_id=sending.user_id,
    )
    return write_moved([sent, received], posting)


def _notify_both(sent: Transaction, received: Transaction) -> None:
    sender, payee = sent.wallet.user, received.wallet.user
    amount = naira(sent.amount_kobo)
    notify(recipient_id=sender.pk, kind=kinds.MONEY_SENT, facts={"amount": amount, "name": payee.display_name})
    notify(recipient_id=payee.pk, kind=kinds.MONEY_RECEIVED, facts={"amount": amount, "name": sender.display_name})
