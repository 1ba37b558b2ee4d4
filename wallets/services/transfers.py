"""Sending money from one wallet to another: two statements, the second of which does all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.errors import PinRequiredError, PinTokenInvalidError, SignedOutError
from accounts.models import User
from accounts.tokens import AccessToken
from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.idempotency import Answer, Ticket
from notifications import kinds
from notifications.models import Notification
from notifications.services import announce_notices, draft_notice
from wallets.errors import RecipientNotFoundError, SelfTransferError
from wallets.models import Transaction, Wallet
from wallets.services import transfer_call
from wallets.services.history import announce_change, line_of, new_reference
from wallets.services.limits import outflow_before, owned_before
from wallets.services.opening import open_wallets
from wallets.services.transfer_call import Seen, Sending
from wallets.services.wording import naira


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is to be paid: by id, or else by exact email address."""

    user_id: UUID | None = None
    email: str = ""


def transfer_money(
    *,
    caller: AccessToken,
    ticket: Ticket,
    recipient: Recipient,
    amount_kobo: int,
    note: str,
    pin_token: str,
    answer: Callable[[Transaction], Answer],
    at: datetime,
) -> Answer:
    """Move `amount_kobo` from the caller's wallet into the recipient's, now and finally, once under the ticket's key.

    Returns what the caller is told: `answer` of the sender's line, with the moment and the balance after put in when
    the money has moved, or what the same key was told before. The two wallets are locked for the last statement only.

    Raises:
        SignedOutError: the caller's session has ended, or they are banned.
        IdempotencyKeyReusedError, IdempotencyInProgressError: see contri.core.idempotency.
        PinRequiredError, PinTokenInvalidError: see accounts.
        RecipientNotFoundError: nobody, or a closed account.
        SelfTransferError: to oneself.
        DebtOutstandingError: the sender owes Contri for a chargeback.
        LimitExceededError: over the sender's daily outflow or the recipient's balance limit.
        InsufficientFundsError: the sender has too little.
        AccountNotOpenError: one of the wallets is frozen.
    """
    seen = transfer_call.see(
        caller=caller,
        ticket=ticket,
        pin_token=pin_token,
        payee_id=recipient.user_id,
        payee_email=recipient.email.lower(),
    )
    refuse_if(not seen.is_signed_in, SignedOutError)
    if kept := seen.kept.as_answer(ticket):
        return kept
    refuse_if(not pin_token, PinRequiredError)
    refuse_if(not seen.has_pin_token, PinTokenInvalidError)
    payee = _payee(seen)

    sending = _sending(*_wallets(seen, payee), amount_kobo, note, at)
    told = transfer_call.make(
        caller=caller, ticket=ticket, pin_token=pin_token, sending=sending, answer=answer(sending.lines[0])
    )
    if not told.is_replay:
        _announce(sending)
    return told


def _payee(seen: Seen) -> User:
    if seen.payee is None:
        raise RecipientNotFoundError
    refuse_if(seen.payee.pk == seen.sender.pk, SelfTransferError)
    return seen.payee


def _wallets(seen: Seen, payee: User) -> tuple[Wallet, Wallet]:
    sending_id, receiving_id = seen.sending_id, seen.receiving_id
    if sending_id is None or receiving_id is None:
        opened = open_wallets(user_ids=[seen.sender.pk, payee.pk])
        sending_id, receiving_id = opened[seen.sender.pk].pk, opened[payee.pk].pk
    receiving = Wallet(id=receiving_id, user=payee, is_owing=seen.is_payee_owing)
    return Wallet(id=sending_id, user=seen.sender), receiving


def _sending(sending: Wallet, receiving: Wallet, amount_kobo: int, note: str, at: datetime) -> Sending:
    sent, received = _lines(sending, receiving, amount_kobo, note)
    return Sending(
        lines=(sent, received),
        notices=_notices(sending.user, receiving.user, naira(amount_kobo)),
        audit=audit.draft(sending.user_id, sent, "sent money to another wallet"),
        outflow_before=outflow_before(sending.user, amount_kobo, at),
        owned_before=owned_before(receiving.user, amount_kobo, at),
        at=at,
    )


def _lines(sending: Wallet, receiving: Wallet, amount_kobo: int, note: str) -> tuple[Transaction, Transaction]:
    common: dict[str, Any] = {
        "type": Transaction.Type.TRANSFER,
        "status": Transaction.Status.SUCCEEDED,
        "amount_kobo": amount_kobo,
        "reference": new_reference(),
        "description": note,
        "created_at": None,
    }
    debit, credit = Transaction.Direction.DEBIT, Transaction.Direction.CREDIT
    sent = line_of(sending, direction=debit, counterparty=receiving.user, **common)
    return sent, line_of(receiving, direction=credit, counterparty=sending.user, **common)


def _notices(sender: User, payee: User, amount: str) -> list[Notification]:
    # Neither kind goes by mail: the call writes notices only.
    return [
        draft_notice(sender.pk, kinds.MONEY_SENT, {"amount": amount, "name": payee.display_name}),
        draft_notice(payee.pk, kinds.MONEY_RECEIVED, {"amount": amount, "name": sender.display_name}),
    ]


def _announce(sending: Sending) -> None:
    sent, received = sending.lines
    announce_notices(sending.notices)
    announce_change(sent.wallet)
    announce_change(received.wallet, funded=True)
