"""What a rehearsal looks like over HTTP. Members are named by the turns they are given at first."""

from typing import Any

from rest_framework import serializers

from contri.core.api.fields import NairaField


class RehearsedCycleRead(serializers.Serializer[Any]):
    """One cycle as it would go."""

    number = serializers.IntegerField()
    opens_at = serializers.DateTimeField(source="dates.opens_at")
    due_at = serializers.DateTimeField(source="dates.due_at")
    grace_ends_at = serializers.DateTimeField(source="dates.grace_ends_at")
    recipient = serializers.IntegerField(help_text="Another than its number where somebody owed more than their pot.")
    expected = NairaField(source="expected_kobo")
    discount = NairaField(source="discount_kobo", help_text="What the recipient gives up to the others for the turn.")
    paid_out = serializers.BooleanField(source="is_paid_out")
    received = NairaField(source="received_kobo", help_text="What the recipient has had of it in the end.")
    from_deposits = NairaField(source="from_deposits_kobo", help_text="What deposits paid for members who did not.")
    from_reserve = NairaField(source="lent_kobo", help_text="What the reserve added on payday.")
    back_to_reserve = NairaField(source="repaid_kobo", help_text="What of that came in later.")
    late = serializers.ListField(child=serializers.IntegerField(), help_text="Members who were late with it.")
    missing = serializers.ListField(child=serializers.IntegerField(), help_text="Members who never paid for it.")

    def to_representation(self, cycle: Any) -> dict[str, Any]:
        """Members in their order."""
        return {**super().to_representation(cycle), "late": sorted(cycle.late)}


class RehearsedMemberRead(serializers.Serializer[Any]):
    """What one member has paid and received at the end."""

    member = serializers.IntegerField(source="number")
    paid = NairaField(source="paid_kobo", help_text="Contributions, out of their deposit or not.")
    received = NairaField(source="received_kobo", help_text="Their pot, and their share of what others gave up.")
    late_fees = NairaField(source="fees_kobo")
    late_fees_paid = NairaField(source="fees_paid_kobo")
    deposit_back = NairaField(source="deposit_back_kobo")
    reserve_back = NairaField(source="reserve_back_kobo", help_text="Their share of what the reserve holds at the end.")


class RehearsalRead(serializers.Serializer[Any]):
    """A circle's whole life without money."""

    cycles = RehearsedCycleRead(many=True)
    members = RehearsedMemberRead(many=True)
    missing = NairaField(source="missing_kobo", help_text="What recipients still wait for at the end.")
    completed = serializers.BooleanField(
        source="is_completed", help_text="If not, deposits and reserve stay with the circle until it is dissolved."
    )
    reserve_left = NairaField(source="reserve_kobo")
    fees_to_contri = NairaField(source="fees_to_contri_kobo")
