"""What people would rather not hear, over HTTP."""

import pytest

from notifications import kinds
from notifications.kinds import Channel, NoticeKind, Topic, kinds_over
from notifications.models import SwitchedOff
from notifications.tests.people import a_person

PATH = "/api/v1/notifications/preferences"

pytestmark = pytest.mark.django_db

CIRCLE_NEWS = NoticeKind("test_circle_news", "News", "News", mails=True, topic=Topic.CIRCLE)
REMINDER = NoticeKind("test_reminder", "Soon", "Soon", topic=Topic.REMINDER)
MONEY_IN = NoticeKind("test_money_in", "Money", "Money", mails=True, topic=Topic.MONEY)


@pytest.fixture(autouse=True)
def three_kinds(monkeypatch):
    """The registry with three kinds whose topics this file knows."""
    known = {kind.code: kind for kind in (CIRCLE_NEWS, REMINDER, MONEY_IN)}
    for kind in known.values():
        monkeypatch.setattr(kinds, kind.code.upper(), kind, raising=False)
    kinds.notice_kinds.cache_clear()
    for name, kind in list(vars(kinds).items()):
        if isinstance(kind, NoticeKind) and kind.code not in known:
            monkeypatch.delattr(kinds, name)
    yield
    monkeypatch.undo()
    kinds.notice_kinds.cache_clear()


def test_everything_is_wanted_until_somebody_says_otherwise(signed_in):
    assert signed_in(a_person()).get(PATH).json() == {
        "push": {"test_circle_news": True, "test_money_in": True, "test_reminder": True},
        "email": {"test_circle_news": True, "test_money_in": True},
        "always_on": ["test_money_in"],
    }


def test_a_kind_can_be_switched_off_and_on_again_over_one_channel(signed_in):
    ada, bola = a_person(), a_person()
    client = signed_in(ada)

    off = client.patch(PATH, {"push": {"test_circle_news": False}})
    assert (off.status_code, off.json()["push"]["test_circle_news"]) == (200, False)
    assert off.json()["email"]["test_circle_news"] is True
    assert client.get(PATH).json() == off.json()
    assert signed_in(bola).get(PATH).json()["push"]["test_circle_news"] is True

    on = client.patch(PATH, {"push": {"test_circle_news": True}})
    assert on.json()["push"]["test_circle_news"] is True
    assert not SwitchedOff.objects.exists()


def test_switching_off_twice_is_switching_off(signed_in):
    client = signed_in(a_person())

    for _ in range(2):
        client.patch(PATH, {"email": {"test_circle_news": False}, "push": {"test_reminder": False}})

    assert set(SwitchedOff.objects.values_list("channel", "kind")) == {
        ("email", "test_circle_news"),
        ("push", "test_reminder"),
    }


@pytest.mark.parametrize("channel", ["push", "email"])
def test_money_and_security_cannot_be_switched_off_and_nothing_else_is_changed(signed_in, channel):
    client = signed_in(a_person())

    answer = client.patch(PATH, {channel: {"test_circle_news": False, "test_money_in": False}})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "field": f"{channel}.test_money_in",
            "code": "always_on",
            "detail": "Money and security cannot be switched off.",
        }
    ]
    assert not SwitchedOff.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"push": {"nonsense": False}}, "push.nonsense"),
        ({"email": {"test_reminder": False}}, "email.test_reminder"),
        ({"push": {"test_reminder": None}}, "push.test_reminder"),
        ({"push": {"test_reminder": "perhaps"}}, "push.test_reminder"),
        ({"push": []}, "push"),
        ({"push": {f"kind_{number}": True for number in range(501)}}, "push"),
        ({"push": None}, "push"),
        ([], ""),
    ],
)
def test_wishes_that_mean_nothing_are_refused(signed_in, body, field):
    answer = signed_in(a_person()).patch(PATH, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


def test_unknown_fields_are_ignored(signed_in):
    answer = signed_in(a_person()).patch(PATH, {"pigeon": {"test_reminder": False}, "always_on": []})

    assert answer.status_code == 200
    assert answer.json()["always_on"] == ["test_money_in"]


def test_reading_preferences_costs_two_queries(signed_in, django_assert_num_queries):
    client = signed_in(a_person())

    with django_assert_num_queries(2):  # session and user, what is switched off
        client.get(PATH)


def test_mails_carry_only_what_is_worth_one():
    assert kinds_over(Channel.PUSH) == ["test_circle_news", "test_money_in", "test_reminder"]
    assert kinds_over(Channel.EMAIL) == ["test_circle_news", "test_money_in"]
