"""The HTTP door to notices, devices and preferences."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contri.core.api.limits import limited
from notifications import queries, services
from notifications.api.filters import ReadFilter
from notifications.api.pagination import NoticesPage
from notifications.api.serializers import (
    DeviceInput,
    DeviceRead,
    MarkReadAnswer,
    MarkReadInput,
    NotificationRead,
    PreferencesInput,
    PreferencesRead,
)
from notifications.kinds import Channel, kinds_always_on
from notifications.models import Notification


class NotificationListView(generics.ListAPIView[Notification]):
    """What I was told, newest first."""

    serializer_class = NotificationRead
    pagination_class = NoticesPage
    filter_backends = [ReadFilter]
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        """The caller's own."""
        return queries.notifications_of(_caller_id(self.request))


class NotificationReadView(APIView):
    """My reading."""

    @extend_schema(request=MarkReadInput, responses={200: MarkReadAnswer}, operation_id="notifications_mark_read")
    def post(self, request: Request) -> Response:
        """Mark notices as read. Marking twice changes nothing; ids that are not mine are passed over."""
        wanted = _valid(MarkReadInput(data=request.data))
        me = _caller_id(request)
        updated = services.mark_read(user_id=me, ids=wanted.get("ids"), at=timezone.now())
        return Response(MarkReadAnswer({"updated": updated, "unread_count": queries.unread_count(me)}).data)


class PreferencesView(APIView):
    """Which notices reach me how."""

    @extend_schema(responses={200: PreferencesRead}, operation_id="notifications_preferences_retrieve")
    def get(self, request: Request) -> Response:
        """Channel by channel, kind by kind."""
        return _preferences(_caller_id(request))

    @extend_schema(
        request=PreferencesInput, responses={200: PreferencesRead}, operation_id="notifications_preferences_update"
    )
    def patch(self, request: Request) -> Response:
        """Switch kinds on or off. Money and security always get through: switching them off is refused."""
        wishes = _valid(PreferencesInput(data=request.data))
        me = _caller_id(request)
        services.set_preferences(
            user_id=me, wishes={channel: wishes[channel] for channel in Channel if channel in wishes}
        )
        return _preferences(me)


class DeviceListView(APIView):
    """My devices."""

    @extend_schema(
        request=DeviceInput,
        responses={
            200: OpenApiResponse(DeviceRead, description="The token was known."),
            201: OpenApiResponse(DeviceRead, description="The token is new."),
        },
        operation_id="devices_register",
    )
    @limited("devices", "60/h", by="user", fail_open=True)
    def post(self, request: Request) -> Response:
        """Send pushes to this device. A token that was somebody else's is mine from now on."""
        device, is_new = services.register_device(
            user_id=_caller_id(request), at=timezone.now(), **_valid(DeviceInput(data=request.data))
        )
        return Response(DeviceRead(device).data, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class DeviceView(APIView):
    """One device of mine."""

    @extend_schema(responses={204: None}, operation_id="devices_forget")
    def delete(self, request: Request, token: str) -> Response:
        """Send it no more pushes. Answers the same when there is no such device."""
        services.forget_device(user_id=_caller_id(request), token=token)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _caller_id(request: Request) -> UUID:
    return UUID(str(request.user.pk))


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _preferences(user_id: UUID) -> Response:
    return Response(PreferencesRead({**queries.preferences_of(user_id), "always_on": kinds_always_on()}).data)
