"""The PIN: POST /auth/pin, POST /auth/pin/verify, and the tokens it gives."""

from datetime import timedelta
from threading import Event

import pytest
from argon2 import PasswordHasher
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils import timezone

from accounts import pin_hashing
from accounts.errors import PinIncorrectError, PinLockedError, PinRequiredError, PinTokenInvalidError
from accounts.models import Pin, PinPurpose, PinToken
from accounts.services import check_pin, consume_pin_token, set_pin
from accounts.services.cooling_off import COOLING_OFF
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.races import at_once
from contri.core import audit
from contri.core.moments import rfc3339

NOW = timezone.now().replace(microsecond=0)
TRANSFER, WITHDRAW = PinPurpose.TRANSFER, PinPurpose.WITHDRAW


@pytest.fixture
def ada(db):
    return UserFactory.create(pin="2580")


def consume(user, token, purpose=TRANSFER):
    with transaction.atomic():
        consume_pin_token(user=user, token=token, purpose=purpose)


# --- setting it


def test_the_first_pin_needs_the_password(db, signed_in):
    ada = UserFactory.create()
    client = signed_in(ada)

    without = client.post("/api/v1/auth/pin", {"pin": "2580"})
    wrong = client.post("/api/v1/auth/pin", {"pin": "2580", "password": "not mine"})
    right = client.post("/api/v1/auth/pin", {"pin": "2580", "password": PASSWORD})

    assert (without.status_code, without.json()["errors"][0]["field"]) == (400, "password")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "invalid_credentials")
    assert (right.status_code, right.content) == (204, b"")
    assert client.get("/api/v1/users/me").json()["has_pin"] is True
    assert [notice.title for notice in ada.notifications.all()] == ["Your PIN is set"]


def test_an_old_pin_where_there_is_none_is_refused(db, signed_in):
    answer = signed_in(UserFactory.create()).post("/api/v1/auth/pin", {"pin": "2580", "old_pin": "1470"})

    assert (answer.status_code, answer.json()["code"]) == (409, "pin_not_set")


@pytest.mark.parametrize(
    ("proof", "told"),
    [({"old_pin": "2580"}, "Your PIN was changed"), ({"password": PASSWORD}, "Your PIN was reset")],
)
def test_a_pin_is_changed_with_the_old_one_or_the_password(ada, signed_in, proof, told):
    answer = signed_in(ada).post("/api/v1/auth/pin", {"pin": "147036", **proof})

    assert answer.status_code == 204
    check_pin(user=ada, pin="147036", at=NOW)
    assert [notice.title for notice in ada.notifications.all()] == [told]


def test_what_is_done_to_a_pin_is_on_record_and_only_a_reset_makes_withdrawing_wait(ada, signed_in):
    client = signed_in(ada)
    client.post("/api/v1/auth/pin", {"pin": "147036", "old_pin": "2580"})
    changed = Pin.objects.get(user=ada).cooling_off_until
    client.post("/api/v1/auth/pin", {"pin": "258014", "password": PASSWORD})
    reset = Pin.objects.get(user=ada)
    lock(ada, NOW)

    told = [audit.details_of(entry)["what"] for entry in LogEntry.objects.order_by("pk")]
    assert told == ["changed the PIN", "reset the PIN", "locked the PIN after five wrong ones"]
    assert (changed, reset.cooling_off_until) == (None, reset.changed_at + COOLING_OFF)


def test_what_is_left_of_a_lock_is_told_in_whole_seconds_and_at_least_one(ada):
    until = lock(ada, NOW)

    waits = []
    for before in (timedelta(minutes=15), timedelta(seconds=2), timedelta(milliseconds=300)):
        with pytest.raises(PinLockedError) as refused:
            check_pin(user=ada, pin="2580", at=until - before)
        waits.append(refused.value.retry_after)
    assert waits == [900, 2, 1]


@pytest.mark.parametrize(
    "pin", ["1111", "11111", "000000", "1234", "4321", "0123", "7890", "987654", "1212", "696969", "1122", "2000"]
)
def test_pins_that_a_thief_tries_first_are_weak(ada, signed_in, pin):
    answer = signed_in(ada).post("/api/v1/auth/pin", {"pin": pin, "old_pin": "2580"})

    assert (answer.status_code, answer.json()["code"]) == (400, "weak_pin")
    check_pin(user=ada, pin="2580", at=NOW)


