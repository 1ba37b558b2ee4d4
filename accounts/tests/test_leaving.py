"""Closing an account, exporting it, and what is kept no longer than it is needed."""

import json
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.mailed_keys import CLOSING, RESET, key_for
from accounts.models import IdentityCheck, Pin, PinToken, RefreshUse, Session, User
from accounts.registries import obligations
from accounts.services import Device, forget_old_rows, open_session, refresh_session
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.mails import facts_of_mails
from contri.core.crypto import encrypt, keyed_hash

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0) - timedelta(minutes=1)
PHONE = Device(user_agent="Ada's telephone", address="10.1.2.3")


@pytest.fixture
def ada():
    ada = UserFactory.create(
        pin="2580", tier=1, email="ada@example.ng", first_name="Ada", last_name="Okafor", phone_number="+2348031234567"
    )
    IdentityCheck.objects.create(
        user=ada,
        id_type="bvn",
        status="approved",
        job_id="job-1",
        number=encrypt("22212345678"),
        number_hash=keyed_hash("identity-bvn", "22212345678"),
    )
    return ada


@pytest.fixture
def owing(ada):
    """Somebody above accounts who says that something is open."""

    def source(user):
        return ["There is money in the wallet."] if user == ada else []

    obligations.register(source)
    yield
    obligations._sources.remove(source)


def close(client, **proof):
    return client.delete("/api/v1/users/me", proof)


@pytest.mark.parametrize("proof", [{"password": PASSWORD}, {"pin": "2580"}])
def test_closing_erases_the_person_and_keeps_the_row(ada, signed_in, proof):
    client = signed_in(ada)

    answer = close(client, **proof)

    kept = User.objects.get(pk=ada.pk)
    assert (answer.status_code, answer.content) == (202, b"")
    assert (kept.display_name, kept.email, kept.phone_number, kept.is_active, kept.has_usable_password()) == (
        "Former M.",
        f"{ada.pk.hex}@erased.invalid",
        None,
        False,
        False,
    )
    assert kept.erased_at is not None
    left = [EmailAddress, Pin, PinToken, RefreshUse]
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]
    check, session = IdentityCheck.objects.get(), Session.objects.get()
    assert (check.number, check.number_hash, check.details) == (None, None, None)
    assert (session.user_agent, session.address, session.end_reason) == ("", "", "account_closed")
    assert client.get("/api/v1/users/me").status_code == 401


def test_a_last_mail_says_so_and_is_the_only_one_left(ada, signed_in):
    close(signed_in(ada), password=PASSWORD)

    [mail] = facts_of_mails(to="ada@example.ng", kind="notice")
    assert mail["title"] == "Your Contri account is closed"


def test_the_address_the_number_and_the_identity_are_free_again(ada, signed_in, api):
    close(signed_in(ada), password=PASSWORD)

    body = {"email": "ada@example.ng", "password": PASSWORD, "first_name": "Ada", "last_name": "Okafor"}
    answer = api.post("/api/v1/auth/signup", {**body, "phone_number": "08031234567"})

    assert answer.status_code == 201
    assert IdentityCheck.objects.claiming("bvn", keyed_hash("identity-bvn", "22212345678")).count() == 0


def test_an_account_with_obligations_stays_as_it_is(ada, owing, signed_in):
    client = signed_in(ada)

    answer = close(client, password=PASSWORD)

    assert (answer.status_code, answer.json()["code"]) == (409, "account_has_obligations")
    assert answer.json()["reasons"] == ["There is money in the wallet."]
    assert client.get("/api/v1/users/me").json()["email"] == "ada@example.ng"


@pytest.mark.parametrize(
    ("proof", "status", "code"),
    [
        ({}, 400, "validation_error"),
        ({"password": "wrong"}, 403, "invalid_credentials"),
        ({"pin": "9999"}, 403, "pin_incorrect"),
    ],
)
def test_nobody_closes_an_account_without_proof(ada, signed_in, proof, status, code):
    client = signed_in(ada)

    answer = close(client, **proof)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert client.get("/api/v1/users/me").status_code == 200


def test_without_the_app_the_page_closes_it(ada):
    browser = Client()
    assert "Close your account" in browser.get("/close-account").text

    wrong = browser.post("/close-account", {"email": "ADA@example.ng", "password": "wrong"})
    assert (wrong.status_code, User.objects.get(pk=ada.pk).is_active) == (400, True)

    done = browser.post("/close-account", {"email": "ADA@example.ng", "password": PASSWORD})
    assert (done.status_code, User.objects.get(pk=ada.pk).erased_at is not None) == (200, True)


