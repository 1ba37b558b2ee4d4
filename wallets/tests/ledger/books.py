"""Small books to try the ledger on: people with wallets, money that came in through a provider."""

from uuid import UUID, uuid4

from django.db import transaction

from wallets import ledger
from wallets.ledger import Leg, Posting
from wallets.models.ledger import Purpose
from wallets.services.audit import Finding, audit_ledger, ledger_checks

PROVIDER = ledger.provider_owner_id("paystack")


def event(**changes):
    """The arguments of a post that say nothing about the money."""
    return {"source": "test", "source_id": UUID(int=7), "initiator_id": None} | changes


@transaction.atomic
def clearing() -> UUID:
    return ledger.account_for(owner_id=PROVIDER, purpose=Purpose.PROVIDER_CLEARING)


@transaction.atomic
def wallet(kobo: int = 0, *, currency: str = "NGN") -> UUID:
    """The account of somebody's new wallet with this much in it."""
    account = ledger.account_for(owner_id=uuid4(), purpose=Purpose.WALLET, currency=currency)
    if kobo:
        source = ledger.account_for(owner_id=PROVIDER, purpose=Purpose.PROVIDER_CLEARING, currency=currency)
        move(source, account, kobo, kind="deposit")
    return account


@transaction.atomic
def move(debit: UUID, credit: UUID, amount: int, *, key: str = "", kind: str = "transfer") -> Posting:
    """Move money under a key of its own, or under `key`."""
    return ledger.post(scope="test", key=key or str(uuid4()), legs=[Leg(debit, credit, amount, kind)], **event())


@transaction.atomic
def promise(debit: UUID, credit: UUID, amount: int) -> UUID:
    """Hold money and return the hold's id."""
    held = ledger.hold(scope="test", key=str(uuid4()), leg=Leg(debit, credit, amount, "withdrawal"), **event())
    return held.transfer_ids[0]


@transaction.atomic
def settle(hold_id: UUID, amount: int | None = None) -> Posting:
    return ledger.settle(hold_id=hold_id, amount=amount, scope="test", key=str(uuid4()), **event())


@transaction.atomic
def release(hold_id: UUID) -> Posting:
    return ledger.release(hold_id=hold_id, scope="test", key=str(uuid4()), **event())


@transaction.atomic
def reverse(*transfer_ids: UUID) -> Posting:
    return ledger.reverse(transfer_ids=transfer_ids, scope="test", key=str(uuid4()), reason="a mistake", **event())


def available(account: UUID) -> int:
    return ledger.balances([account])[account].available


def holdings(account: UUID) -> tuple[int, int]:
    """What can be spent, and what is promised."""
    balance = ledger.balances([account])[account]
    return balance.available, balance.held


def ledger_findings() -> list[Finding]:
    """What an audit finds in the ledger alone: some of these tests have no other tables."""
    return audit_ledger(of=ledger_checks())
