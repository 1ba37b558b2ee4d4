"""What a person's own record looks like to them over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from circles.api.serializers import RecordRead
from circles.models import AppealStatus
from circles.reliability import Fact, Mark, OwnRecord, Why
from contri.core.api.fields import NairaField


class AppealInput(serializers.Serializer[Any]):
    """Why a mark was not the member's fault."""

    reason = serializers.CharField(max_length=500)


class AppealRead(serializers.Serializer[Any]):
    """An appeal, and what staff decided."""

    status = serializers.ChoiceField(AppealStatus.choices)
    reason = serializers.CharField()
    appealed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_reason = serializers.CharField()


class MarkRead(serializers.Serializer[Any]):
    """A contribution that counts against its member, unless it is healed or excused."""

    contribution_id = serializers.UUIDField(source="contribution.id")
    circle_id = serializers.UUIDField(source="contribution.cycle.circle_id")
    circle_name = serializers.CharField(source="contribution.cycle.circle.name")
    cycle_number = serializers.IntegerField(source="contribution.cycle.number")
    amount = NairaField(source="contribution.amount_kobo")
    due_at = serializers.DateTimeField(source="contribution.due_at")
    late_at = serializers.DateTimeField(source="contribution.late_at", allow_null=True)
    paid_at = serializers.DateTimeField(source="contribution.paid_at", allow_null=True)
    fact = serializers.ChoiceField(Fact.choices)
    why = serializers.ChoiceField(Why.choices)
    healed = serializers.BooleanField(source="is_healed")
    excused = serializers.BooleanField(source="is_excused")
    appeal = serializers.SerializerMethodField()

    @extend_schema_field(AppealRead(allow_null=True))
    def get_appeal(self, mark: Mark) -> Any:
        """The appeal against it, if there is one."""
        appeal = getattr(mark.contribution, "appeal", None)
        return AppealRead(appeal).data if appeal else None


class MyRecordRead(RecordRead):
    """My record as others see it, and every mark behind it, the latest first."""

    marks = MarkRead(many=True)

    def to_representation(self, own: OwnRecord) -> dict[str, Any]:
        """The figures with the marks beside them."""
        return {**RecordRead(own.record).data, "marks": MarkRead(own.marks, many=True).data}
