"""One key, one effect: the store behind the Idempotency-Key, without HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.idempotency import (
    Answer,
    IdempotencyInProgressError,
    IdempotencyKeyRequiredError,
    IdempotencyKeyReusedError,
    checked_key,
    claim_in_transaction,
    claim_with_lease,
    fingerprint_of,
    keep_answer,
    release,
)
from contri.core.models import IdempotencyRecord

ANSWER = Answer(201, "application/json", b'{"ok":true}')
TRANSFER = fingerprint_of("POST", "/api/v1/wallet/transfer", {"amount": "5.00"})
OTHER = fingerprint_of("POST", "/api/v1/wallet/transfer", {"amount": "6.00"})


@pytest.fixture
def user_id(db: None) -> UUID:
    return UserFactory.create().pk


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\n", "\x7f"])
def test_a_key_is_1_to_255_visible_ascii_characters(key: str) -> None:
    with pytest.raises(IdempotencyKeyRequiredError):
        checked_key(key)


def test_a_good_key_is_taken_as_it_is() -> None:
    assert checked_key("x" * 255) == "x" * 255


def test_the_order_of_a_bodys_fields_does_not_make_another_request() -> None:
    assert fingerprint_of("POST", "/p", {"a": 1, "b": 2}) == fingerprint_of("POST", "/p", {"b": 2, "a": 1})
    assert fingerprint_of("POST", "/p", {"a": 1}) != fingerprint_of("POST", "/q", {"a": 1})


def test_the_same_key_gets_the_first_answer_again(user_id: UUID) -> None:
    keep_answer(claim_in_transaction(user_id=user_id, key="k", fingerprint=TRANSFER), ANSWER)

    assert claim_in_transaction(user_id=user_id, key="k", fingerprint=TRANSFER).answer == ANSWER


def test_a_key_used_for_another_request_is_refused(user_id: UUID) -> None:
    keep_answer(claim_in_transaction(user_id=user_id, key="k", fingerprint=TRANSFER), ANSWER)

    with pytest.raises(IdempotencyKeyReusedError):
        claim_in_transaction(user_id=user_id, key="k", fingerprint=OTHER)


def test_two_users_may_use_the_same_key(user_id: UUID) -> None:
    keep_answer(claim_in_transaction(user_id=user_id, key="k", fingerprint=TRANSFER), ANSWER)

    assert claim_in_transaction(user_id=UserFactory.create().pk, key="k", fingerprint=OTHER).answer is None


def test_a_claim_that_is_rolled_back_leaves_the_key_free(user_id: UUID) -> None:
    with transaction.atomic():
        claim_in_transaction(user_id=user_id, key="k", fingerprint=TRANSFER)
        transaction.set_rollback(True)

    assert not IdempotencyRecord.objects.exists()


def test_a_released_lease_leaves_the_key_free(user_id: UUID) -> None:
    release(claim_with_lease(user_id=user_id, key="k", fingerprint=TRANSFER))

    assert claim_with_lease(user_id=user_id, key="k", fingerprint=OTHER).answer is None


def test_a_lease_that_ran_out_is_taken_over(user_id: UUID) -> None:
    first = claim_with_lease(user_id=user_id, key="k", fingerprint=TRANSFER)
    IdempotencyRecord.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    again = claim_with_lease(user_id=user_id, key="k", fingerprint=TRANSFER)

    assert (again.record_id, again.answer) == (first.record_id, None)


def test_a_lease_that_runs_is_in_progress_for_everyone_else(user_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contri.core.idempotency.SHORT_WAIT_SECONDS", 0.2)
    claim_with_lease(user_id=user_id, key="k", fingerprint=TRANSFER)

    with pytest.raises(IdempotencyInProgressError) as refused:
        claim_with_lease(user_id=user_id, key="k", fingerprint=TRANSFER)

    assert refused.value.retry_after == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("claim", [claim_in_transaction, claim_with_lease])
def test_of_many_calls_at_once_with_one_key_exactly_one_does_the_work(claim: Callable[..., object]) -> None:
    user_id = UserFactory.create().pk

    def call(_: int) -> bool:
        try:
            with transaction.atomic(durable=False):
                mine = claim(user_id=user_id, key="k", fingerprint=TRANSFER)
                if mine.answer is None:  # type: ignore[attr-defined]
                    keep_answer(mine, ANSWER)  # type: ignore[arg-type]
            return mine.answer is None  # type: ignore[attr-defined]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        did_the_work = list(threads.map(call, range(40)))

    assert did_the_work.count(True) == 1
