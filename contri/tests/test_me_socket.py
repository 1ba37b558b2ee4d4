"""/ws/me: who may open it, what it tells, when it ends. Real tokens, real rows, real Redis."""

import json
import time
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone
from redis import Redis

import circles.services
from accounts.models import Session
from accounts.services import ban_user, end_session
from accounts.tests.factories import UserFactory
from circles.tests import world
from contri.core import live, pace, roll_call, rooms
from contri.core.live import hint, user_room
from contri.core.moments import rfc3339
from contri.core.quiet import Quiet
from contri.tests.phones import PATIENCE, Phone, scenario, token_of
from notifications import kinds
from notifications.models import Notification
from notifications.services import mark_read, notify
from wallets.tests.factories import fund
from wallets.tests.factories import send as send_money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_tests_own_connection_stays_open")]


@pytest.fixture
def ada():
    return UserFactory.create()


@pytest.fixture
def token(ada):
    return token_of(ada)


def tell(person, email="ada@example.com"):
    with transaction.atomic():
        return notify(recipient_id=person.id, kind=kinds.EMAIL_VERIFIED, facts={"email": email})


@scenario
async def test_a_notice_arrives_as_it_is_written(ada, token, committed):
    async with Phone(token) as phone:
        notice = await committed(lambda: tell(ada))

        assert await phone.hears() == {
            "type": "notification.new",
            "notification": {
                "id": str(notice.id),
                "title": notice.title,
                "body": notice.body,
                "type": "success",
                "is_read": False,
                "action_url": "",
                "priority": "normal",
                "created_at": rfc3339(notice.created_at),
            },
            "unread_count": 1,
        }


@scenario
async def test_the_token_may_come_as_a_subprotocol_which_is_answered(ada, token):
    async with Phone(subprotocols=["bearer", token]) as phone:
        await sync_to_async(hint)(user_room(ada.id), "welcome")

        assert phone.subprotocol == "bearer"
        assert await phone.hears() == {"type": "welcome"}


@scenario
async def test_what_is_other_peoples_is_not_heard(token, committed):
    async with Phone(token) as phone:
        await committed(lambda: tell(UserFactory.create()))

        assert await phone.hears_nothing()


@scenario
async def test_nothing_is_heard_of_what_was_rolled_back(ada, token, committed):
    def tell_and_think_better_of_it():
        with transaction.atomic():
            notify(recipient_id=ada.id, kind=kinds.EMAIL_VERIFIED, facts={"email": "x"})
            transaction.set_rollback(True)

    async with Phone(token) as phone:
        await committed(tell_and_think_better_of_it)

        assert await phone.hears_nothing()
        assert await Notification.objects.acount() == 0


@scenario
async def test_reading_on_one_device_is_heard_on_the_other(ada, token, committed):
    first = await sync_to_async(tell)(ada)
    await sync_to_async(tell)(ada)
    async with Phone(token) as phone:
        await committed(lambda: mark_read(user_id=ada.id, ids=[first.id], at=timezone.now()))

        assert await phone.hears() == {"type": "notifications.read", "unread_count": 1}


@scenario
async def test_money_that_moves_is_heard_by_both_sides(ada, token, committed, pin_token):
    bola = await sync_to_async(UserFactory.create)(tier=1)
    bolas_token = await sync_to_async(token_of)(bola)
    await sync_to_async(fund)(bola, 100_00)

    def send():
        return send_money(bola, ada, 10_00, pin_token=pin_token(bola))

    async with Phone(token) as adas, Phone(bolas_token) as bolas:
        await committed(send)

        assert {"type": "balance.changed"} in [await adas.hears(), await adas.hears()]
        assert {"type": "balance.changed"} in [await bolas.hears(), await bolas.hears()]


@scenario
async def test_a_circle_that_changes_is_heard_by_its_members(ada, token, committed):
    circle = await sync_to_async(world.forming)([ada], size=3)
    bola = await sync_to_async(world.person)()

    async with Phone(token) as phone:
        await committed(
            lambda: circles.services.join_circle(actor=bola, invite_code=circle.invite_code, at=world.FOUNDED)
        )

        heard = [await phone.hears(), await phone.hears()]
    assert {"type": "circle.changed", "circle_id": str(circle.id)} in heard


