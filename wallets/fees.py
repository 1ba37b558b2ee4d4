"""What Contri charges for moving money. Deposits, payouts and transfers are free."""

WITHDRAWAL_FEE_KOBO = 0


def withdrawal_fee_kobo(amount_kobo: int) -> int:
    """The fee on top of a withdrawal of `amount_kobo`; free while the fee is 0."""
    return WITHDRAWAL_FEE_KOBO if amount_kobo else 0