@pytest.mark.parametrize("pin", ["258", "2580147", "25a0", "", "٢٥٨٠", 2580, True, None, ["2580"]])
def test_a_pin_is_a_string_of_four_to_six_ascii_digits(ada, signed_in, pin):
    answer = signed_in(ada).post("/api/v1/auth/pin", {"pin": pin, "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [fault["field"] for fault in answer.json()["errors"]] == ["pin"]


def test_guessing_the_old_pin_counts_as_guessing_the_pin(ada, signed_in):
    client = signed_in(ada)

    codes = [client.post("/api/v1/auth/pin", {"pin": "147036", "old_pin": "9999"}).json()["code"] for _ in range(5)]

    assert codes == ["pin_incorrect"] * 4 + ["pin_locked"]
    assert client.post("/api/v1/auth/pin/verify", {"pin": "2580"}).json()["code"] == "pin_locked"


def test_changing_the_pin_voids_the_tokens_of_the_old_one(ada, pin_token):
    token = pin_token(ada, TRANSFER)
    set_pin(actor=ada, pin="147036", old_pin="2580", at=NOW)

    with pytest.raises(PinTokenInvalidError):
        consume(ada, token)


def test_neither_table_nor_pepper_alone_tells_a_pin(ada, settings):
    kept = Pin.objects.get(user=ada).hash
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    settings.PIN_PEPPER = "another pepper that is long enough to be one"
    assert pin_hashing.is_pin(kept, user_id=ada.pk, pin="2580") is False


# --- giving it


def test_the_pin_buys_a_token_for_five_minutes(ada, signed_in):
    answer = signed_in(ada).post("/api/v1/auth/pin/verify", {"pin": "2580", "purpose": "transfer"})

    token = PinToken.objects.get(user=ada)
    assert (answer.status_code, set(answer.json())) == (200, {"pin_token", "expires_at"})
    assert answer.json()["expires_at"] == token.expires_at.isoformat().replace("+00:00", "Z")
    assert timedelta(minutes=4, seconds=50) < token.expires_at - timezone.now() <= timedelta(minutes=5)
    consume(ada, answer.json()["pin_token"])


def test_without_a_pin_there_is_nothing_to_verify(db, signed_in):
    answer = signed_in(UserFactory.create()).post("/api/v1/auth/pin/verify", {"pin": "2580"})

    assert (answer.status_code, answer.json()["code"]) == (409, "pin_not_set")


def test_an_unknown_purpose_is_refused(ada, signed_in):
    answer = signed_in(ada).post("/api/v1/auth/pin/verify", {"pin": "2580", "purpose": "anything"})

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_five_wrong_pins_lock_it_and_the_right_one_waits_as_well(ada, signed_in):
    client = signed_in(ada)

    answers = [client.post("/api/v1/auth/pin/verify", {"pin": "9999"}).json() for _ in range(5)]
    locked = client.post("/api/v1/auth/pin/verify", {"pin": "2580"})

    assert [answer.get("attempts_left") for answer in answers] == [4, 3, 2, 1, None]
    assert (answers[4]["code"], locked.status_code, locked.json()["code"]) == ("pin_locked", 403, "pin_locked")
    until = rfc3339(lock_end(ada))
    assert (answers[4]["locked_until"], locked.json()["locked_until"]) == (until, until)
    assert 1 <= int(locked["Retry-After"]) <= 900
    assert [notice.title for notice in ada.notifications.all()] == ["Your PIN is locked for a while"]


def test_a_lock_ends_by_itself_and_the_next_one_lasts_twice_as_long(ada):
    first = lock(ada, NOW)
    assert first == NOW + timedelta(minutes=15)
    with pytest.raises(PinLockedError):
        check_pin(user=ada, pin="2580", at=first - timedelta(seconds=1))

    second = lock(ada, first)
    assert second == first + timedelta(minutes=30)

    check_pin(user=ada, pin="2580", at=second)
    assert lock(ada, second) == second + timedelta(minutes=15)


def test_the_right_pin_gives_all_five_tries_back(ada):
    for _ in range(4):
        with pytest.raises(PinIncorrectError):
            check_pin(user=ada, pin="9999", at=NOW)

    check_pin(user=ada, pin="2580", at=NOW)

    with pytest.raises(PinIncorrectError) as refusal:
        check_pin(user=ada, pin="9999", at=NOW)
    assert refusal.value.extra == {"attempts_left": 4}


def lock(user, at):
    for _ in range(5):
        with pytest.raises((PinIncorrectError, PinLockedError)):
            check_pin(user=user, pin="9999", at=at)
    return lock_end(user)


def lock_end(user):
    end = Pin.objects.get(user=user).locked_until
    assert end is not None
    return end


# --- using the token up


def test_a_token_works_once(ada, pin_token):
    token = pin_token(ada, TRANSFER)
    consume(ada, token)

    with pytest.raises(PinTokenInvalidError):
        consume(ada, token)


def test_a_token_is_unused_again_when_what_it_allowed_rolls_back(ada, pin_token):
    token = pin_token(ada, TRANSFER)
    with transaction.atomic():
        consume_pin_token(user=ada, token=token, purpose=TRANSFER)
        transaction.set_rollback(True)

    assert PinToken.objects.get().used_at is None
    consume(ada, token)
    assert PinToken.objects.get().used_at is not None


def test_a_token_without_a_purpose_fits_any_one_thing(ada, pin_token):
    token = pin_token(ada)
    consume(ada, token, WITHDRAW)

    with pytest.raises(PinTokenInvalidError):
        consume(ada, token, TRANSFER)


def test_no_token_is_another_refusal_than_a_bad_one(ada):
    with pytest.raises(PinRequiredError):
        consume(ada, "")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token, ada: (UserFactory.create(), token, TRANSFER),
        lambda token, ada: (ada, token, WITHDRAW),
        lambda token, ada: (ada, token[:-1] + ("A" if token[-1] != "A" else "B"), TRANSFER),
        lambda token, ada: (ada, "junk\x00é", TRANSFER),
        lambda token, ada: expired(token, ada),
    ],
    ids=["another user's", "another purpose", "altered", "junk", "expired"],
)
def test_a_token_that_does_not_fit_is_refused_and_stays_unused(ada, pin_token, spoil):
    token = pin_token(ada, TRANSFER)
    user, shown, purpose = spoil(token, ada)

    with pytest.raises(PinTokenInvalidError):
        consume(user, shown, purpose)
    assert PinToken.objects.get(user=ada).used_at is None


