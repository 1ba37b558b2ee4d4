"""Keys are replaced while people go on: what the old ones made still holds, and the new ones take over."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.backends import TokenBackend

from accounts import tokens
from accounts.models import Pin
from accounts.pin_hashing import hash_pin, is_pin
from accounts.services.pin import check_pin
from accounts.services.sessions import Device, open_session
from accounts.tests.factories import PIN, UserFactory
from contri.core.crypto import keyed_hash
from contri.env import load
from contri.tests.environments import GOOD

pytestmark = pytest.mark.django_db
NEW = "a-fresh-key-of-more-than-thirty-two-characters"


def printed(kind: str) -> dict[str, str]:
    said = io.StringIO()
    call_command("new_keys", kind, stdout=said)
    return dict(line.split("=", 1) for line in said.getvalue().splitlines() if not line.startswith("#"))


def test_a_token_signed_under_the_old_key_is_good_until_it_expires(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory.create()
    pair = open_session(user=user, device=Device("tests", "127.0.0.1"), at=timezone.now())
    backend = TokenBackend("HS256", signing_key=NEW, issuer=settings.SIMPLE_JWT["ISSUER"])
    monkeypatch.setattr(tokens, "token_backend", backend)
    phone = APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    without_the_old = phone.get("/api/v1/users/me").status_code
    settings.OLD_JWT_SIGNING_KEYS = [settings.SIMPLE_JWT["SIGNING_KEY"]]
    with_the_old = phone.get("/api/v1/users/me").status_code
    renewed = phone.post("/api/v1/auth/refresh", {"refresh": pair.refresh}, format="json").json()

    assert (without_the_old, with_the_old) == (401, 200)
    assert backend.decode(renewed["access"])["token_type"] == "access"


def test_a_pin_moves_to_the_new_pepper_when_it_is_given(settings: Settings) -> None:
    user = UserFactory.create(pin=PIN)
    old_hash = Pin.objects.get(user=user).hash
    first = settings.PIN_PEPPER
    settings.PIN_PEPPER, settings.OLD_PIN_PEPPERS = NEW, [first]
    check_pin(user=user, pin=PIN, at=timezone.now())
    new_hash = Pin.objects.get(user=user).hash
    settings.OLD_PIN_PEPPERS = []

    assert new_hash != old_hash
    assert is_pin(new_hash, user_id=user.pk, pin=PIN)
    assert not is_pin(old_hash, user_id=user.pk, pin=PIN)
    assert not is_pin(new_hash, user_id=user.pk, pin="9137")


def test_what_is_found_by_its_hash_is_still_found(settings: Settings) -> None:
    before = keyed_hash("identity-bvn", "22212345678")
    settings.PIN_PEPPER, settings.OLD_PIN_PEPPERS = NEW, [settings.PIN_PEPPER]

    assert keyed_hash("identity-bvn", "22212345678") == before
    assert hash_pin(user_id=UserFactory.create().pk, pin=PIN)


@pytest.mark.parametrize("kind", ["jwt", "pepper", "field"])
def test_the_printed_lines_are_an_environment_that_starts(kind: str, settings: Settings) -> None:
    lines = printed(kind)
    environment = load(GOOD | lines)

    assert all(value not in GOOD.values() for value in lines.values())
    old = {
        "jwt": (environment.old_jwt_signing_keys, settings.SIMPLE_JWT["SIGNING_KEY"]),
        "pepper": (environment.old_pin_peppers, settings.PIN_PEPPER),
        "field": (environment.field_encryption_keys, settings.FIELD_ENCRYPTION_KEYS[0]),
    }[kind]
    assert old[1] in old[0]
