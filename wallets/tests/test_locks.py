"""Each lock of the calls that move money, met by a second call at the one moment at which it counts; and taken away.

The first call has done its work and not committed. The second one must wait for it, and then see what it did. A probe
is green when its lock stands, and red without it: nothing here depends on who happens to be faster.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.errors import PinTokenInvalidError
from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.money import CURRENCY
from wallets.errors import LimitExceededError
from wallets.models import Transaction, Wallet
from wallets.services import opening, request_withdrawal
from wallets.tests.factories import fund, link_bank, send, spendable

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TRANSFER = "wallets/sql/transfer.sql"
PROOFS = "accounts/sql/proofs.sql"
WAIT_SECONDS = 20.0


@dataclass(frozen=True)
class Lock:
    """A lock by its name, what it is there for, and how it is taken away."""

    name: str
    probe: Callable[..., None]
    removal: Callable[[], object]

    def __str__(self) -> str:
        return self.name


def overtaken(first, second):
    """What `second` returns or raises when it starts after `first` has done its work, and before that is committed."""
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            first()
            result = thread.submit(in_a_connection_of_its_own, second)
            wait_until_it_waits(result)
        return result.result(timeout=WAIT_SECONDS)


def in_a_connection_of_its_own(call):
    try:
        return call()
    finally:
        connection.close()


def wait_until_it_waits(result: "Future[object]") -> None:
    """Until the other call waits for a lock of ours, or has ended without needing one."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not result.done():
        assert time.monotonic() < deadline, "it neither waits nor ends"
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
            if cursor.fetchall():
                return
        time.sleep(0.01)


# --- the locks


def second_transfer_sees_the_first_ones_outflow(pin_token):
    sender, payee = UserFactory.create(tier=0), UserFactory.create(tier=3)
    fund(sender, 50_000_00)
    fund(payee, 1)
    one, other = pin_token(sender), pin_token(sender)

    with pytest.raises(LimitExceededError):
        overtaken(
            lambda: send(sender, payee, 15_000_00, pin_token=one),
            lambda: send(sender, payee, 15_000_00, pin_token=other),
        )
    assert spendable(payee) == 15_000_01


def second_transfer_sees_what_the_recipient_holds(pin_token):
    one, other, payee = UserFactory.create(tier=3), UserFactory.create(tier=3), UserFactory.create(tier=0)
    for person in (one, other, payee):
        fund(person, 30_000_00)
    ones, others = pin_token(one), pin_token(other)

    with pytest.raises(LimitExceededError):
        overtaken(
            lambda: send(one, payee, 15_000_00, pin_token=ones),
            lambda: send(other, payee, 15_000_00, pin_token=others),
        )
    assert spendable(payee) == 45_000_00


def second_use_of_a_pin_token_sees_the_first(pin_token):
    sender, payee = UserFactory.create(tier=3), UserFactory.create(tier=3)
    fund(sender, 50_000_00)
    fund(payee, 1)
    token = pin_token(sender)

    with pytest.raises(PinTokenInvalidError):
        overtaken(
            lambda: send(sender, payee, 100, pin_token=token),
            lambda: send(sender, payee, 100, pin_token=token),
        )
    assert spendable(payee) == 101


def second_call_with_a_key_gets_the_first_ones_answer(pin_token):
    sender, payee = UserFactory.create(tier=3), UserFactory.create(tier=3)
    fund(sender, 50_000_00)
    fund(payee, 1)
    one, other = pin_token(sender), pin_token(sender)

    line = overtaken(
        lambda: send(sender, payee, 100, pin_token=one, key="once"),
        lambda: send(sender, payee, 100, pin_token=other, key="once"),
    )
    assert line == Transaction.objects.get(wallet__user=sender)
    assert spendable(payee) == 101


def second_withdrawal_sees_the_first_ones_outflow(pin_token):
    ada = UserFactory.create(tier=1)
    fund(ada, 100_000_000)
    bank = link_bank(ada)
    one, other = pin_token(ada, PinPurpose.WITHDRAW), pin_token(ada, PinPurpose.WITHDRAW)

    def withdraw(token):
        return request_withdrawal(
            actor=ada, bank_account_id=bank.pk, amount_kobo=3_000_000, pin_token=token, at=timezone.now()
        )

    with pytest.raises(LimitExceededError):
        overtaken(lambda: withdraw(one), lambda: withdraw(other))


def replaced(path, function, line, instead):
    """The removal of one line of a SQL function."""
    source = (Path(settings.BASE_DIR) / path).read_text(encoding="utf-8")
    [body] = re.findall(rf"CREATE FUNCTION {function}\b.*?\$\$;", source, re.DOTALL)
    assert line in body, f"{function} has no line {line!r}"

    @contextmanager
    def removal():
        define = body.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        execute(define.replace(line, instead))
        try:
            yield
        finally:
            execute(define)

    return removal


@contextmanager
def without_the_unique_key():
    execute("ALTER TABLE core_idempotencyrecord DROP CONSTRAINT idempotency_key_once_per_user")
    try:
        yield
    finally:
        execute("TRUNCATE core_idempotencyrecord")
        execute("ALTER TABLE core_idempotencyrecord ADD CONSTRAINT idempotency_key_once_per_user UNIQUE (user_id, key)")


@contextmanager
def unlocked_wallets():
    def found(user_ids):
        rows = Wallet.objects.filter(user_id__in=user_ids, currency=CURRENCY).select_related("user")
        return {wallet.user_id: wallet for wallet in rows}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_locked", found)
        yield


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


WALLETS_LOCK = "PERFORM FROM wallets_wallet WHERE id IN (p_sending, p_receiving) ORDER BY id FOR NO KEY UPDATE;"
LOCKS = [
    Lock(
        "the sender's wallet in a transfer",
        second_transfer_sees_the_first_ones_outflow,
        replaced(TRANSFER, "wallet_transfer_made", WALLETS_LOCK, ""),
    ),
    Lock(
        "the recipient's wallet in a transfer",
        second_transfer_sees_what_the_recipient_holds,
        replaced(TRANSFER, "wallet_transfer_made", "id IN (p_sending, p_receiving)", "id = p_sending"),
    ),
    Lock(
        "the PIN token",
        second_use_of_a_pin_token_sees_the_first,
        replaced(PROOFS, "account_use_pin_token", " AND used_at IS NULL", ""),
    ),
    Lock("the key", second_call_with_a_key_gets_the_first_ones_answer, without_the_unique_key),
    Lock("the wallet in a withdrawal", second_withdrawal_sees_the_first_ones_outflow, unlocked_wallets),
]


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_the_second_call_waits_and_sees_what_the_first_did(lock, pin_token):
    lock.probe(pin_token)


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_without_the_lock_its_probe_is_red(lock, pin_token):
    with lock.removal(), pytest.raises((AssertionError, pytest.fail.Exception, ProgrammingError)):
        lock.probe(pin_token)
