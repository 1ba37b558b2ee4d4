"""What clients may send. Nothing here decides; it only refuses what cannot be understood."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from circles.models import (
    MAX_BIDS_CLOSE_DAYS,
    MAX_GRACE_DAYS,
    MAX_SIZE,
    MIN_AUCTION_FLOOR,
    MIN_SIZE,
    FeeGoesTo,
    Frequency,
    PayoutOrder,
    ShortfallPolicy,
    Source,
    TakenAt,
)
from contri.core.api.fields import NairaField
from contri.core.moments import lagos_day

LONGEST_NAME = 80
# A circle of a hundred at ₦1,000,000,000 each stays far inside the database's bigint.
MOST_KOBO = 100_000_000_000
# Plans further ahead than this are slips of the finger.
MOST_YEARS_AHEAD = 5
LARGEST_CYCLE_NUMBER = 32_767


@extend_schema_field({"type": "integer"})
class WholeNumberField(serializers.IntegerField):
    """A JSON integer, or its ASCII digits: no booleans, fractions or digits of other scripts."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        is_number = isinstance(data, int) and not isinstance(data, bool)
        is_digits = isinstance(data, str) and data.isascii() and data.strip().isdigit() and len(data) < 12
        if not is_number and not is_digits:
            self.fail("invalid")
        return super().to_internal_value(data)


class CircleAmountField(NairaField):
    """What each member pays each cycle."""

    def to_internal_value(self, data: Any) -> int:
        """Kobo, within what a circle can hold."""
        kobo = super().to_internal_value(data)
        if kobo > MOST_KOBO:
            raise serializers.ValidationError("That is more than a circle can hold.", code="max_value")
        return kobo


class OptionalAmountField(CircleAmountField):
    """What a rule asks beside the contribution; "0.00" is the absence of that rule."""

    def to_internal_value(self, data: Any) -> int:
        """Kobo, or none."""
        return 0 if self._as_text(data) in ("0", "0.0", "0.00") else super().to_internal_value(data)


class StartDateField(serializers.DateField):
    """A day in the years ahead. Whether it is too early for this circle, the verb decides."""

    def to_internal_value(self, value: Any) -> date:
        """The day."""
        if not isinstance(value, str) or not value.isascii():
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        if day.year > lagos_day(timezone.now()).year + MOST_YEARS_AHEAD:
            raise serializers.ValidationError("That is too far ahead.", code="too_far_ahead")
        return day


class SecurityRulesInput(serializers.Serializer[Any]):
    """What a circle asks beside contributions."""

    late_fee = OptionalAmountField(
        source="late_fee_kobo", required=False, help_text="What a contribution that is late costs, once."
    )
    late_fee_to = serializers.ChoiceField(FeeGoesTo.choices, required=False)
    deposit = OptionalAmountField(
        source="deposit_kobo",
        required=False,
        help_text="What each turn leaves with the circle, against what its holder may owe.",
    )
    reserve = OptionalAmountField(
        source="reserve_kobo", required=False, help_text="What each turn brings to the circle's reserve."
    )


class CircleInput(SecurityRulesInput):
    """A circle to found."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    amount = CircleAmountField(source="amount_kobo")
    frequency = serializers.ChoiceField(Frequency.choices)
    cycle_start_date = StartDateField()
    size = WholeNumberField(min_value=MIN_SIZE, max_value=MAX_SIZE)
    payout_order = serializers.ChoiceField(PayoutOrder.choices, required=False)
    shortfall_policy = serializers.ChoiceField(ShortfallPolicy.choices, required=False)
    grace_days = WholeNumberField(min_value=0, max_value=MAX_GRACE_DAYS, required=False)
    needs_approval = serializers.BooleanField(required=False)
    security_taken_at = serializers.ChoiceField(TakenAt.choices, required=False)
    auction_floor_percent = WholeNumberField(
        min_value=MIN_AUCTION_FLOOR,
        max_value=100,
        required=False,
        help_text="Of a pot at least so much goes to its recipient, whatever they bid for their turn.",
    )
    bids_close_days = WholeNumberField(
        min_value=0,
        max_value=MAX_BIDS_CLOSE_DAYS,
        required=False,
        help_text="So many days before the first contribution is due bids close, or when everybody has bid.",
    )


class CircleUpdate(CircleInput):
    """What the host may change while the circle forms; send any of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "partial": True})


