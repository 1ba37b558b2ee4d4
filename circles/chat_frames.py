"""What happens in a chat, as the frames that sockets send: made once, and sent to all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework.renderers import JSONRenderer

from circles import chat_queries as queries
from circles.api.chat_serializers import MessageRead
from circles.models import ChatMessage

# A frame as a server takes it. One object for all sockets: nobody may change it.
Outgoing = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Frame:
    """One happening in a chat, and its number."""

    position: int
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Read:
    """What a chat brought between two numbers, in order."""

    frames: list[Frame]
    up_to: int
    is_all: bool


def read_after(circle_id: UUID, number: int) -> Read:
    """What happened in a chat after `number`, or the first part of it."""
    happened = queries.happened_after(circle_id, number)
    frames = new_frames(happened.written) + _changed_frames(happened.changed)
    # Readers go by the number they have come to: a change among newer messages must not come after them.
    frames.sort(key=lambda frame: frame.position)
    return Read(frames, happened.up_to, happened.is_all)


def new_frames(messages: Sequence[ChatMessage]) -> list[Frame]:
    """The frames that show messages for the first time."""
    return [Frame(message.number, _shown("message.new", look)) for message, look in _looks(messages)]


def outgoing(frame: Mapping[str, Any]) -> Outgoing:
    """A frame as it goes over the wire."""
    text: bytes = JSONRenderer().render(frame)
    return {"type": "websocket.send", "text": text.decode()}


def _changed_frames(messages: Sequence[ChatMessage]) -> list[Frame]:
    return [Frame(message.changed_number, _shown("message.changed", look)) for message, look in _looks(messages)]


def _looks(messages: Sequence[ChatMessage]) -> Iterator[tuple[ChatMessage, Any]]:
    return zip(messages, MessageRead(messages, many=True).data, strict=True)  # type: ignore[arg-type]  # many


def _shown(kind: str, look: Any) -> Outgoing:
    return outgoing({"type": kind, "message": look})
