"""The HTTP door to one's own record in circles, and to appeals against it."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from circles import services
from circles.api.doors import caller, checked
from circles.api.record_serializers import AppealInput, AppealRead, MyRecordRead
from circles.reliability import own_record


class RecordView(APIView):
    """What circles say about me."""

    @extend_schema(operation_id="circles_record", responses=MyRecordRead)
    def get(self, request: Request) -> Response:
        """My record: the figures that others see, and each mark with its reason."""
        return Response(MyRecordRead(own_record(caller(request), at=timezone.now())).data)


class AppealView(APIView):
    """Not my fault."""

    @extend_schema(operation_id="circles_record_appeal", request=AppealInput, responses={201: AppealRead})
    def post(self, request: Request, contribution_id: UUID) -> Response:
        """Ask our staff to excuse a mark on my record. Once for each; until it is decided the mark counts."""
        reason = checked(AppealInput(data=request.data))["reason"]
        appeal = services.appeal_mark(
            actor=caller(request), contribution_id=contribution_id, reason=reason, at=timezone.now()
        )
        return Response(AppealRead(appeal).data, status=status.HTTP_201_CREATED)
