"""What is never written down: secrets, and the numbers by which a person or a bank account is known.

One rule for log lines, error reports and whatever else leaves a process. It goes by the name of a value where there is
one, and by what a value looks like everywhere, since secrets also travel inside sentences.
"""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
# Deeper than anything of ours; hostile input nests a hundred thousand levels.
DEEPEST = 12

# Any of these as a word of a name hides its value: pin_token, X-Pin-Token, oldPassword, SECRET_KEY.
SECRET_WORDS = frozenset(
    (
        *("password", "passwd", "passphrase", "pin", "otp", "secret", "token", "jwt", "pepper", "signature"),
        *("bvn", "nin", "dob", "cvv", "cvc", "pan", "credential", "credentials", "authorization", "dsn"),
        *("cookie", "cookies", "session", "sessionid", "csrftoken", "csrfmiddlewaretoken"),
    )
)
# These hide it as a whole name or as the end of one.
SECRET_NAMES = (
    "account_number",
    "id_number",
    "card_number",
    "date_of_birth",
    "api_key",
    "private_key",
    "signing_key",
    "encryption_keys",
    "authorization_code",
    "authorization_url",
    "access_code",
    "invite_code",
)
# These only as a whole name: "access" and "key" are ordinary words elsewhere.
SECRET_WHOLE_NAMES = frozenset({"access", "refresh", "key", "otpauth"})

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")

_NAMED = "|".join((*sorted(SECRET_WORDS - {"session", "cookies"}), *SECRET_NAMES))
_LOOKS_SECRET: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"\b(bearer|basic)\s+[^\s\"',;]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(?:sk|pk)_(?:live|test)_\w+|\bFLW(?:SEC|PUB)K\w*-[\w-]+"), HIDDEN),
    (re.compile(r"(\w://)[^\s/@]*@"), rf"\1{HIDDEN}@"),
    # name=value, name: value and "name": "value". Not "pin_locked: wait": that is a code of ours and its sentence.
    (
        re.compile(
            rf"((?<![a-z])(?:{_NAMED})(?:[_-](?:token|hash|key|code|number|value))?[\"']?\s*[=:]\s*)"
            r"(\"[^\"]*\"|'[^']*'|[^\s\"',;&)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # Whatever an address asks with.
    (re.compile(r"\?[\w.~%-]+=[^\s\"'>]*"), f"?{HIDDEN}"),
    # PostgreSQL quotes whole rows when it refuses one.
    (re.compile(r"(\bDETAIL:).*"), rf"\1 {HIDDEN}"),
    (re.compile(r"(Failing row contains |\)=)\([^\n]*\)"), rf"\1({HIDDEN})"),
    # BVN, NIN, account, telephone and card numbers. Part of a reference, a UUID or a longer word is none.
    (re.compile(r"(?<![\w.-])\+?\d(?:[ ]?\d){9,18}(?![\w-])"), HIDDEN),
)


def redact(value: Any, *, depth: int = 0) -> Any:
    """`value` with every secret in it hidden, all the way down. Never raises, and leaves the original alone."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return HIDDEN
    if depth >= DEEPEST:
        return HIDDEN if isinstance(value, (Mapping, list, tuple, set, frozenset)) else value
    if isinstance(value, Mapping):
        return {name: _of(name, held, depth) for name, held in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item, depth=depth + 1) for item in value]
    return value


def redact_text(text: str) -> str:
    """`text` with everything that looks like a secret hidden."""
    for looks, instead in _LOOKS_SECRET:
        text = looks.sub(instead, text)
    return text


def is_secret_name(name: str) -> bool:
    """Whether a value of this name is never shown, whatever it is."""
    words = [word for word in _NOT_A_LETTER.split(_WORD_BORDER.sub("_", name).lower()) if word]
    joined = "_".join(words)
    return joined in SECRET_WHOLE_NAMES or joined.endswith(SECRET_NAMES) or not SECRET_WORDS.isdisjoint(words)


def _of(name: object, held: Any, depth: int) -> Any:
    is_hidden = isinstance(name, str) and is_secret_name(name) and held not in (None, "", True, False)
    return HIDDEN if is_hidden else redact(held, depth=depth + 1)
