"""What Smile ID finds out about an identity number.

The all-zero numbers are Smile ID's own sandbox ones. Numbers that start with a result code give that code (so
10210000001 is a partial match), and every other well-formed number belongs to exactly the person who is asked about.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

BVN_OR_NIN = re.compile(r"[0-9]{11}")
NEEDS_ELEVEN_DIGITS = ("BVN", "NIN", "NIN_V2", "BVN_MFA")

EXACT, PARTIAL, NO_MATCH = "1020", "1021", "1022"
EXISTS, NOT_FOUND, BAD_FORMAT, UNAVAILABLE = "1012", "1013", "1014", "1015"

TEXTS = MappingProxyType(
    {
        EXACT: "Exact Match",
        PARTIAL: "Partial Match",
        NO_MATCH: "No Match",
        EXISTS: "ID Number Validated",
        NOT_FOUND: "ID Number Not Found",
        BAD_FORMAT: "Unsupported ID Number Format",
        UNAVAILABLE: "Database Unavailable",
    }
)
SANDBOX_NUMBERS = MappingProxyType(
    {
        "00000000000": EXISTS,
        "00000000001": NOT_FOUND,
        "00000000002": BAD_FORMAT,
        "00000000003": UNAVAILABLE,
        "00000000004": EXISTS,
    }
)
APPROVED = (EXISTS, EXACT, PARTIAL)
# With these codes the issuer has told nothing about the person.
TELLS_NOTHING = (NOT_FOUND, BAD_FORMAT, UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Question:
    """Who somebody says they are."""

    country: str
    id_type: str
    id_number: str
    first_name: str = ""
    last_name: str = ""
    middle_name: str = ""
    dob: str = ""
    gender: str = ""
    phone_number: str = ""


def result_code(question: Question) -> str:
    """The code of the outcome, decided by the number alone."""
    number = question.id_number
    if question.id_type in NEEDS_ELEVEN_DIGITS and not BVN_OR_NIN.fullmatch(number):
        return BAD_FORMAT
    if number in SANDBOX_NUMBERS:
        return SANDBOX_NUMBERS[number]
    return number[:4] if number[:4] in TEXTS else EXACT


def result_body(question: Question, *, smile_job_id: str, partner_params: dict[str, Any]) -> dict[str, Any]:
    """The result as callback, `job_status` and `id_verification` show it, but for timestamp and signature."""
    code = result_code(question)
    known = code not in TELLS_NOTHING
    names = (question.first_name, question.middle_name, question.last_name)
    return {
        "JSONVersion": "1.0.0",
        "SmileJobID": smile_job_id,
        "PartnerParams": partner_params,
        "ResultType": "ID Verification",
        "ResultText": TEXTS[code],
        "ResultCode": code,
        "IsFinalResult": "true",
        "Actions": _actions(question, code),
        "Country": question.country,
        "IDType": question.id_type,
        "IDNumber": question.id_number,
        "ExpirationDate": "NaN-NaN-NaN",
        "FullName": _holder(names, code) if known else "",
        "DOB": question.dob if known else "",
        "Photo": "",
        "PhoneNumber": question.phone_number,
        "Gender": question.gender,
        "Source": "ID API",
    }


def _holder(names: tuple[str, ...], code: str) -> str:
    if code == NO_MATCH:
        return "Somebody Else Entirely"
    return " ".join(name for name in names if name)


def _actions(question: Question, code: str) -> dict[str, str]:
    known = code not in TELLS_NOTHING
    verified = "Issuer Unavailable" if code == UNAVAILABLE else "Not Verified"

    def compared(given: str) -> str:
        if not known:
            return "Not Applicable"
        return "Not Provided" if code == EXISTS or not given else TEXTS[code]

    return {
        "Verify_ID_Number": "Verified" if known else verified,
        "Return_Personal_Info": "Returned" if known else "Not Applicable",
        "Names": compared(question.first_name or question.last_name),
        "DOB": compared(question.dob),
        "Gender": compared(question.gender),
        "Phone_Number": compared(question.phone_number) if question.phone_number else "Not Provided",
        "ID_Verification": "Completed" if known else "Not Done",
    }
