"""The HTTP door to leaving a circle that runs: a place is offered, looked at and taken over."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from circles import invites, services
from circles.api.doors import MyCircleView, caller, checked
from circles.api.inputs import WholeNumberField
from circles.api.serializers import CharterRead
from circles.api.views import INVITE_RATE, INVITES
from circles.handover_queries import handover_view, handovers_of
from circles.models import CycleStatus, Handover, HandoverStatus
from contri.core.api.fields import NairaField
from contri.core.api.idempotent import idempotent
from contri.core.api.limits import limited
from contri.core.api.people import PersonRead

WORTH = "What the newcomer pays the leaver; with a minus sign the leaver pays the newcomer."


class TakePlaceInput(serializers.Serializer[Any]):
    """The version of the charter that the person has read; taking the place accepts it."""

    charter_version = WholeNumberField(min_value=1)


class PlaceTurnRead(serializers.Serializer[Any]):
    """One turn that comes with a place."""

    number = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    status = serializers.ChoiceField(CycleStatus.choices)


class HandoverRead(serializers.Serializer[Any]):
    """A place on offer, as the circle's members see it."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(HandoverStatus.choices)
    code = serializers.SerializerMethodField()
    leaver = PersonRead(source="leaver.user")
    candidate = PersonRead(allow_null=True)
    newcomer = PersonRead(source="newcomer.user", allow_null=True, default=None)
    worth = NairaField(source="worth_kobo", allow_null=True, help_text=WORTH)
    offered_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)

    def get_code(self, handover: Handover) -> str:
        """The code as people read it to each other."""
        return invites.as_shown(handover.code)


class PlaceRead(serializers.Serializer[Any]):
    """What somebody should know before taking over a place."""

    circle_name = serializers.CharField(source="circle.name")
    leaver = PersonRead(source="handover.leaver.user")
    host = PersonRead(source="circle.host")
    turns = PlaceTurnRead(source="place.turns", many=True)
    worth = NairaField(source="place.worth_kobo", help_text=WORTH)
    to_pay = NairaField(source="place.to_pay_kobo", help_text="Contributions that are still to come.")
    deposit = NairaField(source="circle.deposit_kobo", help_text="To leave with the circle, for each turn.")
    reserve = NairaField(source="circle.reserve_kobo", help_text="To leave with the circle, for each turn.")
    needs_approval = serializers.BooleanField(source="circle.needs_approval")
    charter = CharterRead()
    expires_at = serializers.DateTimeField(source="handover.expires_at")
    warnings = serializers.ListField(child=serializers.CharField())


class HandoversView(MyCircleView):
    """Places on offer."""

    @extend_schema(operation_id="circles_handovers", responses=HandoverRead(many=True))
    def get(self, request: Request, circle_id: UUID) -> Response:
        """All of this circle, the newest first."""
        return Response(HandoverRead(handovers_of(self.circle(request, circle_id)), many=True).data)

    @extend_schema(operation_id="circles_handovers_offer", request=None, responses={201: HandoverRead})
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Offer my place: whoever I give the code to can take it over."""
        offer = services.offer_place(actor=caller(request), circle_id=circle_id, at=timezone.now())
        return Response(HandoverRead(offer).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="circles_handovers_withdraw", responses={200: HandoverRead})
    def delete(self, request: Request, circle_id: UUID) -> Response:
        """Keep my place after all."""
        offer = services.withdraw_place(actor=caller(request), circle_id=circle_id, at=timezone.now())
        return Response(HandoverRead(offer).data)


class ApproveHandoverView(APIView):
    """The host's yes to a newcomer."""

    @extend_schema(operation_id="circles_handovers_approve", request=None, responses=HandoverRead)
    def post(self, request: Request, circle_id: UUID, handover_id: UUID) -> Response:
        """Let in who asked to take over a place; what has to change hands does so now."""
        offer = services.approve_handover(
            actor=caller(request), circle_id=circle_id, handover_id=handover_id, at=timezone.now()
        )
        return Response(HandoverRead(offer).data)


class PlaceView(APIView):
    """A place that somebody offers me."""

    @extend_schema(operation_id="circles_handover_look", responses=PlaceRead)
    @limited(INVITES, INVITE_RATE, by="user")
    def get(self, request: Request, code: str) -> Response:
        """Its turns, what it costs and what is still to be paid, the charter, warnings."""
        return Response(PlaceRead(handover_view(code, caller(request), at=timezone.now())).data)


class TakePlaceView(APIView):
    """Taking over a place."""

    @extend_schema(operation_id="circles_handover_take", request=TakePlaceInput, responses=HandoverRead)
    @idempotent
    @limited(INVITES, INVITE_RATE, by="user")
    def post(self, request: Request, code: str) -> Response:
        """Take it over, and accept its charter. What it is worth changes hands at once, or when the host says yes."""
        version = checked(TakePlaceInput(data=request.data))["charter_version"]
        offer = services.take_place(actor=caller(request), code=code, charter_version=version, at=timezone.now())
        return Response(HandoverRead(offer).data)
