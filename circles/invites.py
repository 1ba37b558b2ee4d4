"""Codes that let people into a circle: easy to read aloud, hard to guess."""

import secrets

from django.conf import settings

# Without I, L, O, U and 0, 1: read over the telephone, none is taken for another. 30⁸ codes.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LENGTH = 8
HALF = LENGTH // 2
# Nothing that a person could have typed for a code is longer.
LONGEST_TYPED = 32


def new_code() -> str:
    """A fresh code, as kept in the database."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_kept(typed: str) -> str:
    """What a person typed, without regard to case, dashes and blanks; "" when it cannot be a code."""
    code = typed.replace("-", "").replace(" ", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def as_shown(code: str) -> str:
    """The code as people see it: ABCD-EFGH."""
    return f"{code[:HALF]}-{code[HALF:]}"


def url_of(code: str) -> str:
    """The link that opens the app at this invite."""
    return f"{settings.PUBLIC_BASE_URL}/join/{as_shown(code)}"
