"""The HTTP door to a circle's chat, for clients without a socket and for what sockets do not carry."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from circles import chat_queries as queries
from circles import services
from circles.api import chat_serializers as s
from circles.api.doors import caller, checked
from circles.api.pagination import NewestNumberFirst
from circles.models import ChatMessage, ChatPlace, Circle
from contri.core.api.limits import limited

# Two a second for a minute on end is somebody's program, not somebody.
SENDING = "120/m"


class MyChatView(APIView):
    """The base of everything in one chat: it is the caller's, or it is not there."""

    def circle(self, request: Request, circle_id: UUID) -> Circle:
        """The circle, if the caller is an active member."""
        return get_object_or_404(queries.chats_of(caller(request)), pk=circle_id)


class ChatView(MyChatView, ListAPIView[ChatMessage]):
    """What is said in a circle."""

    serializer_class = s.MessageRead
    pagination_class = NewestNumberFirst

    def get_queryset(self) -> QuerySet[ChatMessage]:
        """All of it."""
        if getattr(self, "swagger_fake_view", False):
            return ChatMessage.objects.none()
        return queries.messages_of(self.circle(self.request, self.kwargs["circle_id"]).pk)

    @extend_schema(operation_id="circles_chat")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The history, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="circles_chat_send",
        request=s.MessageInput,
        responses={201: s.MessageRead, 200: s.MessageRead},
        description="Say something. Under the same `client_id` it is said once: again, and the answer is 200 with what "
        "was said the first time. 403 `silenced`.",
    )
    @limited("chat-send", SENDING, by="user", fail_open=True)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Say something."""
        values = checked(s.MessageInput(data=request.data))
        sent = services.send_message(actor=caller(request), circle_id=circle_id, at=timezone.now(), **values)
        return _sent(*sent)


class ChatImagesView(APIView):
    """Pictures."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="circles_chat_send_image", request=s.ImageInput, responses={201: s.MessageRead, 200: s.MessageRead}
    )
    @limited("chat-image", "20/m", by="user", fail_open=True)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Send a JPEG, PNG or WebP picture of at most 5 MiB. It is encoded anew, without whatever else was in it."""
        values = checked(s.ImageInput(data=request.data))
        upload = values.pop("image").read()
        sent = services.send_image(
            actor=caller(request), circle_id=circle_id, upload=upload, at=timezone.now(), **values
        )
        return _sent(*sent)


class ChatImageView(MyChatView):
    """One picture."""

    @extend_schema(operation_id="circles_chat_image", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, circle_id: UUID, message_id: UUID) -> FileResponse:
        """The picture of a message, for members."""
        messages = queries.messages_of(self.circle(request, circle_id).pk)
        message = get_object_or_404(messages.exclude(image=""), pk=message_id)
        if message.is_deleted:
            raise Http404
        answer = FileResponse(message.image.open(), content_type="image/jpeg")
        answer["Cache-Control"] = "private, max-age=86400"
        return answer


class ChatMessageView(APIView):
    """One message."""

    @extend_schema(operation_id="circles_chat_edit", request=s.BodyInput, responses=s.MessageRead)
    @limited("chat-send", SENDING, by="user", fail_open=True)
    def patch(self, request: Request, circle_id: UUID, message_id: UUID) -> Response:
        """Say something else instead, within fifteen minutes. The author only."""
        body = checked(s.BodyInput(data=request.data))["body"]
        message = services.edit_message(
            actor=caller(request), circle_id=circle_id, message_id=message_id, body=body, at=timezone.now()
        )
        return Response(s.MessageRead(message).data)

    @extend_schema(operation_id="circles_chat_delete", responses={200: s.MessageRead})
    def delete(self, request: Request, circle_id: UUID, message_id: UUID) -> Response:
        """Take a message back, within fifteen minutes. The author only. The answer is what others see of it now."""
        message = services.delete_message(
            actor=caller(request), circle_id=circle_id, message_id=message_id, at=timezone.now()
        )
        return Response(s.MessageRead(message).data)


class ChatReportView(APIView):
    """Something that should not stand."""

    @extend_schema(operation_id="circles_chat_report", request=s.MessageReasonInput, responses={204: None})
    @limited("chat-report", "30/m", by="user", fail_open=True)
    def post(self, request: Request, circle_id: UUID, message_id: UUID) -> Response:
        """Report a message to the host and to Contri's staff. Twice is once."""
        reason = checked(s.MessageReasonInput(data=request.data))["reason"]
        services.report_message(
            actor=caller(request), circle_id=circle_id, message_id=message_id, reason=reason, at=timezone.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChatHideView(APIView):
    """Moderation by the host."""

    @extend_schema(operation_id="circles_chat_hide", request=s.MessageReasonInput, responses=s.MessageRead)
    def post(self, request: Request, circle_id: UUID, message_id: UUID) -> Response:
        """Take a message out of everybody's sight. The host only."""
        reason = checked(s.MessageReasonInput(data=request.data))["reason"]
        message = services.hide_message(
            actor=caller(request), circle_id=circle_id, message_id=message_id, reason=reason, at=timezone.now()
        )
        return Response(s.MessageRead(message).data)


class ChatReadView(MyChatView):
    """Who has read how far."""

    @extend_schema(operation_id="circles_chat_state", responses=s.ChatStateRead)
    def get(self, request: Request, circle_id: UUID) -> Response:
        """Everybody's read marks, and my own unread count and mute."""
        return _state(caller(request), self.circle(request, circle_id).pk)

    @extend_schema(operation_id="circles_chat_read", request=s.ReadInput, responses=s.ChatStateRead)
    def post(self, request: Request, circle_id: UUID) -> Response:
        """Say how far I have read; never backwards."""
        message_id = checked(s.ReadInput(data=request.data))["message_id"]
        services.mark_chat_read(actor=caller(request), circle_id=circle_id, message_id=message_id)
        return _state(caller(request), circle_id)


class ChatMuteView(APIView):
    """Peace and quiet."""

    @extend_schema(operation_id="circles_chat_mute", request=s.UntilInput, responses=s.ChatStateRead)
    def put(self, request: Request, circle_id: UUID) -> Response:
        """Push nothing of this chat to me until then; null: push again."""
        until = checked(s.UntilInput(data=request.data))["until"]
        services.mute_chat(actor=caller(request), circle_id=circle_id, until=until)
        return _state(caller(request), circle_id)


class ChatSilenceView(APIView):
    """Moderation of a person."""

    @extend_schema(operation_id="circles_members_silence", request=s.SilenceInput, responses={204: None})
    def put(self, request: Request, circle_id: UUID, membership_id: UUID) -> Response:
        """Take a member's word away until then; null: give it back. The host only."""
        values = checked(s.SilenceInput(data=request.data))
        services.silence_member(actor=caller(request), circle_id=circle_id, membership_id=membership_id, **values)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _sent(message: ChatMessage, is_new: bool) -> Response:
    code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    return Response(s.MessageRead(message).data, status=code)


def _state(user: Any, circle_id: UUID) -> Response:
    mine = ChatPlace.objects.filter(membership__circle_id=circle_id, membership__user=user).first()
    state = {
        "unread_count": queries.unread_in(circle_id, user),
        "muted_until": mine.muted_until if mine else None,
        "silenced_until": mine.silenced_until if mine else None,
        "read_marks": queries.places_of(circle_id),
    }
    return Response(s.ChatStateRead(state).data)
