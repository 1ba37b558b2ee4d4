"""The merchant's balance with Paystack, always computed from what happened and never kept."""

from django.db.models import F, Sum

from contri.sandbox.models import Dispute, Refund, Transaction, Transfer
from contri.sandbox.paystack.rules import OPENING_BALANCE

# A reversed transaction did come in; the refund beside it is what went out.
CAME_IN = ("success", "reversed", "reversal-pending")
WENT_BACK = ("pending", "processing", "processed", "needs-attention")
LOST = ("merchant-accepted", "auto-accepted")
WENT_OUT = ("pending", "otp", "received", "success")


def merchant_balance() -> int:
    """Kobo that the merchant can send out now."""
    came_in = Transaction.objects.filter(status__in=CAME_IN).aggregate(kobo=Sum(F("amount") - F("fees")))["kobo"]
    went_back = Refund.objects.filter(status__in=WENT_BACK).aggregate(kobo=Sum("amount"))["kobo"]
    went_out = Transfer.objects.filter(status__in=WENT_OUT).aggregate(kobo=Sum(F("amount") + F("fee_charged")))["kobo"]
    charged_back = Dispute.objects.filter(resolution__in=LOST).aggregate(kobo=Sum("refund_amount"))["kobo"]
    # A transfer that came back returned its amount; its fee stays with Paystack.
    fees_kept = Transfer.objects.filter(status="reversed").aggregate(kobo=Sum("fee_charged"))["kobo"]
    balance: int = OPENING_BALANCE + (came_in or 0) - (went_back or 0) - (went_out or 0) - (fees_kept or 0)
    return balance - (charged_back or 0)