@scenario
async def test_anything_else_that_is_hinted_is_passed_on_as_it_is(ada, token):
    async with Phone(token) as phone:
        await sync_to_async(hint)(user_room(ada.id), "circle.changed", circle_id="7")

        assert await phone.hears() == {"type": "circle.changed", "circle_id": "7"}


@pytest.mark.parametrize("token", [None, "", "junk", "é", "a.b.c"])
@scenario
async def test_without_a_good_token_a_socket_is_accepted_and_closed_with_4401(token):
    async with Phone(token) as phone:
        assert await phone.is_closed_with() == 4401


@pytest.mark.parametrize("subprotocols", [["bearer"], ["bearer", "junk"], ["junk", "bearer"], ["bearer", "", "x"]])
@scenario
async def test_a_bad_subprotocol_pair_is_no_token(subprotocols):
    async with Phone(subprotocols=subprotocols) as phone:
        assert await phone.is_closed_with() == 4401


@scenario
async def test_a_token_in_the_address_is_no_token(token):
    async with Phone(path=f"/ws/me?token={token}&access={token}") as phone:
        assert await phone.is_closed_with() == 4401


@scenario
async def test_a_socket_ends_with_its_token(ada):
    almost_over = await sync_to_async(token_of)(ada, timezone.now() - timedelta(minutes=15) + timedelta(seconds=2))

    async with Phone(almost_over) as phone:
        assert await phone.is_closed_with() == 4401


@scenario
async def test_a_socket_ends_when_its_session_is_ended_and_the_others_stay(ada, token, committed):
    session = await Session.objects.aget(user=ada)
    other = await sync_to_async(token_of)(ada)

    async with Phone(token) as phone, Phone(other) as other_phone:
        await committed(lambda: end_session(actor=ada, session_id=session.id, at=timezone.now()))

        assert await phone.is_closed_with() == 4401
        await sync_to_async(hint)(user_room(ada.id), "still.here")
        assert await other_phone.hears() == {"type": "still.here"}


@scenario
async def test_a_ban_ends_every_socket(ada, token, committed):
    staff = await sync_to_async(UserFactory.create)(is_staff=True)

    async with Phone(token) as phone:
        await committed(lambda: ban_user(actor=staff, user_id=ada.id, reason="test", at=timezone.now()))

        assert await phone.is_closed_with() == 4401


@scenario
async def test_a_ban_ends_a_socket_even_when_the_news_of_it_is_lost(ada, token, monkeypatch):
    monkeypatch.setattr(roll_call, "RECHECK_SECONDS", 0.2)

    async with Phone(token) as phone:
        await Session.objects.filter(user=ada).aupdate(ended_at=timezone.now())

        assert await phone.is_closed_with() == 4401


@pytest.mark.parametrize(
    ("origin", "expected"), [("https://evil.example", 4403), ("null", 4403), ("http://testserver", None)]
)
@scenario
async def test_a_browser_must_come_from_one_of_our_pages(ada, token, origin, expected):
    async with Phone(token, origin=origin) as phone:
        if expected:
            assert await phone.is_closed_with() == expected
        else:
            await sync_to_async(hint)(user_room(ada.id), "welcome")
            assert await phone.hears() == {"type": "welcome"}


