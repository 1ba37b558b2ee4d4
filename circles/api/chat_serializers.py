"""How chats look from outside, over HTTP and over the socket alike."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from circles.models import LONGEST_BODY, LONGEST_CLIENT_ID, LONGEST_REASON, ChatMessage, Flag, MessageKind
from contri.core.api.people import PersonRead


class MessageRead(serializers.Serializer[ChatMessage]):
    """A message. What was taken back or hidden keeps its place and loses its words."""

    id = serializers.UUIDField()
    circle_id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Its place in the chat: later messages have higher ones, with gaps.")
    sender = PersonRead(allow_null=True, help_text="null: Contri itself.")
    kind = serializers.ChoiceField(MessageKind.choices)
    event = serializers.SerializerMethodField(help_text="What a system message tells of; null elsewhere.")
    body = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField(help_text="Fetch it with the access token.")
    client_id = serializers.SerializerMethodField()
    flags = serializers.ListField(child=serializers.ChoiceField(Flag.choices))
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted = serializers.BooleanField(source="is_deleted")
    hidden = serializers.SerializerMethodField(help_text="Taken away by a moderator.")

    def get_event(self, message: ChatMessage) -> str | None:
        """Its code."""
        return message.event or None

    def get_body(self, message: ChatMessage) -> str:
        """What it says, unless it is gone."""
        return "" if message.is_deleted else message.body

    def get_image_url(self, message: ChatMessage) -> str | None:
        """Where its picture is, unless it is gone."""
        if not message.image or message.is_deleted:
            return None
        return f"{settings.PUBLIC_BASE_URL}/api/v1/circles/{message.circle_id}/chat/{message.pk}/image"

    def get_client_id(self, message: ChatMessage) -> str | None:
        """The sender's own name for it."""
        return message.client_id or None

    def get_hidden(self, message: ChatMessage) -> bool:
        """Whether a moderator took it away."""
        return message.hidden_at is not None


class BodyInput(serializers.Serializer[Any]):
    """What to say."""

    body = serializers.CharField(max_length=LONGEST_BODY)


class MessageInput(BodyInput):
    """A message to send; under a `client_id` it is sent once."""

    client_id = serializers.CharField(max_length=LONGEST_CLIENT_ID, required=False, default="", allow_blank=True)


class SocketMessageInput(BodyInput):
    """The same over a socket, where an answer is known by its `client_id` only."""

    client_id = serializers.CharField(max_length=LONGEST_CLIENT_ID)


class ImageInput(serializers.Serializer[Any]):
    """A picture to send, as multipart/form-data."""

    image = serializers.FileField()
    body = serializers.CharField(max_length=LONGEST_BODY, required=False, default="", allow_blank=True)
    client_id = serializers.CharField(max_length=LONGEST_CLIENT_ID, required=False, default="", allow_blank=True)


class MessageReasonInput(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class ReadInput(serializers.Serializer[Any]):
    """How far I have read."""

    message_id = serializers.UUIDField()


class SyncInput(serializers.Serializer[Any]):
    """The last message that a client has; null: it has none."""

    after = serializers.UUIDField(required=False, allow_null=True, default=None)


class UntilInput(serializers.Serializer[Any]):
    """Until when; null ends it."""

    until = serializers.DateTimeField(allow_null=True)


class SilenceInput(UntilInput):
    """Until when somebody may not write, and why."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class ReadMarkRead(serializers.Serializer[Any]):
    """How far one member has read."""

    user = PersonRead(source="membership.user")
    message_id = serializers.UUIDField(source="read_message_id")


class ChatStateRead(serializers.Serializer[Any]):
    """Where everybody is in the chat, and where I am."""

    unread_count = serializers.IntegerField(help_text="100 stands for a hundred or more.")
    muted_until = serializers.DateTimeField(allow_null=True)
    silenced_until = serializers.DateTimeField(allow_null=True)
    read_marks = ReadMarkRead(many=True)
