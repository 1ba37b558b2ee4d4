"""Apps with a socket, for tests: the real ASGI application over real tokens, rows and Redis."""

import asyncio
from functools import wraps

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.utils import timezone

from accounts.services import open_session
from contri.asgi import application
from contri.tests.fixtures import PHONE

# Seconds. Nothing takes that long; a machine that is busy with other things may.
PATIENCE = 60


def scenario(test):
    """Run an async test in the thread that has the database connection."""

    async def and_what_it_leaves(*args, **kwargs):
        try:
            await test(*args, **kwargs)
        finally:
            # What asks the database does it in this very thread: it must have ended before the thread waits for it.
            # It may say good-bye over the channel layer, whose listener would go on for as long as the loop.
            await _ended(lambda task: not _is_the_layers(task))
            await get_channel_layer().flush()
            await _ended(lambda task: True)

    @wraps(test)
    def run(*args, **kwargs):
        async_to_sync(and_what_it_leaves)(*args, **kwargs)

    return run


async def _ended(is_meant):
    while left := [task for task in asyncio.all_tasks() - {asyncio.current_task()} if is_meant(task)]:
        _, late = await asyncio.wait(left, timeout=PATIENCE)
        assert not late, late


def _is_the_layers(task):
    return "channels_redis" in task.get_coro().cr_code.co_filename


def token_of(user, at=None):
    return open_session(user=user, device=PHONE, at=at or timezone.now()).access


class Phone:
    """An app with a socket."""

    def __init__(self, token=None, *, subprotocols=None, path="/ws/me", origin=None):
        headers = [(b"authorization", f"Bearer {token}".encode())] if token is not None else []
        headers += [(b"origin", origin.encode())] if origin else []
        self.socket = WebsocketCommunicator(application, path, headers, subprotocols or [])
        self.subprotocol = None

    async def __aenter__(self):
        is_accepted, self.subprotocol = await self.socket.connect(timeout=PATIENCE)
        assert is_accepted
        return self

    async def __aexit__(self, *error):
        await self.socket.disconnect()

    async def hears(self):
        return await self.socket.receive_json_from(timeout=PATIENCE)

    async def hears_nothing(self):
        return await self.socket.receive_nothing(timeout=0.2)

    async def is_closed_with(self):
        closed = await self.socket.receive_output(timeout=PATIENCE)
        assert closed["type"] == "websocket.close"
        return closed["code"]

    async def says(self, text):
        await self.socket.send_to(text_data=text)