@pytest.mark.parametrize("path", ["/ws/nothing", "/ws/me/", "/", "/ws/circles/1"])
@scenario
async def test_an_address_that_is_none_is_closed_with_4404(token, path):
    async with Phone(token, path=path) as phone:
        assert await phone.is_closed_with() == 4404


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_frame"),
        ("[]", "bad_frame"),
        ('{"type": 7}', "bad_frame"),
        ("[" * 10_000, "bad_frame"),
        (json.dumps({"type": "x" * 20_000}), "bad_frame"),
        ('{"type": "\\u0000"}', "unknown_type"),
        ('{"type": "message.send", "body": "hello"}', "unknown_type"),
    ],
    ids=lambda value: value[:12],
)
@scenario
async def test_what_it_does_not_take_is_answered_and_the_socket_stays_open(ada, token, text, code):
    async with Phone(token) as phone:
        await phone.says(text)
        answer = await phone.hears()
        assert (answer["type"], answer["code"]) == ("error", code)

        await sync_to_async(hint)(user_room(ada.id), "still.here")
        assert await phone.hears() == {"type": "still.here"}


@scenario
async def test_a_flood_is_slowed_and_then_closed_with_4429(token, monkeypatch):
    monkeypatch.setattr(pace, "SECONDS_OF_FLOOD", 1)

    async with Phone(token) as phone:
        for _ in range(100):
            await phone.says("{}")

        frames = 0
        while (output := await phone.socket.receive_output(timeout=PATIENCE))["type"] == "websocket.send":
            frames += 1
    assert output["code"] == 4429
    assert frames < 60


def test_twenty_frames_a_second_are_no_flood():
    steady = pace.Pace()

    pauses = [steady.pause_before_next(second + tick / 20) for second in range(1, 30) for tick in range(20)]

    assert set(pauses) == {0.0}
    assert not steady.is_flood


def test_ten_seconds_of_more_are_one_and_a_pause_in_between_is_not():
    steady, resting = pace.Pace(), pace.Pace()

    for second in range(1, 12):
        for tick in range(21):
            steady.pause_before_next(second + tick / 21)
            if second != 6:
                resting.pause_before_next(second + tick / 21)

    assert steady.is_flood
    assert not resting.is_flood


@scenario
async def test_a_reader_who_is_too_slow_is_told_to_look_again(ada, token):
    async with Phone(token) as phone:
        for number in range(500):
            await sync_to_async(hint)(user_room(ada.id), "tick", number=number)
        heard = []
        while not await phone.socket.receive_nothing(timeout=0.3):
            heard.append(await phone.hears())
    assert heard[-1] in ({"type": "tick", "number": "499"}, {"type": "sync.needed"})


@scenario
async def test_after_redis_was_away_everybody_is_told_to_look_again(ada, token, settings):
    async with Phone(token) as phone:
        redis = Redis.from_url(settings.REDIS_URL)
        await sync_to_async(redis.client_kill_filter)(_type="pubsub")
        redis.close()

        assert await phone.hears() == {"type": "sync.needed"}
        await sync_to_async(hint)(user_room(ada.id), "back")
        assert await phone.hears() == {"type": "back"}


@scenario
async def test_a_message_that_is_not_ours_makes_nobody_deaf(ada, token, settings):
    async with Phone(token) as phone:
        with Redis.from_url(settings.REDIS_URL) as redis:
            for junk in ("junk", "[]", "{}", '{"hint": 7, "rooms": 7}'):
                await sync_to_async(redis.publish)(live.channel(), junk)
        await sync_to_async(hint)(user_room(ada.id), "still.here")

        assert await phone.hears() == {"type": "still.here"}


@scenario
async def test_a_socket_opened_while_redis_is_away_catches_up_when_it_is_back(ada, token, settings, monkeypatch):
    monkeypatch.setattr(rooms, "SUBSCRIBE_SECONDS", 0.2)
    here, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"

    async with Phone(token) as phone:
        settings.REDIS_URL = here

        assert await phone.hears() == {"type": "sync.needed"}
        await sync_to_async(hint)(user_room(ada.id), "back")
        assert await phone.hears() == {"type": "back"}


def test_a_hint_without_redis_costs_nobody_more_than_one_short_wait(settings, monkeypatch):
    monkeypatch.setattr(live, "_redis_is_away", Quiet())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    before = time.monotonic()

    for _ in range(100):
        hint("user:1", "tick")

    assert time.monotonic() - before < 1
    assert live._redis_is_away.is_on()