def expired(token, ada):
    PinToken.objects.update(expires_at=timezone.now())
    return ada, token, TRANSFER


# --- races


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_guesses_at_once_five_are_evaluated(monkeypatch):
    ada, evaluated = UserFactory.create(pin="2580"), []
    verify = PasswordHasher.verify

    def verify_and_count(*given):
        evaluated.append(given)
        return verify(*given)

    monkeypatch.setattr(PasswordHasher, "verify", verify_and_count)

    def guess():
        try:
            check_pin(user=ada, pin="9999", at=NOW)
        except (PinIncorrectError, PinLockedError) as refusal:
            return refusal.code
        return "right"

    codes = [code for _ in range(25) for code in at_once(8, guess)]

    assert (len(codes), len(evaluated)) == (200, 5)
    assert (codes.count("pin_incorrect"), codes.count("pin_locked"), codes.count("right")) == (4, 196, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_whoever_comes_while_the_pin_is_locked_does_not_wait_for_those_who_guess():
    ada = UserFactory.create(pin="2580")
    until = lock(ada, NOW)

    def hold_the_row():
        with transaction.atomic():
            Pin.objects.select_for_update().get(user=ada)
            is_held.set()
            answered.wait(20)

    def guess():
        try:
            is_held.wait(20)
            with pytest.raises(PinLockedError) as refusal:
                check_pin(user=ada, pin="9999", at=NOW)
            return refusal.value.extra
        finally:
            answered.set()

    is_held, answered = Event(), Event()
    acts = iter([hold_the_row, guess])

    answers = at_once(2, lambda: next(acts)())

    assert {"locked_until": rfc3339(until)} in answers


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_fifty_uses_of_one_token_at_once_one_gets_through(pin_token):
    ada = UserFactory.create()
    token = pin_token(ada, TRANSFER)

    def use():
        try:
            consume(ada, token)
        except PinTokenInvalidError:
            return 0
        return 1

    assert sum(sum(at_once(5, use)) for _ in range(10)) == 1
