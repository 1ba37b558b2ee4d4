"""POST /auth/signup, and verifying the address."""

import pytest

from accounts.models import Session, User
from accounts.tests.factories import UserFactory
from accounts.tests.mails import facts_of_mails

pytestmark = pytest.mark.django_db

NEWCOMER = {
    "email": "Ada.Okafor@Example.NG",
    "password": "Ajo-with-friends-1",
    "first_name": "Ada",
    "last_name": "Okafor",
    "phone_number": "0803 123 4567",
}


def sign_up(api, **changes):
    return api.post("/api/v1/auth/signup", {**NEWCOMER, **changes})


def faults_in(answer):
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    return [(fault["field"], fault["code"]) for fault in answer.json()["errors"]]


def test_signing_up_answers_with_the_user_and_a_pair_of_tokens(api):
    answer = sign_up(api)

    user = User.objects.get(email="ada.okafor@example.ng")
    assert answer.status_code == 201
    assert set(answer.json()) == {"user", "access", "refresh"}
    assert answer.json()["user"] == {
        "id": str(user.pk),
        "email": "ada.okafor@example.ng",
        "first_name": "Ada",
        "last_name": "Okafor",
        "phone_number": "+2348031234567",
        "avatar_url": None,
        "role": "member",
        "is_verified": False,
        "kyc_status": "none",
        "kyc_tier": 0,
        "referral_code": user.referral_code,
        "has_pin": False,
        "created_at": user.created_at.isoformat().replace("+00:00", "Z"),
    }


def test_the_access_token_of_a_sign_up_works_at_once(api):
    access = sign_up(api).json()["access"]

    me = api.get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {access}")

    assert (me.status_code, me.json()["email"]) == (200, "ada.okafor@example.ng")
    assert [action["code"] for action in me.json()["action_required"]][:3] == [
        "verify_email",
        "set_pin",
        "complete_kyc",
    ]


def test_a_taken_address_is_refused_in_any_case_of_its_letters(api):
    UserFactory.create(email="ada.okafor@example.ng")

    answer = sign_up(api, phone_number="")

    assert (answer.status_code, answer.json()["code"]) == (400, "email_taken")
    assert (User.objects.filter(email__icontains="ada").count(), Session.objects.count()) == (1, 0)


def test_a_telephone_number_belongs_to_one_account(api):
    UserFactory.create(phone_number="+2348031234567")

    assert faults_in(sign_up(api)) == [("phone_number", "taken")]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"email": "no address"}, [("email", "invalid")]),
        ({"email": ["a@b.ng"]}, [("email", "invalid")]),
        ({"password": "kF7!x"}, [("password", "password_too_short")]),
        ({"password": "password123"}, [("password", "password_too_common")]),
        ({"password": "ada.okafor@example.ng"}, [("password", "password_too_similar")]),
        ({"password": "x" * 129}, [("password", "max_length")]),
        ({"first_name": " "}, [("first_name", "blank")]),
        ({"first_name": "Ada\u202egnp"}, [("first_name", "unprintable")]),
        ({"last_name": "Oka\nfor"}, [("last_name", "unprintable")]),
        ({"phone_number": "+14155552671"}, [("phone_number", "invalid")]),
        ({"phone_number": "٠٨٠٣١٢٣٤٥٦٧"}, [("phone_number", "invalid")]),
        ({"referral_code": "NOBODYS1"}, [("referral_code", "unknown")]),
    ],
)
def test_what_cannot_be_accepted_is_named_by_field_and_code(api, changes, faults):
    assert faults_in(sign_up(api, **changes)) == faults
    assert User.objects.filter(email__icontains="ada").count() == 0


@pytest.mark.parametrize(
    "read_only", [{"role": "superuser"}, {"is_staff": True}, {"kyc_tier": 3}, {"kyc_status": "approved"}, {"id": "1"}]
)
def test_nobody_promotes_themselves_by_sending_read_only_fields(api, read_only):
    user = sign_up(api, **read_only).json()["user"]

    assert (user["role"], user["kyc_tier"], user["kyc_status"]) == ("member", 0, "none")
    assert User.objects.get(pk=user["id"]).is_staff is False


def test_a_referral_code_in_small_letters_names_the_referrer(api):
    referrer = UserFactory.create(referral_code="ABCD2345")

    user = sign_up(api, referral_code="abcd2345").json()["user"]

    assert User.objects.get(pk=user["id"]).referred_by == referrer


def test_the_mailed_key_verifies_the_address_as_often_as_it_is_shown(api):
    sign_up(api)
    [facts] = facts_of_mails(to="ada.okafor@example.ng", kind="verify_email")
    assert facts["link"] == f"http://testserver/verify-email?key={facts['key'].replace(':', '%3A')}"

    answers = [api.post("/api/v1/auth/email/verify", {"key": facts["key"]}) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"email": "ada.okafor@example.ng", "is_verified": True})
    ] * 2
    assert User.objects.get(email="ada.okafor@example.ng").is_verified


@pytest.mark.parametrize("key", ["junk", "a:b:c", "ключ", "x" * 1999])
def test_a_key_that_is_not_ours_verifies_nothing(api, key):
    answer = api.post("/api/v1/auth/email/verify", {"key": key})

    assert (answer.status_code, answer.json()["code"]) == (400, "verification_key_invalid")


def test_asking_for_another_mail_says_the_same_whether_or_not_one_goes_out(api):
    UserFactory.create(email="waiting@example.ng", verified=False)
    UserFactory.create(email="verified@example.ng")

    answers = [
        api.post("/api/v1/auth/email/resend", {"email": email})
        for email in ("waiting@example.ng", "verified@example.ng", "nobody@example.ng")
    ]

    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 3
    sent = [
        len(facts_of_mails(to=f"{who}@example.ng", kind="verify_email")) for who in ("waiting", "verified", "nobody")
    ]
    assert sent == [1, 0, 0]


def test_whoever_is_signed_in_need_not_name_the_address(api, signed_in):
    waiting = UserFactory.create(verified=False)

    assert signed_in(waiting).post("/api/v1/auth/email/resend").status_code == 202

    assert len(facts_of_mails(to=waiting.email, kind="verify_email")) == 1
    nobody = api.post("/api/v1/auth/email/resend")
    assert faults_in(nobody) == [("email", "required")]
