"""Test cards, as Paystack publishes them, and a few more for what happens after the first payment.

Any other number of 12 to 19 digits is a good card. Card numbers are recognised and forgotten: only what Paystack itself
shows of a card (first six, last four, a signature) is kept.
"""

import hashlib
import secrets
from dataclasses import dataclass
from types import MappingProxyType

from contri.sandbox.models import Authorization, Customer

DEFAULT_CARD_NUMBER = "4084084084084081"

SUCCESS = "success"
CHALLENGE = "challenge"
PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class CardBehaviour:
    """How a card answers: on the checkout page, when charged later, and when refunded. A reason means a refusal."""

    what: str
    checkout: str = SUCCESS
    later_charge: str = SUCCESS
    reusable: bool = True
    refund_outcome: str = "processed"


GOOD_CARD = CardBehaviour("pays, can be charged again")

TEST_CARDS = MappingProxyType(
    {
        DEFAULT_CARD_NUMBER: GOOD_CARD,
        "507850785078507812": CardBehaviour("Verve; pays, can be charged again"),
        "5060666666666666666": CardBehaviour("Verve; pays, can be charged again"),
        "4084080000005408": CardBehaviour("declined", checkout="Declined"),
        "4084080000670037": CardBehaviour("insufficient funds", checkout="Insufficient Funds"),
        "4084080000671803": CardBehaviour("pays; its refunds fail", refund_outcome="failed"),
        "4084080000671902": CardBehaviour("pays; its refunds need attention", refund_outcome="needs-attention"),
        "4084080000200001": CardBehaviour("pays; a later charge asks the owner first", later_charge=CHALLENGE),
        "4084080000200002": CardBehaviour("pays; a later charge fails", later_charge="Insufficient Funds"),
        "4084080000200003": CardBehaviour("pays; a later charge takes its time", later_charge=PROCESSING),
        "4084080000200004": CardBehaviour("pays once, cannot be charged again", reusable=False),
    }
)


def behaviour_of(card_number: str) -> CardBehaviour | None:
    """How this card behaves; None when it is no card number at all. Blanks between digits do not matter."""
    digits = card_number.replace(" ", "")
    if digits in TEST_CARDS:
        return TEST_CARDS[digits]
    return GOOD_CARD if digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19 else None


def remember_card(customer: Customer, card_number: str) -> Authorization:
    """The authorization of a card that has just paid: a code of its own each time, the same signature each time."""
    digits = card_number.replace(" ", "")
    behaviour = behaviour_of(digits) or GOOD_CARD
    return Authorization.objects.create(
        authorization_code=f"AUTH_{secrets.token_hex(5)}",
        customer=customer,
        signature=f"SIG_{hashlib.sha256(digits.encode()).hexdigest()[:20]}",
        bin=digits[:6],
        last4=digits[-4:],
        brand=brand_of(digits),
        reusable=behaviour.reusable,
        later_charge=behaviour.later_charge,
        refund_outcome=behaviour.refund_outcome,
    )


def brand_of(digits: str) -> str:
    """Whose card it is, by its first digits."""
    if digits.startswith("4"):
        return "visa"
    return "verve" if digits.startswith(("506", "507", "650")) else "mastercard"
