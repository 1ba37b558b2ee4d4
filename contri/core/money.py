"""Naira and kobo. Inside Contri money is a whole number of kobo; naira exist only at the doors, as decimal strings."""

import re
from decimal import Decimal

CURRENCY = "NGN"
KOBO_PER_NAIRA = 100
MAX_KOBO = 2**63 - 1

_NAIRA = re.compile(r"(?P<whole>0|[1-9][0-9]{0,16})(?:\.(?P<fraction>[0-9]{1,2}))?", re.ASCII)


def kobo_from_naira(text: str) -> int:
    """Kobo of a plain decimal such as "1500", "1500.5" or "1500.00".

    Raises:
        ValueError: anything else: signs, exponents, blanks, more than two decimals, digits that are not ASCII,
            or more than the database's bigint holds.
    """
    match = _NAIRA.fullmatch(text)
    if match is None:
        raise ValueError("not an amount of naira with at most two decimals")
    kobo = int(match["whole"]) * KOBO_PER_NAIRA + int((match["fraction"] or "0").ljust(2, "0"))
    if kobo > MAX_KOBO:
        raise ValueError("more than can be kept")
    return kobo


def naira_from_kobo(kobo: int) -> str:
    """The decimal string of an amount of kobo, always with two places: 150000 → "1500.00"."""
    sign = "-" if kobo < 0 else ""
    naira, rest = divmod(abs(kobo), KOBO_PER_NAIRA)
    return f"{sign}{naira}.{rest:02d}"


def decimal_from_kobo(kobo: int) -> Decimal:
    """The exact decimal of an amount of kobo, for formats that want numbers (statements, spreadsheets)."""
    return Decimal(kobo).scaleb(-2)
