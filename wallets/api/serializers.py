"""What goes in and what comes out of the wallet's API."""

from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contri.core.api.fields import NairaField
from contri.core.api.people import PersonRead
from contri.core.money import CURRENCY
from wallets.models import Transaction
from wallets.queries import refund_of, timeline_of

ACCOUNT_NUMBER = r"\A[0-9]{10}\Z"
BANK_CODE = r"\A[0-9A-Za-z]{3,12}\Z"


class WalletRead(serializers.Serializer[Any]):
    """`balance` can be spent; `held` is promised to withdrawals under way, or waits for the tier to allow it."""

    id = serializers.UUIDField()
    balance = NairaField(source="available_kobo")
    held = NairaField(source="held_kobo")
    currency = serializers.CharField(default=CURRENCY)


class TransactionRead(serializers.Serializer[Transaction]):
    """A line of the wallet's history; `balance_after` is null until money has moved."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=Transaction.Type.choices)
    direction = serializers.ChoiceField(choices=Transaction.Direction.choices)
    amount = NairaField(source="amount_kobo")
    fee = NairaField(source="fee_kobo")
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Transaction.Status.choices)
    reference = serializers.CharField()
    description = serializers.CharField()
    counterparty = PersonRead(allow_null=True)
    balance_after = NairaField(source="balance_after_kobo", allow_null=True)
    circle_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


@cache
def line_reader() -> TransactionRead:
    """One serializer for all lines of all requests: making it costs many times what using it does."""
    return TransactionRead()


class StepRead(serializers.Serializer[Any]):
    """Something that happened to a movement of money."""

    status = serializers.ChoiceField(
        choices=["pending", "submitted", "under_review", "succeeded", "failed", "reversed"]
    )
    at = serializers.DateTimeField()


class RefundRead(serializers.Serializer[Any]):
    """Money of a deposit that did not fit, on its way back to whoever paid it."""

    status = serializers.ChoiceField(choices=["pending", "succeeded", "failed"])
    amount = NairaField(source="amount_kobo")
    requested_at = serializers.DateTimeField()
    concluded_at = serializers.DateTimeField(allow_null=True)


class TransactionDetailRead(TransactionRead):
    """One line, with what happened to it so far, and what of its money was sent back to its payer."""

    timeline = serializers.SerializerMethodField()
    refund = serializers.SerializerMethodField()

    @extend_schema_field(StepRead(many=True))
    def get_timeline(self, line: Transaction) -> Any:
        """In order."""
        return StepRead(timeline_of(line), many=True).data

    @extend_schema_field(RefundRead(allow_null=True))
    def get_refund(self, line: Transaction) -> Any:
        """Null where nothing was."""
        refund = refund_of(line)
        return None if refund is None else RefundRead(refund).data


class MovedRead(serializers.Serializer[Any]):
    """The line of what was just moved or promised."""

    transaction = TransactionRead()


class CheckoutRead(MovedRead):
    """Where to pay, if anything is left to do there. The wallet is credited once the provider confirms it."""

    authorization_url = serializers.URLField(allow_null=True)
    reference = serializers.CharField()


class DepositInput(serializers.Serializer[Any]):
    """How much to bring in."""

    amount = NairaField()
    provider = serializers.ChoiceField(choices=["paystack", "flutterwave"], default="paystack")
    card_id = serializers.UUIDField(required=False, help_text="Charge this kept card.")


class WithdrawalInput(serializers.Serializer[Any]):
    """How much to send to which of one's own bank accounts."""

    amount = NairaField()
    bank_account_id = serializers.UUIDField()


class TransferInput(serializers.Serializer[Any]):
    """How much to send to whom: `recipient_id`, or the exact `recipient_email`."""

    recipient_id = serializers.UUIDField(required=False)
    recipient_email = serializers.EmailField(required=False, max_length=254)
    amount = NairaField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one way to say who."""
        if ("recipient_id" in attrs) == ("recipient_email" in attrs):
            raise serializers.ValidationError({"recipient_id": "Send either recipient_id or recipient_email."})
        return attrs


class CardRead(serializers.Serializer[Any]):
    """A kept card. What it is charged by never leaves the server."""

    id = serializers.UUIDField()
    last4 = serializers.CharField()
    brand = serializers.CharField()
    expiry_month = serializers.IntegerField()
    expiry_year = serializers.IntegerField()
    is_default = serializers.BooleanField()


class CardLinkInput(serializers.Serializer[Any]):
    """The reference of one of my finished deposits, to keep the card that paid it; nothing to pay with one now."""

    reference = serializers.CharField(required=False, max_length=64)


class CardLinkRead(serializers.Serializer[Any]):
    """Where to pay with the card; or, for a finished payment, the card that was kept."""

    authorization_url = serializers.URLField(allow_null=True)
    reference = serializers.CharField()
    card = CardRead(allow_null=True)


class BankRead(serializers.Serializer[Any]):
    """A bank of the directory."""

    name = serializers.CharField()
    code = serializers.CharField()
    slug = serializers.CharField()


class BankAccountInput(serializers.Serializer[Any]):
    """A bank account by its number."""

    account_number = serializers.RegexField(ACCOUNT_NUMBER, error_messages={"invalid": "Send ten digits."})
    bank_code = serializers.RegexField(BANK_CODE, error_messages={"invalid": "Send a code of the directory."})


class ResolvedRead(serializers.Serializer[Any]):
    """Whose account it is."""

    account_name = serializers.CharField()


class BankAccountRead(serializers.Serializer[Any]):
    """A linked bank account. Its full number never leaves the server."""

    id = serializers.UUIDField()
    bank_name = serializers.CharField()
    bank_code = serializers.CharField()
    account_number_last4 = serializers.CharField(source="number_last4")
    account_name = serializers.CharField()
    is_primary = serializers.BooleanField()
    status = serializers.ChoiceField(choices=["pending", "verified"])


class StatementInput(serializers.Serializer[Any]):
    """Which Lagos days, both included, and in which form."""

    to = serializers.DateField()
    format = serializers.ChoiceField(choices=["pdf", "csv"], default="csv")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The declared fields and `from`, a word that no class body can use as a name."""
        return {"from": serializers.DateField(), **super().get_fields()}
