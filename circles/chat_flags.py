"""What in a message the others should look at twice: account numbers to pay to, and links.

Money moves through Contri only. A number or a link in a chat is how people are talked into sending it elsewhere.
"""

import re
import unicodedata

from circles.models import Flag

# A NUBAN has ten digits, often written in groups. One kind of separator at a time: "04-01 10:00" is no number.
ACCOUNT_DIGITS = 10
SEPARATORS = ("", " ", "-", ".")
_DIGIT_RUNS = [re.compile(rf"(?<!\d)\d+(?:{re.escape(separator)}\d+)*(?!\d)") for separator in SEPARATORS]

_LINK = re.compile(
    r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|org|ng|africa|io|co|me|app|link|ly|info|xyz|site|online|shop|top|biz|dev"
    r"|gl|gd|cc|to|tv|live|store|page|web|click)(?![a-z0-9-])",
    re.IGNORECASE,
)


def flags_of(body: str) -> list[str]:
    """The flags of a message that says `body`, in a fixed order."""
    plain = _plain(body)
    found = {Flag.ACCOUNT_NUMBER: _has_account_number(plain), Flag.LINK: _LINK.search(plain) is not None}
    return [flag.value for flag, is_found in found.items() if is_found]


def _has_account_number(text: str) -> bool:
    runs = (run for pattern in _DIGIT_RUNS for run in pattern.findall(text))
    return any(sum(sign.isdigit() for sign in run) == ACCOUNT_DIGITS for run in runs)


def _plain(text: str) -> str:
    """`text` as it is read: digits of every script as ASCII, invisible signs gone, look-alike letters made plain."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(_plain_sign(sign) for sign in folded if unicodedata.category(sign) != "Cf")


def _plain_sign(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)
