"""Values that have broken servers before, in every frame that a socket takes and in its handshake.

Each is answered, or does what it says; and whatever was sent, the socket is open afterwards and works.
"""

import json

import pytest
from channels.testing import WebsocketCommunicator

from circles.consumers import ChatSocket
from circles.tests import world
from contri.asgi import application
from contri.tests.hostile import IN_ADDRESSES, IN_HEADERS, RAW, VALUES
from contri.tests.phones import PATIENCE, Phone, scenario, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_tests_own_connection_stays_open", "no_pace")]

FIELDS = {
    "message.send": ("client_id", "body"),
    "typing": ("is_typing",),
    "read": ("message_id",),
    "sync": ("after",),
    "presence": ("of",),
}
REFUSED = (4401, 4403)


@pytest.fixture
def no_pace(monkeypatch):
    """All of it would be a flood."""
    monkeypatch.setattr("contri.core.pace.Pace.pause_before_next", lambda pace, now: 0.0)


@pytest.fixture
def ada():
    return world.person()


@pytest.fixture
def token(ada):
    return token_of(ada)


@pytest.fixture
def chat(ada):
    return f"/ws/circles/{world.forming([ada], size=3).pk}/chat"


LAST = json.dumps({"type": "the last"})


async def still_answers(phone):
    """Whether a last frame is answered, after all that was answered before."""
    await phone.says(LAST)
    while (said := await phone.hears()).get("code") != "unknown_type":
        pass
    return said["type"] == "error"


def test_every_frame_that_the_chat_takes_is_tried():
    assert set(FIELDS) == set(ChatSocket.acts)


@scenario
async def test_no_value_in_a_frame_breaks_the_chat(token, chat):
    async with Phone(token, path=chat) as phone:
        for value in VALUES:
            for kind, fields in FIELDS.items():
                await phone.says(json.dumps({"type": kind} | dict.fromkeys(fields, value)))

        assert await still_answers(phone)


@pytest.mark.parametrize("is_chat", [True, False], ids=["chat", "me"])
@scenario
async def test_no_junk_for_a_frame_breaks_a_socket(token, chat, is_chat):
    async with Phone(token, path=chat if is_chat else "/ws/me") as phone:
        for junk in filter(None, [*RAW, *(json.dumps({"type": value}).encode() for value in VALUES)]):
            await phone.says(junk.decode("utf-8", "surrogateescape"))
            assert (await phone.hears())["type"] == "error"
            await phone.socket.send_to(bytes_data=junk)
            assert (await phone.hears())["type"] == "error"

        assert await still_answers(phone)


@scenario
async def test_no_handshake_breaks_a_socket(token, chat):
    for junk in IN_HEADERS:
        text = junk.encode("utf-8")
        for headers, subprotocols in (
            ([(b"authorization", text)], []),
            ([(b"authorization", b"Bearer " + text)], []),
            ([], ["bearer", junk]),
            ([], [junk, token]),
            ([(b"authorization", f"Bearer {token}".encode()), (b"origin", text)], []),
        ):
            assert await _closed_with(chat, headers, subprotocols) in REFUSED
        harmless = [(b"x-request-id", text), (b"x-forwarded-for", text), (b"cookie", text), (b"user-agent", text)]
        assert await _closed_with(chat, [*harmless, (b"authorization", f"Bearer {token}".encode())], []) is None


@scenario
async def test_no_address_breaks_a_handshake(token, chat):
    headers = [(b"authorization", f"Bearer {token}".encode())]
    for junk in IN_ADDRESSES:
        assert await _closed_with(f"/ws/circles/{junk}/chat", headers, []) == 4404
        assert await _closed_with(f"{chat}?token={junk}&after={junk}", headers, []) is None


async def _closed_with(path, headers, subprotocols):
    """The code that a socket is closed with as soon as it is open; None when it stays open and answers."""
    socket = WebsocketCommunicator(application, path, headers, subprotocols)
    is_accepted, _ = await socket.connect(timeout=PATIENCE)
    assert is_accepted
    await socket.send_to(text_data=LAST)
    said = await socket.receive_output(timeout=PATIENCE)
    await socket.disconnect()
    return said["code"] if said["type"] == "websocket.close" else None
