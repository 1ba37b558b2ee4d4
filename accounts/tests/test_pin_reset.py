"""A forgotten PIN: POST /auth/pin/forgot mails a code, POST /auth/pin/reset takes it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import PinIncorrectError, PinLockedError, PinResetCodeInvalidError
from accounts.models import Pin
from accounts.services import check_pin, reset_pin
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.mails import facts_of_mails
from accounts.tests.races import at_once

NOW = timezone.now()
NEW_PIN = "147036"


@pytest.fixture
def ada(db):
    return UserFactory.create(pin="2580")


@pytest.fixture
def client(ada, signed_in):
    return signed_in(ada)


def forget(client, password=PASSWORD):
    return client.post("/api/v1/auth/pin/forgot", {"password": password})


def reset(client, code, **other):
    return client.post("/api/v1/auth/pin/reset", {"pin": NEW_PIN, "code": code, "password": PASSWORD, **other})


def mailed_code(user):
    return facts_of_mails(to=user.email, kind="pin_reset_code")[-1]["code"]


def another(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_mailed_code_and_the_password_set_another_pin_once(ada, client):
    asked = forget(client)
    code = mailed_code(ada)

    done, again = reset(client, code), reset(client, code)

    assert (asked.status_code, asked.content, len(code)) == (202, b"", 6)
    assert (done.status_code, done.content) == (204, b"")
    assert (again.status_code, again.json()["code"]) == (400, "pin_reset_code_invalid")
    check_pin(user=ada, pin=NEW_PIN, at=NOW)
    assert [notice.title for notice in ada.notifications.all()] == ["Your PIN was reset"]


def test_a_reset_ends_a_lock(ada, client):
    for _ in range(5):
        with pytest.raises((PinIncorrectError, PinLockedError)):
            check_pin(user=ada, pin="9999", at=NOW)
    forget(client)

    assert reset(client, mailed_code(ada)).status_code == 204
    check_pin(user=ada, pin=NEW_PIN, at=NOW)


def test_neither_the_password_nor_the_code_alone_is_enough(ada, client):
    wrong_password = forget(client, "not mine")
    forget(client)
    code = mailed_code(ada)

    with_code_only = reset(client, code, password="not mine")
    with_password_only = reset(client, another(code))

    assert (wrong_password.status_code, wrong_password.json()["code"]) == (403, "invalid_credentials")
    assert (with_code_only.status_code, with_code_only.json()["code"]) == (403, "invalid_credentials")
    assert (with_password_only.status_code, with_password_only.json()["code"]) == (400, "pin_reset_code_invalid")
    check_pin(user=ada, pin="2580", at=NOW)


def test_a_code_is_worth_nothing_after_five_wrong_ones_and_a_new_one_is(ada, client):
    forget(client)
    code = mailed_code(ada)
    for _ in range(5):
        with pytest.raises(PinResetCodeInvalidError):
            reset_pin(actor=ada, pin=NEW_PIN, code=another(code), password=PASSWORD, at=NOW)

    assert reset(client, code).status_code == 400
    forget(client)
    assert reset(client, mailed_code(ada)).status_code == 204


def test_a_code_dies_after_a_quarter_of_an_hour(ada, client):
    forget(client)
    code = mailed_code(ada)
    Pin.objects.update(reset_code_ends_at=NOW + timedelta(minutes=15))

    with pytest.raises(PinResetCodeInvalidError):
        reset_pin(actor=ada, pin=NEW_PIN, code=code, password=PASSWORD, at=NOW + timedelta(minutes=15))
    reset_pin(actor=ada, pin=NEW_PIN, code=code, password=PASSWORD, at=NOW + timedelta(minutes=14, seconds=59))


def test_a_code_is_its_owners_only(ada, client, signed_in):
    bola = UserFactory.create(pin="3691")
    forget(client)
    forget(signed_in(bola))

    assert reset(signed_in(bola), mailed_code(ada)).status_code == 400
    assert reset(signed_in(bola), mailed_code(bola)).status_code == 204


@pytest.mark.parametrize(
    ("pin", "status", "code"), [("1234", 400, "weak_pin"), ("12", 400, "validation_error"), ("258147", 204, None)]
)
def test_a_weak_pin_is_refused_and_uses_no_code_up(ada, client, pin, status, code):
    forget(client)
    answer = reset(client, mailed_code(ada), pin=pin)

    assert answer.status_code == status
    assert code is None or (answer.json()["code"], reset(client, mailed_code(ada)).status_code) == (code, 204)


def test_without_a_pin_there_is_nothing_to_reset(db, signed_in):
    client = signed_in(UserFactory.create())

    assert (forget(client).status_code, forget(client).json()["code"]) == (409, "pin_not_set")
    assert reset(client, "123456").json()["code"] == "pin_not_set"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_forty_guesses_at_a_code_at_once_five_are_looked_at(signed_in):
    ada = UserFactory.create(pin="2580")
    forget(signed_in(ada))
    wrong = another(mailed_code(ada))

    def guess():
        with pytest.raises(PinResetCodeInvalidError):
            reset_pin(actor=ada, pin=NEW_PIN, code=wrong, password=PASSWORD, at=NOW)
        return 1

    assert sum(sum(at_once(8, guess)) for _ in range(5)) == 40
    assert Pin.objects.get(user=ada).reset_code_attempts == 5
    with pytest.raises(PinResetCodeInvalidError):
        reset_pin(actor=ada, pin=NEW_PIN, code=mailed_code(ada), password=PASSWORD, at=NOW)
