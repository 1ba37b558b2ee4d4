"""Hints for open sockets: "look again", never the truth itself.

A hint is an event's name and ids, published over Redis once what it tells of has committed. It may be lost (Redis away,
a reader too slow); whoever reconnects looks again at the rows, which are the truth.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from contri.core.quiet import Quiet

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 1.0
# Hints that go out together share a message, a line each: what a message costs Redis hardly depends on its length.
HINTS_A_MESSAGE = 100


def hint(rooms: str | Iterable[str], event: str, **ids: UUID | str | int) -> None:
    """Tell every socket in these rooms that `event` happened. Call it after commit only; it never fails the caller."""
    if _redis_is_away.is_on():
        return
    wanted = [rooms] if isinstance(rooms, str) else list(rooms)
    told = {"event": event, **{name: str(value) for name, value in ids.items()}}
    message = json.dumps({"rooms": wanted, "hint": told})
    gathered = _gathered.get()
    if gathered is None:
        _publish([message])
    else:
        gathered.append(message)


@contextmanager
def gathered_hints() -> Iterator[None]:
    """Publish the hints of a block, of which there may be thousands, together at its end, in one round trip."""
    messages: list[str] = []
    token = _gathered.set(messages)
    try:
        yield
    finally:
        _gathered.reset(token)
        _publish(messages)


def user_room(user_id: UUID) -> str:
    """Where the sockets of one person are."""
    return f"user:{user_id}"


def session_room(session_id: UUID) -> str:
    """Where the sockets of one signed-in device are."""
    return f"session:{session_id}"


def channel() -> str:
    """The one Redis channel of all hints; its name tells databases of one Redis apart, which PUBLISH does not."""
    return f"contri-live:{urlsplit(settings.REDIS_URL).path.strip('/') or '0'}"


_redis_is_away = Quiet()
_gathered: ContextVar[list[str] | None] = ContextVar("contri_gathered_hints", default=None)


def _publish(messages: Sequence[str]) -> None:
    if not messages:
        return
    try:
        pipe = _redis(settings.REDIS_URL).pipeline(transaction=False)
        for start in range(0, len(messages), HINTS_A_MESSAGE):
            pipe.publish(channel(), "\n".join(messages[start : start + HINTS_A_MESSAGE]))
        pipe.execute()
    except (RedisError, OSError) as error:
        _redis_is_away.start()
        logger.warning("%s hints lost, sockets look again when they reconnect: %s", len(messages), type(error).__name__)


@cache
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS)
