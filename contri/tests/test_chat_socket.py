"""/ws/circles/{id}/chat: who may open it, what it takes and tells, and that every message comes once, in order."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, transaction
from django.utils import timezone
from redis import Redis

from circles import chat_feed, chat_texts, consumers, services
from circles.chat_rooms import chat_room
from circles.models import ChatMessage
from circles.services.chat_lines import write_in_chat
from circles.tests import world
from contri.core import roll_call
from contri.core.live import hint
from contri.core.moments import rfc3339
from contri.tests.phones import PATIENCE, Phone, scenario, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_tests_own_connection_stays_open")]


@pytest.fixture
def ada_and_bola():
    return world.people(2)


@pytest.fixture
def circle(ada_and_bola):
    return world.forming(ada_and_bola, size=3)


class Talker(Phone):
    """Somebody with the chat open."""

    def __init__(self, user, circle, token=None):
        super().__init__(token or token_of(user), path=f"/ws/circles/{getattr(circle, 'pk', circle)}/chat")

    async def tells(self, **frame):
        await self.says(json.dumps(frame))

    async def hears_until(self, kind):
        frames: list[Any] = []
        while not frames or frames[-1]["type"] != kind:
            frames.append(await self.hears())
        return frames


@pytest.fixture
def talkers(ada_and_bola, circle, committed):
    """Ada's and Bola's sockets. What they send commits at once, as it does outside of tests."""
    return [Talker(user, circle) for user in ada_and_bola]


@pytest.fixture
def say(circle, committed):
    """`await say(user, body)`: over HTTP, say."""

    async def send(user, body, **fields):
        message, _ = await committed(
            lambda: services.send_message(actor=user, circle_id=circle.pk, body=body, at=timezone.now(), **fields)
        )
        return message

    return send


@pytest.fixture(autouse=True)
def what_sockets_do_commits(monkeypatch, django_capture_on_commit_callbacks):
    """A socket's verbs run amid the test's transaction, which never commits: what follows a commit follows at once."""

    def committing(verb):
        def run(**arguments):
            with django_capture_on_commit_callbacks(execute=True):
                return verb(**arguments)

        return run

    for name in ("send_messages", "mark_chat_read"):
        monkeypatch.setattr(f"circles.consumers.services.{name}", committing(getattr(services, name)))


@pytest.fixture(autouse=True)
def nobody_waits_long_for_a_first_word(monkeypatch):
    """Where phones say nothing, they hear what comes at once."""
    monkeypatch.setattr(consumers, "GRACE_SECONDS", 0.02)


def as_person(user):
    return {"id": str(user.pk), "display_name": user.display_name, "avatar_url": None}


def bodies(frames):
    return [frame["message"]["body"] for frame in frames if frame["type"] == "message.new"]


@scenario
async def test_what_is_sent_reaches_everybody_with_the_senders_own_name_for_it(ada_and_bola, circle, talkers):
    async with talkers[0] as ada, talkers[1] as bola:
        await ada.tells(type="message.send", client_id="a-1", body="Good morning")

        heard = [await ada.hears(), await bola.hears()]

    message = await ChatMessage.objects.aget(client_id="a-1")
    assert heard[0] == heard[1]
    assert heard[0] == {
        "type": "message.new",
        "message": {
            "id": str(message.pk),
            "circle_id": str(circle.pk),
            "number": message.number,
            "sender": as_person(ada_and_bola[0]),
            "kind": "text",
            "event": None,
            "body": "Good morning",
            "image_url": None,
            "client_id": "a-1",
            "flags": [],
            "created_at": rfc3339(message.created_at),
            "edited_at": None,
            "deleted": False,
            "hidden": False,
        },
    }


@scenario
async def test_sending_again_is_answered_to_the_sender_alone(talkers):
    async with talkers[0] as ada, talkers[1] as bola:
        await ada.tells(type="message.send", client_id="a-1", body="Once")
        first = await ada.hears()
        await ada.tells(type="message.send", client_id="a-1", body="Once")

        assert await ada.hears() == first
        assert await bola.hears() == first
        assert await bola.hears_nothing()


@scenario
async def test_typing_and_reading_are_heard_by_the_others(ada_and_bola, talkers):
    async with talkers[0] as ada, talkers[1] as bola:
        await ada.tells(type="message.send", client_id="a-1", body="Hello")
        message_id = (await bola.hears())["message"]["id"]
        await ada.hears()
        await bola.tells(type="typing", is_typing=True)
        assert await ada.hears() == {"type": "typing", "user": as_person(ada_and_bola[1]), "is_typing": True}
        await bola.tells(type="typing", is_typing=False)
        assert await ada.hears() == {"type": "typing", "user": as_person(ada_and_bola[1]), "is_typing": False}
        await bola.tells(type="read", message_id=message_id)
        assert await ada.hears() == {"type": "read", "user": as_person(ada_and_bola[1]), "message_id": message_id}
        assert await bola.hears_nothing()


@scenario
async def test_who_asks_is_told_who_is_here(ada_and_bola, talkers):
    async with talkers[0] as ada:
        await ada.tells(type="presence")
        assert (await ada.hears())["online"] == [as_person(ada_and_bola[0])]
        async with talkers[1]:
            frames = await ada.hears_until("presence")
            while len(frames[-1]["online"]) != 2:
                frames = await ada.hears_until("presence")
            assert frames[-1]["online"] == [as_person(user) for user in sorted(ada_and_bola, key=lambda user: user.pk)]
        while len(frames[-1]["online"]) != 1:
            frames = await ada.hears_until("presence")


@scenario
async def test_money_is_told_in_the_chat_as_it_moves(circle, talkers, committed):
    def move():
        with transaction.atomic():
            facts = {"member": "Ada O.", "amount": "1000.00", "cycle": "1"}
            write_in_chat(circle, chat_texts.CONTRIBUTION_PAID, at=world.FOUNDED, **facts)

    async with talkers[0] as ada:
        await committed(move)

        message = (await ada.hears())["message"]
    assert (message["kind"], message["sender"]) == ("system", None)
    assert (message["event"], message["body"]) == ("contribution_paid", "Ada O. paid ₦1000.00 for cycle 1.")


@scenario
async def test_what_changes_is_shown_anew(ada_and_bola, circle, talkers, say, committed):
    message = await say(ada_and_bola[0], "Helo")
    async with talkers[1] as bola:
        await committed(
            lambda: services.edit_message(
                actor=ada_and_bola[0], circle_id=circle.pk, message_id=message.pk, body="Hello", at=timezone.now()
            )
        )
        changed = await bola.hears()
    assert (changed["type"], changed["message"]["body"]) == ("message.changed", "Hello")
    assert changed["message"]["edited_at"] is not None


@scenario
async def test_sync_brings_what_was_missed_in_order_and_once(ada_and_bola, circle, talkers, say, monkeypatch):
    monkeypatch.setattr(consumers, "GRACE_SECONDS", PATIENCE)
    ada, bola = ada_and_bola
    async with talkers[0] as phone:
        await phone.tells(type="message.send", client_id="1", body="one")
        seen = (await phone.hears())["message"]["id"]
    for body in ("two", "three", "four"):
        await say(bola, body)
    async with await sync_to_async(Talker)(ada, circle) as phone:
        # Comes while the phone is still asking what it missed.
        last = await say(bola, "five")
        await phone.tells(type="sync", after=seen)
        frames = await phone.hears_until("sync.done")
        await phone.tells(type="message.send", client_id="6", body="six")
        frames.append(await phone.hears())
        assert await phone.hears_nothing()
    assert bodies(frames) == ["two", "three", "four", "five", "six"]
    assert frames[-2] == {"type": "sync.done", "last_id": str(last.pk)}


@scenario
async def test_sync_says_again_what_this_connection_brought_when_it_is_asked_for(talkers):
    async with talkers[0] as ada:
        for number in ("1", "2", "3"):
            await ada.tells(type="message.send", client_id=number, body=number)
        sent = [await ada.hears() for _ in range(3)]
        await ada.tells(type="sync", after=sent[0]["message"]["id"])
        frames = await ada.hears_until("sync.done")
    assert frames[:-1] == sent[1:]
    assert frames[-1]["last_id"] == sent[2]["message"]["id"]


@pytest.mark.parametrize("after", [{}, {"after": None}])
@scenario
async def test_sync_from_nowhere_brings_everything(ada_and_bola, talkers, say, after):
    await say(ada_and_bola[0], "one")
    async with talkers[1] as bola:
        await bola.tells(type="sync", **after)
        frames = await bola.hears_until("sync.done")
    assert [frame["message"]["kind"] for frame in frames[:-1]] == ["system", "text"]


@scenario
async def test_sync_brings_changes_of_what_the_client_has(ada_and_bola, circle, talkers, say, committed):
    ada = ada_and_bola[0]
    first, second = [await say(ada, body) for body in ("one", "two")]
    await committed(
        lambda: services.delete_message(actor=ada, circle_id=circle.pk, message_id=first.pk, at=timezone.now())
    )
    async with talkers[1] as phone:
        await phone.tells(type="sync", after=str(second.pk))
        changed, done = await phone.hears(), await phone.hears()
    assert (changed["type"], changed["message"]["deleted"]) == ("message.changed", True)
    assert done == {"type": "sync.done", "last_id": str(second.pk)}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "sync", "after": str(uuid4())}, "message_not_found"),
        ({"type": "sync", "after": "yesterday"}, "validation_error"),
        ({"type": "read", "message_id": str(uuid4())}, "message_not_found"),
        ({"type": "read"}, "validation_error"),
        ({"type": "message.send", "body": "x"}, "validation_error"),
        ({"type": "message.send", "client_id": "", "body": "x"}, "validation_error"),
        ({"type": "message.send", "client_id": "1", "body": ""}, "validation_error"),
        ({"type": "message.send", "client_id": "1", "body": "x" * 4001}, "validation_error"),
        ({"type": "message.send", "client_id": "1", "body": "a\x00b"}, "validation_error"),
        ({"type": "message.send", "client_id": "1", "body": "\ud800"}, "validation_error"),
        ({"type": "message.send", "client_id": {"a": 1}, "body": ["x"]}, "validation_error"),
        ({"type": "message.new", "message": {}}, "unknown_type"),
        ({"type": "membership.ended"}, "unknown_type"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["type"],
)
@scenario
async def test_what_it_does_not_take_is_answered_and_the_socket_stays_open(talkers, frame, code):
    async with talkers[0] as ada:
        await ada.tells(**frame)
        answer = await ada.hears()
        assert (answer["type"], answer["code"]) == ("error", code)
        await ada.tells(type="message.send", client_id="ok", body="still here")
        assert (await ada.hears())["message"]["body"] == "still here"


@scenario
async def test_a_refusal_names_the_message_that_it_refuses(talkers):
    async with talkers[0] as ada:
        await ada.tells(type="message.send", client_id="a-1", body=" ")
        answer = await ada.hears()
    assert (answer["code"], answer["client_id"]) == ("validation_error", "a-1")


@scenario
async def test_only_members_come_in(ada_and_bola, circle):
    stranger = await sync_to_async(world.person)()
    for user, place, token, code in (
        (stranger, circle, None, 4404),
        (ada_and_bola[0], uuid4(), None, 4404),
        (ada_and_bola[0], circle, "junk", 4401),
    ):
        async with await sync_to_async(Talker)(user, place, token) as phone:
            assert await phone.is_closed_with() == code


@scenario
async def test_while_the_database_is_away_a_socket_is_told_to_come_back_and_then_it_opens(talkers, monkeypatch):
    def is_away(circle_id):
        raise OperationalError

    with monkeypatch.context() as outage:
        outage.setattr("circles.chat_feed.queries.last_number", is_away)
        async with talkers[0] as ada:
            assert await ada.is_closed_with() == 1013

    async with talkers[1] as bola:
        await bola.tells(type="message.send", client_id="1", body="back")
        assert (await bola.hears())["message"]["body"] == "back"


@scenario
async def test_leaving_the_circle_ends_the_socket_with_4403(ada_and_bola, circle, talkers, committed):
    async with talkers[0] as ada, talkers[1] as bola:
        await committed(lambda: services.leave_circle(actor=ada_and_bola[1], circle_id=circle.pk, at=timezone.now()))

        assert (await ada.hears())["message"]["event"] == "member_left"
        closed = await bola.socket.receive_output(timeout=PATIENCE)
        while closed["type"] != "websocket.close":
            closed = await bola.socket.receive_output(timeout=PATIENCE)
        assert closed["code"] == 4403


@scenario
async def test_leaving_ends_it_even_when_the_news_is_lost(ada_and_bola, circle, talkers, monkeypatch):
    monkeypatch.setattr(roll_call, "RECHECK_SECONDS", 0.2)
    async with talkers[1] as bola:
        await circle.memberships.filter(user=ada_and_bola[1]).aupdate(status="left")

        assert await bola.is_closed_with() == 4403


@scenario
async def test_who_has_left_cannot_send_over_a_socket_that_is_still_open(ada_and_bola, circle, talkers):
    async with talkers[1] as bola:
        await circle.memberships.filter(user=ada_and_bola[1]).aupdate(status="left")
        await bola.tells(type="message.send", client_id="1", body="hi")

        assert (await bola.hears())["code"] == "not_found"


@scenario
async def test_a_socket_ends_with_its_token(ada_and_bola, circle):
    almost_over = await sync_to_async(token_of)(
        ada_and_bola[0], timezone.now() - timedelta(minutes=15) + timedelta(seconds=2)
    )
    async with await sync_to_async(Talker)(None, circle, almost_over) as phone:
        assert await phone.is_closed_with() == 4401


@pytest.mark.parametrize("kept", [200, 5], ids=["what is kept for all", "the rows"])
@scenario
async def test_a_reader_who_is_too_slow_reads_on_from(ada_and_bola, circle, talkers, say, monkeypatch, kept):
    monkeypatch.setattr(chat_feed, "MOST_KEPT", kept)
    ada, bola = talkers
    # The client takes three frames, and then none for a while.
    bola.socket._output_queue = asyncio.Queue(3)
    async with ada, bola:
        for number in range(30):
            await say(ada_and_bola[0], str(number))
        # Nobody waits for her.
        assert bodies([await ada.hears() for _ in range(30)]) == [str(number) for number in range(30)]
        assert bodies([await bola.hears() for _ in range(30)]) == [str(number) for number in range(30)]

        await say(ada_and_bola[0], "and live again")
        assert bodies([await bola.hears()]) == ["and live again"]
        assert await bola.hears_nothing()


@scenario
async def test_a_change_among_newer_messages_is_shown_in_its_place(ada_and_bola, circle, talkers, say, monkeypatch):
    monkeypatch.setattr(chat_feed, "LOOK_SECONDS", 0.1)
    ada = ada_and_bola[0]
    first = await say(ada, "Helo")

    def change_and_go_on():
        words = {"actor": ada, "circle_id": circle.pk, "at": timezone.now()}
        services.send_message(body="two", **words)
        services.edit_message(message_id=first.pk, body="Hello", **words)
        services.send_message(body="three", **words)

    async with talkers[1] as bola:
        await sync_to_async(change_and_go_on)()
        frames = [await bola.hears() for _ in range(3)]
        await say(ada, "four")
        frames.append(await bola.hears())
    assert [(frame["type"], frame["message"]["body"]) for frame in frames] == [
        ("message.new", "two"),
        ("message.changed", "Hello"),
        ("message.new", "three"),
        ("message.new", "four"),
    ]


@scenario
async def test_after_redis_was_away_nothing_is_missing(ada_and_bola, talkers, say, settings):
    async with talkers[1] as bola:
        await bola.tells(type="sync", after=None)
        await bola.hears_until("sync.done")
        with Redis.from_url(settings.REDIS_URL) as redis:
            await sync_to_async(redis.client_kill_filter)(_type="pubsub")
        for number in range(3):
            await say(ada_and_bola[0], str(number))

        assert bodies([await bola.hears() for _ in range(3)]) == ["0", "1", "2"]
        assert await bola.hears_nothing()


@scenario
async def test_a_hint_that_is_lost_costs_a_moment(ada_and_bola, circle, talkers, monkeypatch):
    monkeypatch.setattr(chat_feed, "LOOK_SECONDS", 0.1)
    async with talkers[1] as bola:
        # Written without the hint that follows a commit.
        await sync_to_async(services.send_message)(
            actor=ada_and_bola[0], circle_id=circle.pk, body="Anybody?", at=timezone.now()
        )

        assert (await bola.hears())["message"]["body"] == "Anybody?"


@scenario
async def test_hints_that_are_none_of_ours_make_nobody_deaf(circle, talkers):
    async with talkers[0] as ada:
        await sync_to_async(hint)(chat_room(circle.pk), "chat.nothing")
        await ada.tells(type="message.send", client_id="1", body="still here")

        assert (await ada.hears())["message"]["body"] == "still here"
