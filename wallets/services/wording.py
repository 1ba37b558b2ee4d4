"""How amounts are written to people."""

from contri.core.money import naira_from_kobo


def naira(kobo: int) -> str:
    """₦1,500.00"""
    whole, _, fraction = naira_from_kobo(kobo).partition(".")
    return f"₦{int(whole):,}.{fraction}"
