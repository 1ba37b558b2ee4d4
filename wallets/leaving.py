"""What wallets tell somebody about themselves, and what they forget of somebody who leaves."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from contri.core.moments import rfc3339
from contri.core.money import CURRENCY, naira_from_kobo
from wallets.models import BankAccount, Card, Transaction
from wallets.queries import wallet_balances


def export_part(user: User) -> Mapping[str, Any]:
    """Balance, history, bank accounts and cards, removed ones included: those rows are kept as well."""
    balance = wallet_balances([user.pk])[user.pk]
    return {
        "wallet": {
            "balance": naira_from_kobo(balance.available_kobo),
            "held": naira_from_kobo(balance.held_kobo),
            "currency": CURRENCY,
        },
        "transactions": [_transaction(line) for line in _oldest_first(Transaction.objects.filter(wallet__user=user))],
        "bank_accounts": [_bank_account(bank) for bank in _oldest_first(BankAccount.objects.filter(user=user))],
        "cards": [_card(card) for card in _oldest_first(Card.objects.filter(user=user))],
    }


def erase(user: User) -> None:
    """Forget whose accounts and cards they were, in the caller's transaction. The rows stay for the payments made with
    them, which bear no more than a bank's or a card's brand and four digits."""
    now = timezone.now()
    forgotten = {"number_encrypted": b"", "number_hash": b"", "account_name": "", "recipient_code": ""}
    BankAccount.objects.filter(user=user).update(**forgotten, is_primary=False)
    BankAccount.objects.filter(user=user, removed_at=None).update(removed_at=now)
    Card.objects.filter(user=user).update(code_encrypted=b"", signature_hash=b"", email="", is_default=False)
    Card.objects.filter(user=user, removed_at=None).update(removed_at=now)


def _oldest_first(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.order_by("created_at", "pk")


def _transaction(line: Transaction) -> dict[str, Any]:
    return {
        "id": str(line.pk),
        "type": line.type,
        "direction": line.direction,
        "amount": naira_from_kobo(line.amount_kobo),
        "fee": naira_from_kobo(line.fee_kobo),
        "currency": line.currency,
        "status": line.status,
        "reference": line.reference,
        "description": line.description,
        "created_at": rfc3339(line.created_at),
    }


def _bank_account(bank: BankAccount) -> dict[str, Any]:
    return {
        "bank_name": bank.bank_name,
        "account_number_last4": bank.number_last4,
        "account_name": bank.account_name,
        "status": bank.status,
        "created_at": rfc3339(bank.created_at),
        "removed_at": rfc3339(bank.removed_at) if bank.removed_at else None,
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "brand": card.brand,
        "last4": card.last4,
        "expiry_month": card.expiry_month,
        "expiry_year": card.expiry_year,
        "email": card.email,
        "created_at": rfc3339(card.created_at),
        "removed_at": rfc3339(card.removed_at) if card.removed_at else None,
    }
