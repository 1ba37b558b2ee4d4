"""Changing, forgetting and resetting a password; and the pages that mails link to."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.mails import facts_of_mails

pytestmark = pytest.mark.django_db
BETTER = "A-better-one-2"


@pytest.fixture
def ada():
    return UserFactory.create(email="ada@example.ng")


def forget(api, email="ada@example.ng"):
    return api.post("/api/v1/auth/password/forgot", {"email": email})


def key_mailed_to(user):
    return facts_of_mails(to=user.email, kind="reset_password")[-1]["key"]


def has_password(user, password):
    return User.objects.get(pk=user.pk).check_password(password)


def test_changing_the_password_ends_every_other_session(ada, signed_in):
    phone, laptop = signed_in(ada), signed_in(ada)

    answer = phone.post("/api/v1/auth/password/change", {"old_password": PASSWORD, "new_password": BETTER})

    assert (answer.status_code, has_password(ada, BETTER)) == (200, True)
    assert (phone.get("/api/v1/users/me").status_code, laptop.get("/api/v1/users/me").status_code) == (200, 401)
    assert [notice.title for notice in ada.notifications.all()] == ["Your password was changed"]


def test_a_wrong_old_password_changes_nothing(ada, signed_in):
    phone, laptop = signed_in(ada), signed_in(ada)

    answer = phone.post("/api/v1/auth/password/change", {"old_password": "wrong", "new_password": BETTER})

    assert (answer.status_code, answer.json()["code"]) == (403, "invalid_credentials")
    assert (has_password(ada, PASSWORD), laptop.get("/api/v1/users/me").status_code) == (True, 200)


def test_a_weak_new_password_is_refused_by_its_field(ada, signed_in):
    answer = signed_in(ada).post("/api/v1/auth/password/change", {"old_password": PASSWORD, "new_password": "12345678"})

    assert answer.status_code == 400
    assert {fault["field"] for fault in answer.json()["errors"]} == {"new_password"}


def test_forgetting_says_the_same_for_every_address(api, ada):
    banned = UserFactory.create(is_active=False)

    answers = [forget(api, email) for email in ("ADA@example.ng", "nobody@example.ng", banned.email)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 3
    assert [
        len(facts_of_mails(to=to, kind="reset_password")) for to in (ada.email, "nobody@example.ng", banned.email)
    ] == [
        1,
        0,
        0,
    ]


def test_a_mailed_key_resets_the_password_once_and_ends_every_session(api, ada, signed_in):
    phone = signed_in(ada)
    forget(api)
    body = {"key": key_mailed_to(ada), "password": BETTER}

    first, second = (api.post("/api/v1/auth/password/reset", body) for _ in range(2))

    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 400, "reset_key_invalid")
    assert (has_password(ada, BETTER), phone.get("/api/v1/users/me").status_code) == (True, 401)


def test_whoever_resets_by_mail_has_shown_that_the_address_is_theirs(api):
    waiting = UserFactory.create(verified=False)
    forget(api, waiting.email)

    api.post("/api/v1/auth/password/reset", {"key": key_mailed_to(waiting), "password": BETTER})

    waiting.refresh_from_db()
    assert waiting.is_verified
    assert EmailAddress.objects.get(user=waiting).verified


def test_a_reset_key_dies_after_an_hour(api, ada):
    forget(api)
    key = key_mailed_to(ada)

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        answer = api.post("/api/v1/auth/password/reset", {"key": key, "password": BETTER})

    assert (answer.status_code, answer.json()["code"]) == (400, "reset_key_invalid")


def test_a_key_resets_its_owners_password_only(api, ada):
    other = UserFactory.create()
    forget(api)
    token = key_mailed_to(ada).partition(".")[2]

    for key in (f"{other.pk}.{token}", f"{ada.pk}.junk", f"{ada.pk}", "junk", ".", "\u00e9.x"):
        answer = api.post("/api/v1/auth/password/reset", {"key": key, "password": BETTER})
        assert (answer.status_code, answer.json()["code"]) == (400, "reset_key_invalid")
    assert (has_password(ada, PASSWORD), has_password(other, PASSWORD)) == (True, True)


def test_five_mails_an_hour_go_to_one_address(api, ada):
    answers = [forget(api) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert len(facts_of_mails(to=ada.email, kind="reset_password")) == 5


# --- the pages


def test_opening_the_link_verifies_nothing_and_pressing_the_button_does(api):
    newcomer = {"email": "new@example.ng", "password": PASSWORD, "first_name": "Efe", "last_name": "Okoro"}
    api.post("/api/v1/auth/signup", newcomer)
    key = facts_of_mails(to="new@example.ng", kind="verify_email")[0]["key"]
    browser = Client()

    page = browser.get("/verify-email", {"key": key})
    assert (page.status_code, User.objects.get(email="new@example.ng").is_verified) == (200, False)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"

    done = browser.post("/verify-email", {"key": key})
    assert (done.status_code, "is confirmed" in done.text) == (200, True)
    assert User.objects.get(email="new@example.ng").is_verified


def test_the_page_shows_a_key_as_text_and_refuses_a_bad_one():
    browser = Client()

    page = browser.get("/verify-email", {"key": '"><script>alert(1)</script>'})
    refused = browser.post("/verify-email", {"key": "junk"})

    assert "<script>" not in page.text
    assert (refused.status_code, "does not work any more" in refused.text) == (400, True)


def test_the_pages_want_a_csrf_token():
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/verify-email", {"key": "x"}).status_code == 403
    assert browser.post("/reset-password", {"key": "x", "password": BETTER}).status_code == 403


def test_a_password_is_reset_on_the_page(api, ada):
    forget(api)
    browser, key = Client(), key_mailed_to(ada)

    weak = browser.post("/reset-password", {"key": key, "password": "12345678"})
    done = browser.post("/reset-password", {"key": key, "password": BETTER})

    assert (weak.status_code, "common" in weak.text) == (400, True)
    assert (done.status_code, has_password(ada, BETTER)) == (200, True)
