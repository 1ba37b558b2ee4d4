"""Pushes: each device once, not at night, not in floods, and what FCM says about a token is done with that token."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from notifications.kinds import NoticeKind, Priority, Topic
from notifications.models import Device, Notification, Platform, PushDelivery, SwitchedOff
from notifications.services import deliver_pushes, mark_read, notify, push_about, register_device, spread_pushes
from notifications.tests.people import a_person
from notifications.timing import push_moment

URGENT = NoticeKind(
    "deposit_succeeded", "{amount} is in", "Look.", priority=Priority.HIGH, action_url="/wallet", topic=Topic.MONEY
)
NEWS = NoticeKind("member_joined", "{name} joined", "One more.", action_url="/circles/7")
TALK = NoticeKind("chat_messages", "New messages in {circle}", "{member} wrote.", action_url="/circles/7/chat")

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def ada(now):
    return person_with("ada-phone")


def person_with(*tokens):
    person = a_person()
    for token in tokens:
        register_device(user_id=person.pk, token=token, platform=Platform.ANDROID, at=timezone.now())
    return person


def tell(person, kind=URGENT, **facts):
    return notify(recipient_id=person.pk, kind=kind, facts={"amount": "₦5.00", "name": "Bola", **facts})


def make_all_due():
    """The morning has come, and every pause is over."""
    past = timezone.now() - timedelta(seconds=1)
    Notification.objects.exclude(push_at=None).update(push_at=past)
    PushDelivery.objects.filter(state="ready").update(due_at=past)


def deliver():
    make_all_due()
    spread_pushes(at=timezone.now())
    make_all_due()
    return deliver_pushes(at=timezone.now())


def titles(sandbox, token):
    return [push["title"] for push in sandbox.pushes(token)]


def test_a_notice_reaches_every_device_of_its_reader_once(sandbox):
    ada = person_with("ada-phone", "ada-tablet")
    notice = tell(ada)

    assert deliver() == 2
    assert deliver() == 0

    push = PushDelivery.objects.get(device__token="ada-phone")
    assert titles(sandbox, "ada-tablet") == ["₦5.00 is in"]
    assert [push["message"] for push in sandbox.pushes("ada-phone")] == [
        {
            "token": "ada-phone",
            "notification": {"title": "₦5.00 is in", "body": "Look."},
            "data": {"kind": "deposit_succeeded", "action_url": "/wallet", "notification_id": str(notice.pk)},
            "android": {"priority": "HIGH", "ttl": "86400s", "collapse_key": str(push.pk)},
            "apns": {
                "headers": {"apns-priority": "10", "apns-collapse-id": str(push.pk)},
                "payload": {"aps": {"sound": "default"}},
            },
        }
    ]


def test_what_was_read_meanwhile_is_not_pushed(sandbox, ada, now):
    notice = tell(ada)
    mark_read(user_id=ada.pk, ids=[notice.pk], at=now)

    assert deliver() == 0


def test_what_is_switched_off_is_not_pushed_unless_it_is_money(sandbox, ada):
    for kind in (URGENT, NEWS):
        SwitchedOff.objects.create(user=ada, channel="push", kind=kind.code)
        tell(ada, kind)

    assert deliver() == 1
    assert titles(sandbox, "ada-phone") == ["₦5.00 is in"]


def test_without_devices_there_is_nothing_to_push(sandbox):
    tell(a_person())

    assert deliver() == 0
    assert Notification.objects.get().push_at is None


def test_what_waited_together_comes_as_one_and_what_is_urgent_by_itself(sandbox, ada):
    for name in ("Bola", "Chidi", "Dayo", "Efe"):
        tell(ada, NEWS, name=name)
    tell(ada)

    assert deliver() == 2

    assert titles(sandbox, "ada-phone")[::-1] == ["₦5.00 is in", "4 notices for you"] or titles(
        sandbox, "ada-phone"
    ) == ["₦5.00 is in", "4 notices for you"]
    digest = next(push for push in sandbox.pushes("ada-phone") if push["title"] == "4 notices for you")
    assert digest["body"] == "Bola joined; Chidi joined; Dayo joined; and 1 more."


@pytest.mark.parametrize(("token", "code"), [("unregistered-1", "UNREGISTERED"), ("mismatch-1", "SENDER_ID_MISMATCH")])
def test_a_token_that_is_gone_is_forgotten_and_the_others_stay(sandbox, token, code):
    ada = person_with(token, "ada-phone")
    tell(ada)

    assert deliver() == 1
    assert list(Device.objects.values_list("token", flat=True)) == ["ada-phone"]


def test_a_token_that_fcm_calls_invalid_goes_once_others_take_the_same(sandbox):
    bad = person_with("invalid-1")
    tell(bad)
    deliver()
    first = PushDelivery.objects.get()
    assert (first.state, first.last_error) == ("needs_review", "INVALID_ARGUMENT")
    assert Device.objects.filter(token="invalid-1").exists()

    tell(person_with("ada-phone"))
    deliver()
    tell(bad)
    deliver()

    assert not Device.objects.filter(token="invalid-1").exists()


def test_a_message_that_fcm_cannot_read_is_our_mistake_and_keeps_the_token(sandbox, ada):
    tell(ada)
    make_all_due()
    spread_pushes(at=timezone.now())
    PushDelivery.objects.update(body="x" * 1000, title="€" * 200, action_url="/" + "y" * 299, kind="z" * 60)
    # Beyond FCM's 4,096 bytes once a multi-byte body is written out.
    PushDelivery.objects.update(body="€" * 1000)
    PushDelivery.objects.update(title="𝄞" * 200)

    deliver_pushes(at=timezone.now())

    push = PushDelivery.objects.get()
    assert (push.state, push.last_error) == ("needs_review", "BAD_REQUEST")
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("token", "code", "seconds"),
    [("quota-1", "QUOTA_EXCEEDED", 60), ("unavailable-1", "UNAVAILABLE", 10), ("internal-1", "INTERNAL", 5)],
)
def test_when_fcm_is_away_the_token_stays_and_the_push_waits_as_long_as_it_says(sandbox, token, code, seconds):
    tell(person_with(token))

    before = timezone.now()
    assert deliver() == 0

    push = PushDelivery.objects.get()
    assert (push.state, push.last_error, push.attempts) == ("ready", code, 1)
    assert push.due_at >= before + timedelta(seconds=seconds)
    assert Device.objects.count() == 1


@pytest.mark.parametrize("fault", ["error_500", "html_502", "reset"])
def test_a_fault_on_the_way_is_tried_again(sandbox, ada, fault):
    sandbox.inject_fault("fcm.send", fault)
    tell(ada)

    assert deliver() == 0
    assert deliver() == 1
    assert titles(sandbox, "ada-phone") == ["₦5.00 is in"]


def test_a_copy_that_leaves_twice_shows_once(sandbox, ada):
    sandbox.inject_fault("fcm.send", "reset_after")
    tell(ada)

    assert deliver() == 0
    assert deliver() == 1

    copies = sandbox.pushes("ada-phone")
    assert len(copies) == 2
    assert len({copy["message"]["android"]["collapse_key"] for copy in copies}) == 1


def test_talk_is_pushed_once_while_it_waits(sandbox, ada, now):
    def talk(member):
        facts = {"circle": "Market women", "member": member}
        return push_about(user_ids=[ada.pk], kind=TALK, facts=facts, about="chat:7", at=now)

    assert [talk("Bola O."), talk("Chidi E.")] == [1, 0]
    assert deliver() == 1
    assert talk("Dayo A.") == 1
    assert titles(sandbox, "ada-phone") == ["New messages in Market women"]


@pytest.mark.parametrize(
    ("priority", "hour", "rings_at"),
    [
        # Lagos is an hour ahead.
        (Priority.NORMAL, datetime(2027, 1, 4, 12, tzinfo=UTC), datetime(2027, 1, 4, 12, tzinfo=UTC)),
        (Priority.NORMAL, datetime(2027, 1, 4, 20, 30, tzinfo=UTC), datetime(2027, 1, 5, 6, tzinfo=UTC)),
        (Priority.NORMAL, datetime(2027, 1, 5, 5, 59, tzinfo=UTC), datetime(2027, 1, 5, 6, tzinfo=UTC)),
        (Priority.NORMAL, datetime(2027, 1, 5, 6, tzinfo=UTC), datetime(2027, 1, 5, 6, tzinfo=UTC)),
        (Priority.HIGH, datetime(2027, 1, 4, 23, tzinfo=UTC), datetime(2027, 1, 4, 23, tzinfo=UTC)),
    ],
)
def test_what_can_wait_waits_for_the_morning(priority, hour, rings_at):
    assert push_moment(priority, hour) == rings_at


def test_where_there_is_no_firebase_project_nothing_is_queued(settings, ada):
    settings.FCM_PROJECT_ID = ""

    assert tell(ada).push_at is None
