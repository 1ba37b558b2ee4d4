"""GET and PATCH /users/me, the dashboard, and finding somebody to pay."""

import json

import pytest

from accounts.models import User
from accounts.phones import e164
from accounts.queries import person_to_pay
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory.create(
        email="ada@example.ng", first_name="Ada", last_name="Okafor", phone_number="+2348031234567"
    )


def test_a_patch_changes_what_it_names_and_nothing_else(ada, signed_in):
    body = {
        "first_name": " Adaeze ",
        "phone_number": "0805 123 4567",
        "role": "superuser",
        "kyc_tier": 3,
        "email": "x@y.ng",
    }

    answer = signed_in(ada).patch("/api/v1/users/me", body)

    changed = User.objects.get(pk=ada.pk)
    assert (answer.status_code, answer.json()["first_name"], answer.json()["last_name"]) == (200, "Adaeze", "Okafor")
    assert (changed.phone_number, changed.role, changed.kyc_tier, changed.email) == (
        "+2348051234567",
        "member",
        0,
        "ada@example.ng",
    )
    assert "action_required" in answer.json()


@pytest.mark.parametrize("nothing", ["", None])
def test_a_telephone_number_can_be_taken_away(ada, signed_in, nothing):
    assert signed_in(ada).patch("/api/v1/users/me", {"phone_number": nothing}).json()["phone_number"] is None


def test_somebody_elses_telephone_number_is_refused(ada, signed_in):
    answer = signed_in(UserFactory.create()).patch("/api/v1/users/me", {"phone_number": "08031234567"})

    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [("phone_number", "taken")]


@pytest.mark.parametrize("body", [[], "text", 1, None, [{}]])
def test_a_body_that_is_no_object_is_a_validation_error(ada, signed_in, body):
    answer = signed_in(ada).generic("PATCH", "/api/v1/users/me", json.dumps(body), content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_nobody_reads_an_account_without_a_token(api):
    for path in ("users/me", "users/dashboard", "users/lookup?email=a@b.ng", "auth/sessions"):
        answer = api.get(f"/api/v1/{path}")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("token", ["junk", "Bearer", "é", "a b", ""])
def test_a_bad_token_is_401_whatever_it_is(api, token):
    answer = api.get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {token}")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_the_dashboard_has_every_part(ada, signed_in):
    assert signed_in(ada).get("/api/v1/users/dashboard").json() == {
        "total_saved": "0.00",
        "wallet_balance": "0.00",
        "currency": "NGN",
        "active_circles": 0,
        "next_payout": None,
        "next_contribution": None,
    }


# --- lookup


@pytest.mark.parametrize("query", [{"email": "ADA@example.ng"}, {"phone_number": "0803 123 4567"}])
def test_exactly_one_person_is_found_and_most_of_the_surname_hidden(ada, signed_in, query):
    answer = signed_in(UserFactory.create()).get("/api/v1/users/lookup", query)

    assert answer.status_code == 200
    assert answer.json() == {"id": str(ada.pk), "display_name": "Ada O.", "avatar_url": None}


@pytest.mark.parametrize(
    "query", [{"email": "ad@example.ng"}, {"email": "system@contri.invalid"}, {"phone_number": "08055555555"}]
)
def test_nobody_else_is_found(ada, signed_in, query):
    answer = signed_in(UserFactory.create()).get("/api/v1/users/lookup", query)

    assert (answer.status_code, answer.json()["code"]) == (404, "user_not_found")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"email": ""},
        {"email": "ada"},
        {"email": "ada@example.ng", "phone_number": "08031234567"},
        {"email": "a\x00@b.ng"},
    ],
)
def test_a_lookup_wants_one_whole_address_or_number(ada, signed_in, query):
    answer = signed_in(ada).get("/api/v1/users/lookup", query)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_banned_people_and_staff_are_not_found(ada):
    UserFactory.create(email="banned@example.ng", is_active=False)
    UserFactory.create(email="staff@example.ng", is_staff=True)

    from accounts.errors import UserNotFoundError

    for email in ("banned@example.ng", "staff@example.ng"):
        with pytest.raises(UserNotFoundError):
            person_to_pay(email=email)


def test_twenty_lookups_a_minute_are_let_through(ada, signed_in):
    client = signed_in(ada)

    statuses = [client.get("/api/v1/users/lookup", {"email": f"guess{n}@example.ng"}).status_code for n in range(21)]

    assert statuses == [404] * 20 + [429]


# --- telephone numbers


@pytest.mark.parametrize(
    "spelling",
    [
        "08031234567",
        "0803 123 4567",
        "+2348031234567",
        "2348031234567",
        "8031234567",
        "+234 803 123 4567",
        "0803-123-4567",
    ],
)
def test_common_spellings_of_a_number_are_one_number(spelling):
    assert e164(spelling) == "+2348031234567"


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "abc",
        "0700123456",
        "02012345678",
        "+2349301234567",
        "080312345678",
        "0803123456",
        "08000000000",
        "+14155552671",
        "0" * 5000,
        "08031234567\x00",
        "0803CALLMEE",
    ],
)
def test_what_is_no_nigerian_mobile_number_is_refused(spelling):
    with pytest.raises(ValueError, match="number"):
        e164(spelling)
