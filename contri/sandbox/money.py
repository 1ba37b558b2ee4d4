"""Amounts for people's eyes."""


def naira(kobo: int) -> str:
    """`1250050` → `₦12,500.50`."""
    sign = "−" if kobo < 0 else ""
    whole, part = divmod(abs(kobo), 100)
    return f"{sign}₦{whole:,}.{part:02d}"
