"""Paystack's published numbers and patterns: pure arithmetic, in kobo."""

import re

MINIMUM_AMOUNT = 50_00
MAXIMUM_AMOUNT = 10_000_000_00
# The sandbox's merchant starts rich, so that payouts work before the first deposit.
OPENING_BALANCE = 100_000_000_00

TRANSACTION_REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,200}")
TRANSFER_REFERENCE = re.compile(r"[a-z0-9_-]{16,50}")
ACCOUNT_NUMBER = re.compile(r"[0-9]{10}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def charge_fee(amount: int) -> int:
    """What Paystack keeps of a local charge: 1.5 % plus ₦100, the ₦100 waived under ₦2,500, at most ₦2,000."""
    percentage = -(-amount * 15 // 1000)
    flat = 100_00 if amount >= 2_500_00 else 0
    return min(percentage + flat, 2_000_00)


def transfer_fee(amount: int) -> int:
    """What a transfer costs on top: ₦10 up to ₦5,000, ₦25 up to ₦50,000, ₦50 above."""
    if amount <= 5_000_00:
        return 10_00
    if amount <= 50_000_00:
        return 25_00
    return 50_00


def is_whole(value: object) -> bool:
    """Whether a JSON value is an integer: no text, no fraction, and not true or false, which Python counts as one."""
    return isinstance(value, int) and not isinstance(value, bool)
