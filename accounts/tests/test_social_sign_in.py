"""POST /auth/social/google and /apple: good tokens, forged ones, and whose account they lead to."""

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialLogin
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.providers.id_tokens import forget_keys
from accounts.services import ban_user
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.issuers import Issuer, serving
from accounts.tests.races import at_once
from contri.core.moments import rfc3339

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def published():
    with serving(Issuer()) as issuer:
        yield issuer


@pytest.fixture
def issuer(published, settings):
    settings.GOOGLE_JWKS_URL = settings.APPLE_JWKS_URL = published.url
    settings.GOOGLE_CLIENT_IDS = ["contri-ios.apps.googleusercontent.com", "contri-web.apps.googleusercontent.com"]
    settings.APPLE_CLIENT_IDS = ["ng.contri.app"]
    forget_keys()
    published.kid, published.fetches, published.is_away = "key-1", 0, False
    return published


def google(api, token, **more):
    return api.post("/api/v1/auth/social/google", {"id_token": token, **more})


def apple(api, token, **more):
    return api.post("/api/v1/auth/social/apple", {"id_token": token, **more})


def refused(answer):
    return (answer.status_code, answer.json()["code"]) == (401, "invalid_id_token")


# --- coming in


def test_a_newcomer_gets_an_account_and_the_second_time_it_is_theirs(api, issuer):
    first, second = (google(api, issuer.sign(issuer.google())) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert set(first.json()) == {"user", "access", "refresh", "created"}
    assert (first.json()["created"], second.json()["created"]) == (True, False)
    assert first.json()["user"]["id"] == second.json()["user"]["id"]
    user = first.json()["user"]
    assert (user["email"], user["first_name"], user["last_name"], user["is_verified"]) == (
        "ada.obi@gmail.com",
        "Ada",
        "Obi",
        True,
    )
    me = api.get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {second.json()['access']}")
    assert me.status_code == 200


def test_apples_truth_may_be_text_and_the_name_comes_from_the_app(api, issuer):
    answer = apple(api, issuer.sign(issuer.apple()), first_name="Bola", last_name="Adeyemi")

    user = answer.json()["user"]
    assert (answer.status_code, user["first_name"], user["is_verified"]) == (201, "Bola", True)


def test_apple_may_leave_the_address_out_after_the_first_time(api, issuer):
    apple(api, issuer.sign(issuer.apple()))
    claims = issuer.apple()
    del claims["email"], claims["email_verified"]

    assert apple(api, issuer.sign(claims)).status_code == 200
    claims["sub"] = "somebody new"
    answer = apple(api, issuer.sign(claims))
    assert (answer.status_code, answer.json()["code"]) == (400, "social_address_missing")


def test_an_old_access_token_beside_the_id_token_is_no_obstacle(api, issuer):
    api.credentials(HTTP_AUTHORIZATION="Bearer expired")

    assert google(api, issuer.sign(issuer.google())).status_code == 201


def test_the_subject_identifies_not_the_address(api, issuer):
    first = google(api, issuer.sign(issuer.google())).json()["user"]

    moved = google(api, issuer.sign(issuer.google(email="new@gmail.com"))).json()["user"]

    assert moved["id"] == first["id"]
    assert User.objects.count() == 2  # Contri itself is the other one


# --- whose account


def test_a_proved_address_leads_to_the_account_whose_owner_proved_it_too(api, issuer):
    ada = UserFactory.create(email="ada.obi@gmail.com")

    answer = google(api, issuer.sign(issuer.google()))

    assert (answer.status_code, answer.json()["user"]["id"]) == (200, str(ada.pk))
    assert [notice.title for notice in ada.notifications.all()] == ["Google signs you in from now on"]


@pytest.mark.parametrize(
    ("local", "claims"),
    [
        ({"verified": False}, {}),
        ({}, {"email_verified": False}),
        ({}, {"email": "ada@firm.ng"}),
        ({"is_staff": True}, {}),
    ],
    ids=["never verified here", "not verified there", "mailbox run by neither", "staff"],
)
def test_an_address_alone_does_not_lead_into_an_account(api, issuer, local, claims):
    email = str(claims.get("email", "ada.obi@gmail.com")).lower()
    UserFactory.create(email=email, **local)

    answer = google(api, issuer.sign(issuer.google(**claims)))

    assert (answer.status_code, answer.json()["code"]) == (409, "social_link_refused")
    assert SocialAccount.objects.count() == 0


def test_a_hosted_domain_is_run_by_google(api, issuer):
    UserFactory.create(email="ada@firm.ng")

    assert google(api, issuer.sign(issuer.google(email="ada@firm.ng", hd="firm.ng"))).status_code == 200


def test_an_unproved_address_of_a_newcomer_waits_for_verification(api, issuer):
    answer = google(api, issuer.sign(issuer.google(email_verified=False)))

    assert (answer.status_code, answer.json()["user"]["is_verified"]) == (201, False)


def test_a_banned_person_stays_out(api, issuer):
    user_id = google(api, issuer.sign(issuer.google())).json()["user"]["id"]
    ban_user(actor=UserFactory.create(is_staff=True), user_id=user_id, reason="fraud", at=timezone.now())

    answer = google(api, issuer.sign(issuer.google()))

    assert (answer.status_code, answer.json()["code"]) == (403, "account_disabled")


# --- forged tokens


def hs256_with_the_public_key(issuer):
    public = issuer.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = b".".join(_b64(part) for part in ({"alg": "HS256", "kid": issuer.kid}, issuer.google()))
    signature = base64.urlsafe_b64encode(hmac.new(public, signed, hashlib.sha256).digest()).rstrip(b"=")
    return (signed + b"." + signature).decode()


def _b64(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")


def without(claims, name):
    return {key: value for key, value in claims.items() if key != name}


FORGERIES = {
    "alg none": lambda i: jwt.encode(i.google(), "", algorithm="none", headers={"kid": i.kid}),
    "HS256 with the public key": hs256_with_the_public_key,
    "no kid": lambda i: jwt.encode(i.google(), i.private_key, algorithm="RS256"),
    "kid is a number": lambda i: b".".join([_b64({"alg": "RS256", "kid": 1}), _b64({}), b"x"]).decode(),
    "unknown kid": lambda i: i.sign(i.google(), kid="key-9"),
    "another key": lambda i: jwt.encode(
        i.google(), rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256", headers={"kid": i.kid}
    ),
    "no exp": lambda i: i.sign(without(i.google(), "exp")),
    "no iat": lambda i: i.sign(without(i.google(), "iat")),
    "no sub": lambda i: i.sign(without(i.google(), "sub")),
    "sub is a number": lambda i: i.sign(i.google(sub=1)),
    "expired": lambda i: i.sign(i.google(exp=int(time.time()) - 60)),
    "not yet valid": lambda i: i.sign(i.google(nbf=int(time.time()) + 3600)),
    "made in the future": lambda i: i.sign(i.google(iat=int(time.time()) + 3600)),
    "another app": lambda i: i.sign(i.google(aud="somebody-elses-app")),
    "no audience": lambda i: i.sign(without(i.google(), "aud")),
    "another issuer": lambda i: i.sign(i.google(iss="https://accounts.google.com.evil.ng")),
    "Apple's issuer": lambda i: i.sign(i.google(iss="https://appleid.apple.com")),
    "altered": lambda i: i.sign(i.google())[:-6] + "AAAAAA",
    "junk": lambda i: "junk",
    "not ascii": lambda i: "ñ.ñ.ñ",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_refused(api, issuer, forgery):
    answer = google(api, FORGERIES[forgery](issuer))

    assert refused(answer)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_google_may_leave_the_scheme_of_its_issuer_out(api, issuer):
    assert google(api, issuer.sign(issuer.google(iss="accounts.google.com"))).status_code == 201


@pytest.mark.parametrize(
    ("claim", "sent", "is_good"),
    [("n-1", "n-1", True), ("n-2", "n-1", False), (None, "n-1", False), ("", "n-1", False), ("n-1", None, True)],
)
def test_googles_nonce_is_as_it_was_sent(api, issuer, claim, sent, is_good):
    claims = issuer.google(**({} if claim is None else {"nonce": claim}))

    answer = google(api, issuer.sign(claims), **({} if sent is None else {"nonce": sent}))

    assert answer.status_code == 201 if is_good else refused(answer)


def test_apples_nonce_is_the_hash_of_what_was_sent(api, issuer):
    hashed = hashlib.sha256(b"n-1").hexdigest()

    assert refused(apple(api, issuer.sign(issuer.apple(nonce="n-1")), nonce="n-1"))
    assert apple(api, issuer.sign(issuer.apple(nonce=hashed)), nonce="n-1").status_code == 201


def test_without_a_client_id_of_ours_nobody_comes_in(api, issuer, settings):
    settings.GOOGLE_CLIENT_IDS = []

    assert refused(google(api, issuer.sign(issuer.google(aud=[]))))


def test_a_provider_that_is_neither_is_not_there(api):
    answer = api.post("/api/v1/auth/social/facebook", {"id_token": "x"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# --- the keys


def test_keys_are_fetched_once_and_once_more_for_an_unknown_one(api, issuer):
    for _ in range(3):
        google(api, issuer.sign(issuer.google()))
    assert issuer.fetches == 1

    for _ in range(3):
        google(api, issuer.sign(issuer.google(), kid="key-9"))
    assert issuer.fetches == 1, "not within seconds of the last look"


def test_a_rotated_key_is_found(api, issuer, monkeypatch):
    monkeypatch.setattr("accounts.providers.id_tokens.BETWEEN_LOOKS", 0.0)
    google(api, issuer.sign(issuer.google()))
    issuer.kid = "key-2"

    assert google(api, issuer.sign(issuer.google())).status_code == 200
    assert issuer.fetches == 2


def test_keys_that_cannot_be_fetched_are_nobodys_fault(api, issuer):
    issuer.is_away = True

    answer = google(api, issuer.sign(issuer.google()))

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "sign_in_unavailable", "5")


# --- linked accounts


def test_linked_accounts_are_listed_and_unlinked(api, issuer, signed_in):
    ada = UserFactory.create(email="ada.obi@gmail.com")
    google(api, issuer.sign(issuer.google()))
    client = signed_in(ada)

    assert [row["provider"] for row in client.get("/api/v1/auth/social").json()] == ["google"]
    assert client.delete("/api/v1/auth/social/google").status_code == 204
    again = client.delete("/api/v1/auth/social/google")
    assert (again.status_code, again.json()["code"]) == (404, "social_identity_not_found")
    assert ada.check_password(PASSWORD)


def test_the_only_way_in_cannot_be_unlinked(api, issuer):
    access = google(api, issuer.sign(issuer.google())).json()["access"]

    answer = api.delete("/api/v1/auth/social/google", HTTP_AUTHORIZATION=f"Bearer {access}")

    assert (answer.status_code, answer.json()["code"]) == (409, "last_sign_in_method")


def link(client, token, **more):
    return client.put("/api/v1/auth/social/google", {"id_token": token, **more}, format="json")


def test_whoever_is_signed_in_links_an_account_with_their_password(api, issuer, signed_in):
    ada = UserFactory.create(email="ada@firm.ng")
    token = issuer.sign(issuer.google(email="ada@firm.ng"))
    assert google(api, token).json()["code"] == "social_link_refused"
    client = signed_in(ada)

    without, wrong = link(client, token), link(client, token, password="not mine")
    linked, again = (link(client, token, password=PASSWORD) for _ in range(2))

    assert [(answer.status_code, answer.json()["code"]) for answer in (without, wrong)] == [
        (403, "invalid_credentials"),
        (403, "invalid_credentials"),
    ]
    row = SocialAccount.objects.get(user=ada)
    assert (linked.status_code, linked.json()) == (
        200,
        {
            "provider": "google",
            "email": "ada@firm.ng",
            "created_at": rfc3339(row.date_joined),
            "last_used_at": rfc3339(row.last_login),
        },
    )
    assert again.json() == linked.json() == client.get("/api/v1/auth/social").json()[0]
    assert [notice.title for notice in ada.notifications.all()] == ["Google signs you in from now on"]
    assert google(api, token).json()["user"]["id"] == str(ada.pk)


def test_an_account_that_signs_somebody_else_in_and_a_second_one_are_not_linked(api, issuer, signed_in):
    google(api, issuer.sign(issuer.google()))
    bola = signed_in(UserFactory.create())

    taken = link(bola, issuer.sign(issuer.google()), password=PASSWORD)
    mine = link(bola, issuer.sign(issuer.google(sub="7")), password=PASSWORD)
    second = link(bola, issuer.sign(issuer.google(sub="8")), password=PASSWORD)

    assert (taken.status_code, taken.json()["code"]) == (409, "social_account_taken")
    assert mine.status_code == 200
    assert (second.status_code, second.json()["code"]) == (409, "social_account_linked")
    assert SocialAccount.objects.count() == 2


def test_a_forged_token_links_nothing_and_nobody_links_unsigned(api, issuer, signed_in):
    client = signed_in(UserFactory.create())

    assert refused(link(client, FORGERIES["no exp"](issuer), password=PASSWORD))
    assert link(api, issuer.sign(issuer.google()), password=PASSWORD).status_code == 401
    assert SocialAccount.objects.count() == 0


def test_an_address_is_shown_although_apple_leaves_it_out_later(api, issuer):
    apple(api, issuer.sign(issuer.apple()))
    claims = issuer.apple()
    del claims["email"], claims["email_verified"]
    access = apple(api, issuer.sign(claims)).json()["access"]

    rows = api.get("/api/v1/auth/social", HTTP_AUTHORIZATION=f"Bearer {access}").json()
    assert [(row["provider"], row["email"]) for row in rows] == [("apple", "xyz@privaterelay.appleid.com")]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_newcomer_eight_times_at_once_is_one_account(issuer):
    token = issuer.sign(issuer.google())
    google(APIClient(), token[:-8])

    codes = at_once(8, lambda: google(APIClient(), token).status_code)

    assert sorted(codes) == [200] * 7 + [201]
    assert SocialAccount.objects.count() == 1


@pytest.mark.django_db
def test_a_newcomer_whose_account_another_call_opened_between_two_looks_comes_in(issuer, monkeypatch):
    token = issuer.sign(issuer.google())
    assert google(APIClient(), token).status_code == 201
    # The first look is one of before the account was there, the look for its address one of after.
    looks = iter([lambda login: None, SocialLogin.lookup])
    monkeypatch.setattr(SocialLogin, "lookup", lambda login: next(looks)(login))

    assert google(APIClient(), token).status_code == 200
    assert SocialAccount.objects.count() == 1
