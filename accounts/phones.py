"""Telephone numbers: any common spelling in, E.164 kept."""

import phonenumbers
from phonenumbers import PhoneNumberType

REGION = "NG"
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
LONGEST_SPELLING = 40


def e164(spelling: str) -> str:
    """A Nigerian mobile number such as "0803 123 4567" as "+2348031234567".

    Raises:
        ValueError: it is no Nigerian mobile number.
    """
    # phonenumbers reads every script's digits; a number typed in Nigeria has ASCII ones.
    if len(spelling) > LONGEST_SPELLING or not spelling.isascii():
        raise ValueError("not a telephone number")
    try:
        number = phonenumbers.parse(spelling, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    is_ours = phonenumbers.is_valid_number_for_region(number, REGION)
    if not is_ours or phonenumbers.number_type(number) not in MOBILE:
        raise ValueError("not a Nigerian mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
