"""What reading every provider's JSON has in common: what is documented becomes a value, anything else is junk."""

from datetime import UTC, datetime
from typing import Any

from wallets.providers.http import Reply


class JunkError(ValueError):
    """A field that we rely on is missing or of another kind than documented."""


def message_of(reply: Reply) -> str:
    """What the answer says about itself."""
    return str(reply.body.get("message", ""))[:200]


def text(data: dict[str, Any], name: str) -> str:
    """A field that must be a text."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise JunkError(f"{name} is not a text")
    return value


def require_reference(data: dict[str, Any], reference: str, *, name: str = "reference") -> None:
    """The answer must be about what was asked."""
    if data.get(name) != reference:
        raise JunkError("the answer is about another reference")


def moment(data: dict[str, Any], name: str) -> datetime | None:
    """A field that is a moment, or None where there is none."""
    try:
        found = datetime.fromisoformat(str(data.get(name)))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