class RenewalInput(CircleInput):
    """What the next round of a completed circle does differently; a start date of its own it needs."""

    def get_fields(self) -> dict[str, Any]:
        """Everything but the day may be left out."""
        found: dict[str, Any] = super().get_fields()
        for name, field in found.items():
            field.required = name == "cycle_start_date"
        return found


class StopInput(serializers.Serializer[Any]):
    """A member, by their turn, who pays no more after a cycle; 0 is from the start."""

    member = WholeNumberField(min_value=1, max_value=MAX_SIZE)
    after_cycle = WholeNumberField(min_value=0, max_value=MAX_SIZE)


class RehearsalInput(SecurityRulesInput):
    """A circle to rehearse, and who stops paying when."""

    amount = CircleAmountField(source="amount_kobo")
    frequency = serializers.ChoiceField(Frequency.choices)
    cycle_start_date = StartDateField()
    size = WholeNumberField(min_value=MIN_SIZE, max_value=MAX_SIZE)
    grace_days = WholeNumberField(min_value=0, max_value=MAX_GRACE_DAYS, default=2)
    shortfall_policy = serializers.ChoiceField(ShortfallPolicy.choices, default=ShortfallPolicy.PAY_COLLECTED)
    bids = serializers.ListField(
        child=OptionalAmountField(),
        max_length=MAX_SIZE,
        required=False,
        help_text="What is given up for turns in an auction: the highest bid has the first turn; the last is free.",
    )
    stops = StopInput(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Who stops is one of the members, after one of the cycles; nobody bids more than any charter lets them."""
        size, bids = attrs["size"], attrs.get("bids", [])
        for stop in attrs.get("stops", []):
            if max(stop["member"], stop["after_cycle"]) > size:
                raise serializers.ValidationError({"stops": "There is no such member or cycle."})
        most = attrs["amount_kobo"] * size * (100 - MIN_AUCTION_FLOOR) // 100
        if len(bids) > size or max(bids, default=0) > most:
            raise serializers.ValidationError({"bids": "More bids than turns, or more than half of the pot."})
        return attrs


class SwapInput(serializers.Serializer[Any]):
    """A turn of mine for a turn of somebody else's."""

    my_turn = WholeNumberField(min_value=1, max_value=MAX_SIZE)
    their_turn = WholeNumberField(min_value=1, max_value=MAX_SIZE)


class DrawNonceField(serializers.RegexField):
    """A word of the member's own that is mixed into the draw of turns."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"\A[A-Za-z0-9._-]{1,64}\Z", **kwargs)


class JoinInput(serializers.Serializer[Any]):
    """An invite code, however it was typed; `charter_version` is the one the person has read."""

    invite_code = serializers.CharField(max_length=64)
    charter_version = WholeNumberField(min_value=1, required=False, allow_null=True)
    hands = WholeNumberField(min_value=1, max_value=MAX_SIZE, required=False, help_text="Turns to hold; 1 unless said.")
    draw_nonce = DrawNonceField(source="nonce", required=False)


class RenewInviteInput(serializers.Serializer[Any]):
    """How long a fresh invite is good, and for how many people; without limit unless said."""

    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    uses = WholeNumberField(min_value=1, max_value=MAX_SIZE, required=False, allow_null=True)


class AcceptCharterInput(serializers.Serializer[Any]):
    """The version of the charter that the person has read."""

    version = WholeNumberField(min_value=1)
    draw_nonce = DrawNonceField(source="nonce", required=False)


class PayoutOrderInput(serializers.Serializer[Any]):
    """Ids of memberships, first turn first; each as often as that member has turns."""

    order = serializers.ListField(child=serializers.UUIDField(), max_length=MAX_SIZE)


class ContributeInput(serializers.Serializer[Any]):
    """What to pay; empty: all that is owed for the oldest unpaid cycle, from the wallet."""

    cycle_number = WholeNumberField(min_value=1, max_value=LARGEST_CYCLE_NUMBER, required=False, allow_null=True)
    amount = NairaField(source="amount_kobo", required=False, allow_null=True)
    # The contract's name; DRF's own attribute of it belongs to nested serializers, which this is not.
    source = serializers.ChoiceField([Source.WALLET, Source.CARD], default=Source.WALLET)  # type: ignore[assignment]
    card_id = serializers.UUIDField(required=False, allow_null=True, help_text="With `card`; else the default card.")


class ReasonInput(serializers.Serializer[Any]):
    """Why, for the record."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
