"""Banks, and whose name is on an account."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from contri.sandbox.models import BankAccount
from contri.sandbox.paystack import refusals
from contri.sandbox.paystack.rules import ACCOUNT_NUMBER

# Paystack's own test bank, and its test account at Zenith.
TEST_BANK_CODE = "001"
ZENITH_TEST_ACCOUNT = ("057", "0000000000")

# Account numbers that answer a lookup badly, at any bank.
UNRESOLVABLE_NUMBER = "0000000422"
LIMITED_NUMBER = "0000000429"

FIRST_NAMES = ("ADA", "BOLA", "CHIDI", "DAMILOLA", "EMEKA", "FATIMA", "GARBA", "HALIMA", "IFEOMA", "KUNLE", "NGOZI")
MIDDLE_NAMES = ("AMINA", "BABATUNDE", "CHINWE", "EFE", "FOLAKE", "IBRAHIM", "KELECHI", "OLUMIDE", "SADE", "TEMITOPE")
LAST_NAMES = ("ABUBAKAR", "ADEYEMI", "BELLO", "EZE", "IWU", "MUSA", "NWOSU", "OBI", "OKAFOR", "OKORO", "SANNI", "YUSUF")


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank as Paystack lists it."""

    id: int
    name: str
    slug: str
    code: str


@lru_cache(maxsize=1)
def all_banks() -> tuple[Bank, ...]:
    """Every bank of the directory, in its order."""
    listed = json.loads(Path(__file__).with_name("banks.json").read_text(encoding="utf-8"))["banks"]
    return tuple(Bank(number, bank["name"], bank["slug"], bank["code"]) for number, bank in enumerate(listed, 1))


def bank_with_code(code: str) -> Bank:
    """The bank.

    Raises:
        PaystackRefusalError: no bank has this code (400).
    """
    for bank in all_banks():
        if bank.code == code:
            return bank
    raise refusals.unknown_bank(code)


def resolve_account(account_number: str, bank_code: str) -> str:
    """The name on an account: the one somebody registered, else one made up, always the same for the same account.

    Raises:
        PaystackRefusalError: unknown bank (400), no such account (422), or the lookups of a test key are used up (429).
    """
    bank = bank_with_code(bank_code)
    if not ACCOUNT_NUMBER.fullmatch(account_number) or account_number == UNRESOLVABLE_NUMBER:
        raise refusals.account_not_resolvable()
    if account_number == LIMITED_NUMBER:
        raise refusals.test_mode_limit()
    registered = BankAccount.objects.filter(bank_code=bank.code, account_number=account_number).first()
    return str(registered.account_name) if registered else _made_up_name(account_number, bank_code)


def register_account(*, account_number: str, bank_code: str, account_name: str) -> BankAccount:
    """Put a name on an account, so that it fits a person; a later name replaces an earlier one.

    Raises:
        PaystackRefusalError: unknown bank, a number that is not ten digits, or no name (400).
    """
    bank = bank_with_code(bank_code)
    if not ACCOUNT_NUMBER.fullmatch(account_number):
        raise refusals.invalid("Account number must be 10 digits")
    if not account_name.strip():
        raise refusals.missing("account_name is required")
    account, _ = BankAccount.objects.update_or_create(
        bank_code=bank.code,
        account_number=account_number,
        defaults={"account_name": " ".join(account_name.upper().split())},
    )
    return account


def _made_up_name(account_number: str, bank_code: str) -> str:
    if bank_code == TEST_BANK_CODE or (bank_code, account_number) == ZENITH_TEST_ACCOUNT:
        return "TEST ACCOUNT"
    digest = hashlib.sha256(f"{bank_code}{account_number}".encode()).digest()
    choices = zip((FIRST_NAMES, MIDDLE_NAMES, LAST_NAMES), digest, strict=False)
    return " ".join(names[byte % len(names)] for names, byte in choices)
