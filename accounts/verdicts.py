"""What each of Smile ID's result codes means here. One table; a code that is not in it waits for a person.

Source: Smile ID's documentation of result codes for enhanced KYC (job type 5), the only product Contri uses. The codes
of biometric products are left out on purpose: one of them in an answer to our job is a reason to look, not to approve.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """What to do with a check."""

    APPROVE = "approve"
    REVIEW = "review"
    REJECT = "reject"
    TRY_AGAIN = "try_again"


VERDICTS: dict[str, Verdict] = {
    # Number, names and date of birth all match.
    "1020": Verdict.APPROVE,
    # They match in part: a second given name, a married name. A person decides.
    "1021": Verdict.REVIEW,
    # The number exists; that says nothing about whose it is.
    "1012": Verdict.REVIEW,
    "1013": Verdict.REJECT,
    "1022": Verdict.REJECT,
    "1023": Verdict.REJECT,
    # Badly formatted number: the issuer knows better than our eleven digits.
    "1014": Verdict.REJECT,
    "0001": Verdict.REJECT,
    # The issuer's database is away.
    "1015": Verdict.TRY_AGAIN,
    "0908": Verdict.TRY_AGAIN,
    # Product not switched on for us: nobody's fault but ours.
    "1016": Verdict.REVIEW,
}


def verdict_on(code: str) -> Verdict:
    """The verdict that `code` stands for."""
    return VERDICTS.get(code, Verdict.REVIEW)