def test_whoever_has_no_password_is_mailed_a_link_that_closes_the_account(ada):
    browser = Client()
    known = browser.post("/close-account", {"email": "ADA@example.ng", "password": ""})
    unknown = browser.post("/close-account", {"email": "nobody@example.ng"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (200, known.text)

    [mail] = facts_of_mails(to="ada@example.ng", kind="close_account")
    key = parse_qs(urlsplit(mail["link"]).query)["key"][0]
    looked = browser.get("/close-account", {"key": key})
    assert (key in looked.text, User.objects.get(pk=ada.pk).is_active) == (True, True)

    done, again = (browser.post("/close-account", {"key": key}) for _ in range(2))
    assert (done.status_code, User.objects.get(pk=ada.pk).erased_at is not None) == (200, True)
    assert (again.status_code, "expired or used" in again.text) == (400, True)


def test_a_key_for_another_thing_and_an_open_obligation_close_nothing(ada, owing):
    browser = Client()
    other = browser.post("/close-account", {"key": key_for(ada, RESET)})
    owed = browser.post("/close-account", {"key": key_for(ada, CLOSING)})

    assert (other.status_code, "expired or used" in other.text) == (400, True)
    assert (owed.status_code, "There is money in the wallet." in owed.text) == (400, True)
    assert User.objects.get(pk=ada.pk).is_active


def test_a_hostile_address_on_the_page_is_a_wrong_one():
    assert Client().post("/close-account", {"email": "a\x00@b.ng", "password": "x"}).status_code == 400


def test_an_export_has_everything_and_no_secret(ada, signed_in):
    client = signed_in(ada)

    export = client.get("/api/v1/users/me/export").json()

    assert set(export) == {
        "account",
        "sessions",
        "identity_checks",
        "social_accounts",
        "pin",
        "devices",
        "switched_off",
        "activity",
        "notices",
        "wallet",
        "transactions",
        "bank_accounts",
        "cards",
        "circles",
        "contributions",
        "payouts",
        "nominees",
    }
    assert export["wallet"] == {"balance": "0.00", "held": "0.00", "currency": "NGN"}
    assert (export["account"]["email"], export["account"]["phone_number"]) == ("ada@example.ng", "+2348031234567")
    assert [check["id_type"] for check in export["identity_checks"]] == ["bvn"]
    assert [session["user_agent"] for session in export["sessions"]] == ["contri-tests"]
    everything = str(export)
    assert not [secret for secret in ("argon2", "22212345678", "hash") if secret in everything]


def erase(*arguments):
    """What the command tells."""
    told = StringIO()
    with suppress(SystemExit):
        call_command("erase_person", *arguments, "--reason=asked by letter", "--json", stdout=told)
    return json.loads(told.getvalue())


@pytest.mark.parametrize("named", [lambda ada: str(ada.pk), lambda ada: "ADA@example.ng"])
def test_an_operator_erases_a_person_with_a_reason(ada, named):
    tried = erase(named(ada), "--dry-run")
    assert (tried, User.objects.get(pk=ada.pk).erased_at) == ({"id": str(ada.pk), "erased": False, "reasons": []}, None)

    done = erase(named(ada))

    kept = User.objects.get(pk=ada.pk)
    assert (done["erased"], kept.display_name, kept.is_active) == (True, "Former M.", False)
    last = LogEntry.objects.filter(object_id=str(ada.pk)).latest("pk")
    assert json.loads(last.change_message)["what"] == "erased the person"
    assert json.loads(last.change_message)["reason"] == "asked by letter"
    with pytest.raises(CommandError):
        erase(str(ada.pk))


def test_an_operator_cannot_erase_what_is_still_owed(ada, owing):
    outcome = erase("ada@example.ng")

    assert outcome == {"id": str(ada.pk), "erased": False, "reasons": ["There is money in the wallet."]}
    assert User.objects.get(pk=ada.pk).email == "ada@example.ng"


def test_an_export_is_of_oneself(ada, signed_in):
    export = signed_in(UserFactory.create()).get("/api/v1/users/me/export")

    assert "ada@example.ng" not in export.text


def test_old_tokens_and_sessions_go_and_young_ones_stay(ada, pin_token):
    ended = open_session(user=ada, device=PHONE, at=NOW)
    refresh_session(refresh=ended.refresh, device=PHONE, at=NOW)
    Session.objects.update(ended_at=NOW - timedelta(days=91))
    open_session(user=ada, device=PHONE, at=NOW)
    pin_token(ada)

    assert forget_old_rows(at=NOW) == 1
    assert (Session.objects.count(), RefreshUse.objects.count(), PinToken.objects.count()) == (1, 0, 1)

    assert forget_old_rows(at=NOW + timedelta(days=121)) == 2
    assert Session.objects.count() == 0
