"""Withdrawals wait for a day after a reset of the PIN, on a new device and to a new bank account."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.errors import WithdrawalsLockedError
from accounts.models import Pin, PinToken, Session
from accounts.services import Device, open_session, set_pin
from accounts.services.pin import verify_pin
from accounts.tests.factories import PASSWORD, PIN, UserFactory
from wallets.errors import BankAccountNotFoundError
from wallets.models import BankAccount, Withdrawal
from wallets.services import remove_bank_account, request_withdrawal
from wallets.tests.factories import fund, link_bank, spendable

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
OLD_PHONE = Device(user_agent="Ada's telephone", address="10.1.2.3")
NEW_PHONE = Device(user_agent="Somebody's telephone", address="10.9.9.9")


@pytest.fixture
def ada():
    person = UserFactory.create(first_name="Ada", last_name="Okafor", tier=1, pin=PIN)
    fund(person, 10_000_00)
    return person


@pytest.fixture
def bank(ada):
    return link_bank(ada)


def sign_in(person, device, at=None):
    open_session(user=person, device=device, at=at or timezone.now())
    return Session.objects.filter(user=person).latest("created_at")


def withdraw(person, bank, session=None, at=None):
    at = at or timezone.now()
    token = verify_pin(actor=person, pin=PIN, purpose=None, at=at, session=session).pin_token
    # A token ends by the real clock; what waits here goes by the given one.
    PinToken.objects.update(expires_at=timezone.now() + timedelta(minutes=5))
    return request_withdrawal(actor=person, bank_account_id=bank.pk, amount_kobo=100_00, pin_token=token, at=at)


def waits(act):
    """Until when and because of what `act` has to wait, or None."""
    try:
        act()
    except WithdrawalsLockedError as refusal:
        return datetime.fromisoformat(str(refusal.extra["locked_until"])), refusal.extra["because"]
    return None


def test_who_has_just_arrived_waits_for_nothing(ada, bank):
    session = sign_in(ada, OLD_PHONE)
    Pin.objects.filter(user=ada).delete()
    set_pin(actor=ada, pin=PIN, password=PASSWORD, at=timezone.now())

    assert waits(lambda: withdraw(ada, bank, session)) is None


def test_after_a_reset_of_the_pin_withdrawals_wait_and_a_change_makes_nobody_wait(ada, bank):
    at = timezone.now().replace(microsecond=0)
    set_pin(actor=ada, pin=PIN, old_pin=PIN, at=at)
    assert waits(lambda: withdraw(ada, bank, at=at)) is None

    set_pin(actor=ada, pin=PIN, password=PASSWORD, at=at)

    assert waits(lambda: withdraw(ada, bank, at=at)) == (at + DAY, "pin_reset")
    assert waits(lambda: withdraw(ada, bank, at=at + DAY - timedelta(seconds=1))) == (at + DAY, "pin_reset")
    assert waits(lambda: withdraw(ada, bank, at=at + DAY)) is None


def test_a_new_device_waits_and_the_old_one_does_not(ada, bank):
    at = timezone.now().replace(microsecond=0)
    old = sign_in(ada, OLD_PHONE, at)
    new = sign_in(ada, NEW_PHONE, at)

    assert waits(lambda: withdraw(ada, bank, new, at)) == (at + DAY, "new_device")
    assert waits(lambda: withdraw(ada, bank, old, at)) is None
    assert waits(lambda: withdraw(ada, bank, new, at + DAY)) is None


def test_signing_in_again_neither_ends_the_wait_nor_begins_it_anew(ada, bank):
    at = timezone.now().replace(microsecond=0)
    sign_in(ada, OLD_PHONE, at)
    sign_in(ada, NEW_PHONE, at)

    again = sign_in(ada, NEW_PHONE, at + timedelta(hours=20))
    assert waits(lambda: withdraw(ada, bank, again, at + timedelta(hours=20))) == (at + DAY, "new_device")

    known = sign_in(ada, NEW_PHONE, at + DAY)
    assert waits(lambda: withdraw(ada, bank, known, at + DAY)) is None


def test_a_second_bank_account_waits_and_the_first_does_not(ada, bank):
    other = link_bank(ada, account_number="0123456789")
    BankAccount.objects.filter(pk=bank.pk).update(created_at=timezone.now() - timedelta(days=30))
    other.refresh_from_db()

    assert waits(lambda: withdraw(ada, other)) == (other.created_at + DAY, "new_bank_account")
    assert waits(lambda: withdraw(ada, bank)) is None
    BankAccount.objects.filter(pk=other.pk).update(created_at=timezone.now() - DAY)
    assert waits(lambda: withdraw(ada, other)) is None


def test_linking_an_account_again_begins_no_wait_and_swapping_the_only_one_does(ada, bank, pin_token):
    BankAccount.objects.update(created_at=timezone.now() - timedelta(days=30))
    remove_bank_account(actor=ada, bank_account_id=bank.pk, pin_token=pin_token(ada), at=timezone.now())

    other = link_bank(ada, account_number="0123456789")
    assert waits(lambda: withdraw(ada, other)) is not None
    again = link_bank(ada)
    assert waits(lambda: withdraw(ada, again)) is None
    with pytest.raises(BankAccountNotFoundError):
        withdraw(ada, bank)


def test_over_http_the_refusal_says_until_when_holds_nothing_and_leaves_the_token(ada, bank, api):
    sign_in(ada, OLD_PHONE)
    tokens = open_session(user=ada, device=NEW_PHONE, at=timezone.now())
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    token = api.post("/api/v1/auth/pin/verify", {"pin": PIN, "purpose": "withdraw"}).json()["pin_token"]

    headers = {"Idempotency-Key": uuid4().hex, "X-Pin-Token": token}
    body = {"amount": "100.00", "bank_account_id": str(bank.pk)}
    answer = api.post("/api/v1/wallet/withdraw", body, format="json", headers=headers)

    until = Session.objects.filter(user_agent=NEW_PHONE.user_agent).get().cooling_off_until
    assert (answer.status_code, answer.json()["code"], answer.json()["because"]) == (
        403,
        "withdrawals_locked",
        "new_device",
    )
    assert datetime.fromisoformat(answer.json()["locked_until"]) == until
    assert (Withdrawal.objects.count(), spendable(ada)) == (0, 10_000_00)
    assert PinToken.objects.get().used_at is None
