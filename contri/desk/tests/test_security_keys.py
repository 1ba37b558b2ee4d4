"""Security keys as the second step: a key of one's own, on this site, for this question."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client

from accounts.services import reset_second_factor
from accounts.tests.factories import PASSWORD, UserFactory
from contri.core import audit
from contri.desk.tests.key_device import KeyDevice

pytestmark = pytest.mark.django_db
KEYS = "/admin/second-factor/keys/"


@pytest.fixture
def ada():
    cache.clear()
    return UserFactory.create(email="ada@example.ng", is_staff=True, is_superuser=True)


@pytest.fixture
def inside(ada):
    browser = Client()
    browser.force_login(ada)
    return browser


def question_on(page):
    return json.loads(re.findall(r'<script id="question" type="application/json">(.*?)</script>', page.text)[0])


def add_key(browser, device):
    return browser.post(KEYS, {"name": "on my ring", "credential": device.registered(question_on(browser.get(KEYS)))})


def with_password(email="ada@example.ng"):
    browser = Client()
    browser.post("/admin/login/", {"username": email, "password": PASSWORD})
    return browser


def use_key(browser, device, onward="/admin/accounts/user/"):
    question = question_on(browser.get("/admin/second-factor/"))
    answer = {"credential": device.signed(question), "next": onward}
    return browser.post("/admin/second-factor/key/", answer)


def is_inside(browser):
    return browser.get("/admin/").status_code == 200


def test_a_key_opens_the_desk_after_the_password(ada, inside):
    device = KeyDevice()
    assert add_key(inside, device)["Location"] == KEYS
    browser = with_password()
    assert not is_inside(browser)

    answer = use_key(browser, device)

    assert (answer["Location"], is_inside(browser)) == ("/admin/accounts/user/", True)
    trail = [audit.details_of(entry)["what"] for entry in LogEntry.objects.order_by("pk")]
    assert trail == ["added a security key", "signed in to the desk with webauthn"]


def test_another_key_and_a_page_that_imitates_the_desk_open_nothing(ada, inside):
    device = KeyDevice()
    add_key(inside, device)

    for stranger in (KeyDevice(), KeyDevice(origin="https://testserver.evil.example", secret=device.secret)):
        browser = with_password()
        assert use_key(browser, stranger)["Location"].startswith("/admin/second-factor/")
        assert not is_inside(browser)
    assert use_key(with_password(), device)["Location"] == "/admin/accounts/user/"


def test_an_answer_opens_once_and_only_for_whom_it_was_asked(ada, inside):
    device = KeyDevice()
    add_key(inside, device)
    browser = with_password()
    answer = {"credential": device.signed(question_on(browser.get("/admin/second-factor/")))}
    UserFactory.create(email="bola@example.ng", is_staff=True)
    others = [with_password(), with_password("bola@example.ng"), Client()]

    for other in others:
        other.get("/admin/second-factor/")
        other.post("/admin/second-factor/key/", answer)

    assert [is_inside(other) for other in others] == [False] * 3
    browser.post("/admin/second-factor/key/", answer)
    assert is_inside(browser)


def test_a_key_is_added_from_inside_only(ada, inside):
    question, outside = question_on(inside.get(KEYS)), with_password()

    assert outside.post(KEYS, {"credential": KeyDevice().registered(question)}).status_code == 302
    assert outside.get(KEYS)["Location"].startswith("/admin/second-factor/")
    assert not Authenticator.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("credential", ["", "{}", "[]", "nonsense", '{"id": 1}', "null"])
def test_what_is_no_key_is_refused_and_breaks_nothing(ada, inside, credential):
    assert inside.post(KEYS, {"credential": credential}).status_code == 200
    assert with_password().post("/admin/second-factor/key/", {"credential": credential}).status_code == 302
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_key_that_is_taken_away_opens_nothing_any_more(ada, inside):
    device = KeyDevice()
    add_key(inside, device)
    browser = with_password()
    use_key(browser, device)
    assert is_inside(browser)
    kept = Authenticator.objects.get(type="webauthn")

    assert browser.post(f"{KEYS}{kept.pk}/remove/")["Location"] == KEYS

    assert not is_inside(browser)
    assert b'id="question"' not in browser.get("/admin/second-factor/").content


def test_nobody_takes_away_somebody_elses_key(ada, inside):
    add_key(inside, KeyDevice())
    other = Client()
    other.force_login(UserFactory.create(is_staff=True))

    kept = Authenticator.objects.get(type="webauthn")
    assert other.post(f"{KEYS}{kept.pk}/remove/").status_code == 404
    assert other.post(f"{KEYS}77/remove/").status_code == 404
    assert inside.get(f"{KEYS}{kept.pk}/remove/").status_code == 405


def test_taking_the_second_factor_away_takes_the_keys_along(ada, inside):
    add_key(inside, KeyDevice())

    reset_second_factor(actor=UserFactory.create(is_staff=True), user_id=ada.pk, reason="lost the whole ring")

    assert not Authenticator.objects.filter(user=ada).exists()
