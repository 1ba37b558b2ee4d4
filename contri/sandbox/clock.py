"""How the pretend companies write moments down."""

from datetime import UTC, datetime


def iso_milliseconds(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds and `Z`, as both Paystack and Smile ID write it; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
