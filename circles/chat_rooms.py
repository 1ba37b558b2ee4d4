"""Where hints about chats are heard."""

from uuid import UUID


def chat_room(circle_id: UUID) -> str:
    """Whoever follows the chat of a circle."""
    return f"chat:{circle_id}"


def member_room(circle_id: UUID, user_id: UUID) -> str:
    """The sockets that one member has open in one circle."""
    return f"member:{circle_id}:{user_id}"
