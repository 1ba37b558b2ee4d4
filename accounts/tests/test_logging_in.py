"""POST /auth/login."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.founding_rows import SYSTEM_USER_ID
from accounts.models import Session
from accounts.services import ban_user, tell_of_failures
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.mails import facts_of_mails
from contri.core.audit import SYSTEM_EMAIL

pytestmark = pytest.mark.django_db


def log_in(api, email, password=PASSWORD, **headers):
    return api.post("/api/v1/auth/login", {"email": email, "password": password}, **headers)


def test_address_and_password_open_a_session_in_any_case_of_the_address(api):
    user = UserFactory.create(email="ada@example.ng")

    answer = log_in(api, "ADA@example.ng", HTTP_USER_AGENT="Phone/1")

    assert answer.status_code == 200
    assert set(answer.json()) == {"user", "access", "refresh"}
    assert answer.json()["user"]["id"] == str(user.pk)
    assert Session.objects.get(user=user).user_agent == "Phone/1"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(api):
    UserFactory.create(email="ada@example.ng")

    wrong, unknown = log_in(api, "ada@example.ng", "not the password"), log_in(api, "nobody@example.ng")

    def told(answer):
        return {key: value for key, value in answer.json().items() if key != "request_id"}

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert told(wrong) == told(unknown)
    assert told(wrong)["code"] == "invalid_credentials"
    assert (wrong["WWW-Authenticate"], unknown["WWW-Authenticate"]) == ("Bearer", "Bearer")


def test_known_and_unknown_addresses_cost_the_same_queries_and_one_hash(api, django_assert_num_queries):
    UserFactory.create(email="ada@example.ng")
    log_in(api, "nobody@example.ng")

    for email in ("ada@example.ng", "nobody@example.ng"):
        with django_assert_num_queries(4):
            log_in(api, email, "not the password")


def test_a_banned_person_learns_it_only_with_the_right_password(api):
    user, staff = UserFactory.create(email="ada@example.ng"), UserFactory.create(is_staff=True)
    ban_user(actor=staff, user_id=user.pk, reason="fraud", at=timezone.now())

    assert (log_in(api, "ada@example.ng").status_code, log_in(api, "ada@example.ng").json()["code"]) == (
        403,
        "account_disabled",
    )
    assert log_in(api, "ada@example.ng", "wrong password").status_code == 401


def test_contri_itself_cannot_log_in(api):
    assert log_in(api, SYSTEM_EMAIL, "").status_code == 400
    assert log_in(api, SYSTEM_EMAIL, "!").status_code == 401


def test_log_ins_and_failures_are_in_the_audit_trail(api):
    user = UserFactory.create(email="ada@example.ng")

    log_in(api, "ada@example.ng", "wrong password")
    log_in(api, "ada@example.ng")

    trail = LogEntry.objects.filter(object_id=str(user.pk)).order_by("pk")
    assert [entry.change_message.split('"')[3] for entry in trail] == ["gave a wrong password", "logged in"]
    assert PASSWORD not in "".join(entry.change_message for entry in trail)


def test_a_device_never_seen_before_is_told_to_the_owner_by_mail(api):
    user = UserFactory.create(email="ada@example.ng")
    log_in(api, "ada@example.ng", HTTP_USER_AGENT="Phone/1")
    log_in(api, "ada@example.ng", HTTP_USER_AGENT="Phone/1")
    assert user.notifications.count() == 0

    log_in(api, "ada@example.ng", HTTP_USER_AGENT="Laptop/9")

    assert [notice.title for notice in user.notifications.all()] == ["Signed in on a new device"]


def test_twenty_eight_tries_a_minute_from_one_address_are_let_in(api):
    answers = [log_in(api, f"person{n}@example.ng", "") for n in range(30)]

    assert [answer.status_code for answer in answers] == [400] * 28 + [429] * 2
    assert answers[-1].json()["code"] == "rate_limited"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_a_forged_x_forwarded_for_does_not_get_around_the_limit(api):
    answers = [log_in(api, "ada@example.ng", "", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}") for n in range(12)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429] * 2


def test_outside_of_tests_passwords_are_hashed_at_djangos_full_cost():
    [path] = import_string("contri.settings.PASSWORD_HASHERS")
    hasher = import_string(path)()

    assert (hasher.algorithm, hasher.time_cost, hasher.memory_cost, hasher.parallelism) == ("argon2", 2, 102400, 8)


def test_the_owner_hears_once_of_five_wrong_passwords(api):
    user, other = UserFactory.create(email="ada@example.ng"), UserFactory.create(email="bola@example.ng")
    for email in ["ada@example.ng"] * 4 + ["bola@example.ng", "nobody@example.ng"]:
        log_in(api, email, "wrong password")
    tell_all(user, other)
    assert user.notifications.count() == 0

    for _ in range(2):
        log_in(api, "ada@example.ng", "wrong password")
        tell_all(user, other)

    assert [notice.title for notice in user.notifications.all()] == ["Somebody tries to sign in to your account"]
    assert [mail["title"] for mail in facts_of_mails(to=user.email, kind="notice")] == [
        "Somebody tries to sign in to your account"
    ]
    assert other.notifications.count() == 0


def tell_all(*people):
    for user_id in (SYSTEM_USER_ID, *(person.pk for person in people)):
        tell_of_failures(user_id=user_id, at=timezone.now())
