"""What tests of every app start from: somebody who is signed in, and their PIN token."""

from collections.abc import Callable, Iterator

import channels.consumer
import channels.db
import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.contrib.auth.signals import user_logged_in
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import PinPurpose, User
from accounts.services.pin_tokens import issue_pin_token
from accounts.services.sessions import Device, open_session

PHONE = Device(user_agent="contri-tests", address="127.0.0.1")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Making and dropping a test database waits for a checkpoint: however long the disk takes, that is no fault."""
    options = connection.settings_dict["OPTIONS"]
    options["options"] = options["options"].replace("statement_timeout=5000", "statement_timeout=120000")


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """PINs, whose cost a test is about, keep theirs."""
    with override_settings(PASSWORD_HASHERS=["accounts.tests.hashers.CheapArgon2"]):
        yield


@pytest.fixture
def api() -> APIClient:
    """Nobody in particular."""
    return APIClient()


@pytest.fixture
def signed_in() -> Callable[[User], APIClient]:
    """`signed_in(user)`: a client with an access token of a session of theirs, as after logging in."""

    def client_of(user: User) -> APIClient:
        tokens = open_session(user=user, device=PHONE, at=timezone.now())
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
        return client

    return client_of


@pytest.fixture
def pin_token() -> Callable[..., str]:
    """`pin_token(user, purpose)`: a fresh token, as after giving the PIN."""

    def token_of(user: User, purpose: PinPurpose | None = None) -> str:
        with transaction.atomic():
            return issue_pin_token(user=user, purpose=purpose, at=timezone.now()).pin_token

    return token_of


@pytest.fixture
def the_tests_own_connection_stays_open(monkeypatch):
    """Channels gives a socket's connection back after each step; here it is the test's, amid a transaction."""

    async def keep_open():
        pass

    monkeypatch.setattr(channels.consumer, "aclose_old_connections", keep_open)
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`await committed(act)`: what `act` does, and then what follows its commit (the test itself never commits)."""

    def run(act):
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return sync_to_async(run)


@pytest.fixture(autouse=True)
def staff_who_sign_in_by_force_have_a_second_factor() -> Iterator[None]:
    """`client.force_login(staff)` opens the staff desk; the real way in is tested in contri/desk/tests."""

    def use_second_factor(sender: object, request: HttpRequest, user: User, **_signal: object) -> None:
        # The test client makes up a request without a path; a browser's has one.
        if user.is_staff and not request.path:
            kept, _ = Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
            record_authentication(request, user, "mfa", id=kept.pk, type="totp")

    user_logged_in.connect(use_second_factor)
    yield
    user_logged_in.disconnect(use_second_factor)
