"""The way into the staff desk, and who is turned away."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import dismiss_staff, reset_second_factor
from accounts.tests.factories import PASSWORD, UserFactory
from contri.core import audit

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def still_clock():
    cache.clear()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def ada():
    return UserFactory.create(email="ada@example.ng", is_staff=True, is_superuser=True)


def give_password(browser, password=PASSWORD, email="ada@example.ng"):
    return browser.post("/admin/login/?next=/admin/", {"username": email, "password": password})


def code_of(secret, at=None):
    return format_hotp_value(hotp_value(secret, int((at or timezone.now()).timestamp()) // 30))


def enrol(browser):
    """Set the second step up, as a browser does; returns the key and the recovery codes."""
    page = browser.get("/admin/second-factor/enrol/")
    secret = re.findall(r'class="key">([A-Z2-7]+)<', page.text)[0]
    shown = browser.post("/admin/second-factor/enrol/", {"code": code_of(secret)})
    return secret, re.findall(r"<li><code>(\d+)</code>", shown.text)


def is_inside(browser):
    return browser.get("/admin/").status_code == 200


def test_a_password_alone_opens_nothing(ada):
    browser = Client()
    give_password(browser)

    for path in ("/admin/", "/admin/accounts/user/", "/admin/jsi18n/", "/admin/nothing/"):
        page = browser.get(path)
        assert (page.status_code, page["Location"].partition("?")[0]) == (302, "/admin/second-factor/")


def test_the_first_time_the_second_step_is_set_up_and_recovery_codes_are_shown_once(ada):
    browser = Client()
    give_password(browser)
    assert browser.get("/admin/second-factor/")["Location"].startswith("/admin/second-factor/enrol/")

    secret, codes = enrol(browser)

    assert (len(secret), len(codes)) == (32, 10)
    assert is_inside(browser)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True))), "kept encrypted"


def test_a_wrong_code_sets_nothing_up(ada):
    browser = Client()
    give_password(browser)
    browser.get("/admin/second-factor/enrol/")

    assert "Incorrect code" in browser.post("/admin/second-factor/enrol/", {"code": "000000"}).text
    assert not Authenticator.objects.exists()


def test_from_then_on_a_code_is_asked_for_and_each_works_once(ada, still_clock):
    secret, _ = enrolled(ada)
    still_clock.shift(2 * MINUTE)
    first, second = Client(), Client()
    for browser in (first, second):
        give_password(browser)
    code = code_of(secret)

    assert first.post("/admin/second-factor/", {"code": code, "next": "/admin/accounts/user/"}).status_code == 302
    assert "Incorrect code" in second.post("/admin/second-factor/", {"code": code}).text
    assert (is_inside(first), is_inside(second)) == (True, False)


def test_a_recovery_code_lets_in_once(ada):
    _, codes = enrolled(ada)

    assert [signed_in_with(codes[0]), signed_in_with(codes[0]), signed_in_with(codes[1])] == [True, False, True]


def test_whoever_is_enrolled_cannot_enrol_again_with_the_password_alone(ada):
    enrolled(ada)
    thief = Client()
    give_password(thief)

    assert thief.get("/admin/second-factor/enrol/")["Location"].startswith("/admin/second-factor/")
    thief.post("/admin/second-factor/enrol/", {"code": "123456"})
    assert not is_inside(thief)


def test_nobody_is_sent_to_a_strangers_page_afterwards(ada):
    secret, _ = enrolled(ada)
    browser = Client()
    give_password(browser)

    with time_machine.travel(NOW + 2 * MINUTE, tick=False):
        answer = browser.post("/admin/second-factor/", {"code": code_of(secret), "next": "https://evil.example/"})

    assert answer["Location"] == "/admin/"


def test_codes_cannot_be_guessed_at(ada, still_clock):
    secret, _ = enrolled(ada)
    browser = Client()
    give_password(browser)

    pages = [browser.post("/admin/second-factor/", {"code": f"{n:06}"}).text for n in range(6)]
    assert ["Too many requests" in page for page in pages] == [False] * 5 + [True]
    still_clock.shift(MINUTE)
    assert browser.post("/admin/second-factor/", {"code": code_of(secret)}).status_code == 200, "not even the right one"
    still_clock.shift(15 * MINUTE)
    give_password(browser)
    assert browser.post("/admin/second-factor/", {"code": code_of(secret)}).status_code == 302


def test_an_account_is_locked_out_from_every_address_after_five_wrong_passwords(ada, still_clock):
    for address in range(5):
        Client(REMOTE_ADDR=f"192.0.2.{address}").post("/admin/login/", {"username": "Ada@example.ng", "password": "x"})
    elsewhere = Client(REMOTE_ADDR="192.0.2.77")

    assert "Too many requests" in give_password(elsewhere).text, "not even with the right one"
    assert give_password(elsewhere, email="nobody@example.ng").status_code == 200
    still_clock.shift(16 * MINUTE)
    assert give_password(elsewhere).status_code == 302


def test_one_address_tries_ten_accounts_a_minute():
    pages = [give_password(Client(), email=f"staff{n}@example.ng").text for n in range(11)]

    assert ["Too many requests" in page for page in pages] == [False] * 10 + [True]


def test_an_address_that_is_nobodys_is_locked_out_just_the_same():
    pages = [give_password(Client(REMOTE_ADDR=f"192.0.2.{n}"), email="nobody@example.ng").text for n in range(6)]

    assert ["Too many requests" in page for page in pages] == [False] * 5 + [True]


def test_whoever_is_idle_signs_in_again(ada, still_clock):
    browser = desk_of(ada)
    for _ in range(3):
        still_clock.shift(14 * MINUTE)
        assert is_inside(browser)

    still_clock.shift(16 * MINUTE)

    assert browser.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_a_day_at_the_desk_ends_however_busy(ada, still_clock):
    browser, is_still_inside = desk_of(ada), True
    for _ in range(73):
        still_clock.shift(10 * MINUTE)
        is_still_inside = is_inside(browser)

    assert not is_still_inside


def test_only_the_addresses_on_the_list_see_a_desk_at_all(ada, settings):
    settings.STAFF_NETWORKS = ["198.51.100.0/24", "2001:db8::/32"]

    answers = [
        Client(REMOTE_ADDR=address).get("/admin/login/").status_code
        for address in ("198.51.100.7", "2001:db8::7", "192.0.2.7", "")
    ]

    assert answers == [200, 200, 404, 404]


def test_taking_the_second_factor_away_ends_open_sessions(ada):
    browser, boss = desk_of(ada), UserFactory.create(is_staff=True)
    assert is_inside(browser)

    reset_second_factor(actor=boss, user_id=ada.pk, reason="lost telephone")

    assert browser.get("/admin/")["Location"].startswith("/admin/second-factor/")
    assert browser.get("/admin/second-factor/")["Location"].startswith("/admin/second-factor/enrol/")


def test_dismissed_staff_are_outside_at_once(ada):
    browser = desk_of(ada)

    dismiss_staff(actor=UserFactory.create(), user_id=ada.pk, reason="left us")

    assert not is_inside(browser)
    assert (User.objects.get(pk=ada.pk).role, Authenticator.objects.count()) == ("member", 0)


def test_a_member_gets_no_further_than_the_password(ada):
    browser = Client()
    UserFactory.create(email="member@example.ng")

    assert give_password(browser, email="member@example.ng").status_code == 200
    browser.force_login(UserFactory.create())
    assert browser.get("/admin/second-factor/enrol/").status_code == 302
    assert not is_inside(browser)


def test_new_recovery_codes_take_the_place_of_the_old(ada):
    _, old = enrolled(ada)
    shown = desk_of(ada).post("/admin/second-factor/codes/")
    new = re.findall(r"<li><code>(\d+)</code>", shown.text)

    assert (signed_in_with(old[0]), signed_in_with(new[0])) == (False, True)


def test_signing_in_is_in_the_audit_trail(ada):
    enrolled(ada)

    trail = [audit.details_of(entry)["what"] for entry in LogEntry.objects.filter(user=ada).order_by("pk")]
    assert trail == ["set up a second factor", "signed in to the desk with totp"]


def test_every_page_forbids_inline_scripts(ada):
    for page in (desk_of(ada).get("/admin/"), Client().get("/admin/login/")):
        policy = page["Content-Security-Policy"]
        assert "script-src 'self';" in f"{policy};"
        assert "unsafe" not in policy


def enrolled(user):
    browser = Client()
    give_password(browser, email=user.email)
    return enrol(browser)


def signed_in_with(code):
    browser = Client()
    give_password(browser)
    return browser.post("/admin/second-factor/", {"code": code}).status_code == 302


def desk_of(user):
    browser = Client()
    # Signing in may have hashed the password anew, which would end a session opened with the old hash.
    user.refresh_from_db()
    browser.force_login(user)
    return browser
