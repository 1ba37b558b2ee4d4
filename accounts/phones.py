"""Telephone numbers: any common spelling in, E.164 kept."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType

REGION = "NG"
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
# phonenumbers also reads letters ("0803-CALL-ME") and every script's digits; nobody's number is written so here.
SPELLING = re.compile(r"[0-9+ ().\-/]{1,40}", re.ASCII)


def e164(spelling: str) -> str:
    """A Nigerian mobile number such as "0803 123 4567" as "+2348031234567".

    Raises:
        ValueError: it is no Nigerian mobile number.
    """
    if not SPELLING.fullmatch(spelling):
        raise ValueError("not a telephone number")
    try:
        number = phonenumbers.parse(spelling, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    is_ours = phonenumbers.is_valid_number_for_region(number, REGION)
    if not is_ours or phonenumbers.number_type(number) not in MOBILE:
        raise ValueError("not a Nigerian mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
