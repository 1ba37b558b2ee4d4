"""The two statements of a transfer; what they ask and do is in wallets/sql/transfer.sql."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db import connection, models

from accounts.errors import PinTokenInvalidError, SignedOutError
from accounts.models import User
from accounts.services import hash_of_pin_token
from accounts.tokens import AccessToken
from contri.core.errors import DomainError
from contri.core.idempotency import Answer, IdempotencyInProgressError, Ticket
from contri.core.models import columns_of, uuid7
from notifications.models import Notification
from wallets import chart
from wallets.errors import DebtOutstandingError
from wallets.ledger import REFUSALS
from wallets.models import Transaction, Wallet
from wallets.services.limits import day_of, over_daily_outflow, over_recipient_limit


class Kept(NamedTuple):
    """What stands under a key; all None when nothing does."""

    fingerprint: bytes | None
    status: int | None
    content_type: str
    body: bytes | None

    def as_answer(self, ticket: Ticket) -> Answer | None:
        """The answer to give again, if there is one.

        Raises:
            IdempotencyKeyReusedError, IdempotencyInProgressError: see `Ticket.answer_from`.
        """
        if self.fingerprint is None:
            return None
        return ticket.answer_from(self.fingerprint, self.status, self.content_type, self.body)


@dataclass(frozen=True, slots=True)
class Seen:
    """What has to be known before money is sent. People come with what is shown of them and their tier, no more."""

    is_signed_in: bool
    has_pin_token: bool
    kept: Kept
    sender: User
    sending_id: UUID | None
    payee: User | None
    receiving_id: UUID | None
    is_payee_owing: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """Everything that one transfer writes: both people's lines (the sender's first) and notices, and the audit row.

    `outflow_before` and `owned_before` are the most that may have left the sender today, and that the recipient may
    own, before it; kobo, None is no limit.
    """

    lines: tuple[Transaction, Transaction]
    notices: Sequence[Notification]
    audit: LogEntry
    outflow_before: int | None
    owned_before: int | None
    at: datetime


_SEEN = "SELECT * FROM wallet_transfer_seen(%s, %s, %s, %s, %s, %s)"
_MADE = f"SELECT * FROM wallet_transfer_made({', '.join(['%s'] * 20)}, %s::jsonb, %s::jsonb, %s::jsonb)"  # noqa: S608
_REFUSALS: dict[str, type[DomainError]] = {
    "signed_out": SignedOutError,
    "pin_token_invalid": PinTokenInvalidError,
    "owing": DebtOutstandingError,
}
_PERSON = ("id", "first_name", "last_name", "avatar", "kyc_tier")


def see(*, caller: AccessToken, ticket: Ticket, pin_token: str, payee_id: UUID | None, payee_email: str) -> Seen:
    """Ask once about everybody and everything that a transfer concerns."""
    proofs = [caller.user_id, caller.session_id, ticket.key, hash_of_pin_token(pin_token)]
    row = _one_row(_SEEN, [*proofs, payee_id, payee_email])
    is_signed_in, has_pin_token, *kept = row[:6]
    first_name, last_name, tier, sending_id = row[6:10]
    payee_id, *payee, receiving_id, is_payee_owing = row[10:]
    return Seen(
        is_signed_in=is_signed_in,
        has_pin_token=bool(has_pin_token),
        kept=Kept(*kept),
        sender=_person(caller.user_id, first_name, last_name, "", tier),
        sending_id=sending_id,
        payee=_person(payee_id, *payee) if payee_id else None,
        receiving_id=receiving_id,
        is_payee_owing=bool(is_payee_owing),
    )


def make(*, caller: AccessToken, ticket: Ticket, pin_token: str, sending: Sending, answer: Answer) -> Answer:
    """Do all of it or nothing; returns `answer` with its gaps filled, or the one that another call got meanwhile.

    Raises:
        SignedOutError, PinTokenInvalidError: the proof went while this was on its way.
        LimitExceededError, InsufficientFundsError, AccountNotOpenError: a rule says no.
        IdempotencyKeyReusedError, IdempotencyInProgressError: the key is another's, or still at work.
    """
    sent, received = sending.lines
    refusal, *kept = _one_row(
        _MADE,
        [
            *(caller.user_id, caller.session_id, hash_of_pin_token(pin_token)),
            *(ticket.key, ticket.fingerprint, answer.status, answer.content_type, answer.body.decode()),
            *(sent.wallet_id, received.wallet_id),
            *(chart.wallet_account(sent.wallet_id), chart.wallet_account(received.wallet_id)),
            *(sent.amount_kobo, sent.reference),
            *(day_of(sending.at), sending.outflow_before, sending.owned_before),
            *(uuid7(), uuid7(), sent.pk),
            *(_in_json(sending.lines), _in_json(sending.notices), json.dumps(columns_of(sending.audit), default=str)),
        ],
    )
    if refusal == "key_taken":
        standing = Kept(*kept).as_answer(ticket)
        if standing is None:
            raise IdempotencyInProgressError(retry_after=1)
        return standing
    if refusal is not None:
        raise _refusal(refusal, sent.wallet, sending.at)
    return Answer(answer.status, answer.content_type, bytes(kept[3]))


def _refusal(code: str, sending: Wallet, at: datetime) -> DomainError:
    if code == "daily_outflow":
        return over_daily_outflow(sending.user, at)
    if code == "recipient_balance":
        return over_recipient_limit()
    if code == "in_progress":
        return IdempotencyInProgressError(retry_after=1)
    return (_REFUSALS | REFUSALS)[code]()


def _person(*values: Any) -> User:
    # Whatever else somebody asks about them is read then, not made up.
    return User.from_db("default", _PERSON, values)


def _in_json(rows: Iterable[models.Model]) -> str:
    return json.dumps([columns_of(row) for row in rows], default=str)


def _one_row(statement: str, parameters: Sequence[Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row: Sequence[Any] = cursor.fetchone()
        return row
