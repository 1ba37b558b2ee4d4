"""Many at once on the same accounts: real threads, real commits."""

import random
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from wallets import ledger
from wallets.ledger import Leg, Movement
from wallets.models.ledger import LedgerAccount, LedgerJournal, Purpose
from wallets.services.folding import fold_ledger
from wallets.tests.ledger.attacks import sql
from wallets.tests.ledger.books import (
    available,
    clearing,
    event,
    holdings,
    ledger_findings,
    move,
    promise,
    release,
    reverse,
    settle,
    wallet,
)
from wallets.tests.ledger.effort import effort
from wallets.tests.ledger.racing import at_once, tally

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("scratch_books")]


@pytest.mark.parametrize("_round", range(effort(1, 100)))
def test_fifty_racing_debits_take_exactly_what_is_there(_round):
    ada, bola = wallet(1000), wallet()

    results = at_once(50, lambda number: move(ada, bola, 100))

    assert tally(results) == {"Posting": 10, "InsufficientFundsError": 40}
    assert (available(ada), available(bola)) == (0, 1000)
    assert ledger_findings() == []


def test_opposite_transfers_never_wait_for_each_other():
    ada, bola = wallet(10_000), wallet(10_000)

    def back_and_forth(number):
        debit, credit = (ada, bola) if number % 2 else (bola, ada)
        return [move(debit, credit, 10) for _ in range(effort(5, 500))]

    results = at_once(32, back_and_forth)

    assert tally(results) == {"list": 32}
    assert (available(ada), available(bola)) == (10_000, 10_000)


def test_events_of_many_legs_in_any_order_never_wait_for_each_other():
    accounts = [wallet(10_000) for _ in range(4)]

    pairs = list(permutations(accounts, 2))

    @transaction.atomic
    def there_and_elsewhere(number):
        chance = random.Random(number)
        legs = [Leg(*chance.choice(pairs), 10, "round") for _ in range(6)]
        return ledger.post(scope="round", key=str(number), legs=legs, **event())

    results = at_once(24, there_and_elsewhere)

    assert tally(results) == {"Posting": 24}
    assert sum(available(account) for account in accounts) == 40_000


def test_without_their_locks_events_of_many_legs_do_wait_for_each_other():
    accounts = [wallet(10_000) for _ in range(4)]
    sql("CREATE OR REPLACE FUNCTION ledger_lock(accounts uuid[]) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'")
    pairs = list(permutations(accounts, 2))

    @transaction.atomic
    def there_and_elsewhere(number):
        chance = random.Random(number)
        legs = [Leg(*chance.choice(pairs), 10, "round") for _ in range(12)]
        return ledger.post(scope="round", key=str(number), legs=legs, **event())

    results = at_once(16, there_and_elsewhere)

    assert "OperationalError" in tally(results)
    assert sum(available(account) for account in accounts) == 40_000


def test_a_hundred_calls_with_one_key_have_one_effect_and_one_answer():
    ada, bola = wallet(1000), wallet()

    results = at_once(100, lambda number: move(ada, bola, 100, key="once"))

    assert {(posting.journal_id, posting.transfer_ids) for posting in results} == {
        (results[0].journal_id, results[0].transfer_ids)
    }
    assert sum(not posting.is_replay for posting in results) == 1
    assert available(bola) == 100


def test_a_hundred_refusals_with_one_key_are_one_refusal():
    ada, bola = wallet(), wallet()
    arguments = {"scope": "test", "key": "once", "legs": [Leg(ada, bola, 100, "transfer")], **event()}

    results = at_once(100, lambda number: ledger.post_and_keep(**arguments))

    assert tally(results) == {"InsufficientFundsError": 100}
    assert LedgerJournal.objects.filter(scope="test", key="once").count() == 1


def test_of_racing_settles_and_releases_one_wins():
    ada, bola = wallet(1000), wallet()
    held = promise(ada, bola, 700)

    results = at_once(20, lambda number: settle(held) if number % 2 else release(held))

    assert tally(results) == {"Posting": 1, "HoldResolvedError": 19}
    assert holdings(ada) in {(300, 0), (1000, 0)}
    assert holdings(ada)[0] + holdings(bola)[0] == 1000


def test_of_racing_reversals_one_wins():
    ada, bola = wallet(1000), wallet(5000)
    moved = move(ada, bola, 400).transfer_ids[0]

    results = at_once(20, lambda number: reverse(moved))

    assert tally(results) == {"Posting": 1, "AlreadyReversedError": 19}
    assert (available(ada), available(bola)) == (1000, 5000)


def test_holding_all_of_a_wallet_twice_at_once_holds_it_once():
    ada, provider = wallet(1000), clearing()

    results = at_once(8, lambda number: promise(ada, provider, 1000))

    assert tally(results) == {"UUID": 1, "InsufficientFundsError": 7}
    assert holdings(ada) == (0, 1000)


def test_collecting_a_cycle_by_several_workers_collects_it_once():
    members, pot = [wallet(1000) for _ in range(5)], wallet()
    claims = [
        Movement(key=str(member), source_id=UUID(int=7), debit=member, credit=pot, amount=600) for member in members
    ]

    @transaction.atomic
    def collect(number):
        LedgerAccount.objects.select_for_update().get(pk=pot)
        return ledger.post_each(
            scope="collect", source="contribution", kind="contribution", movements=claims, initiator_id=None
        )

    results = at_once(8, collect)

    assert sum(not outcome.posting.is_replay for outcomes in results for outcome in outcomes) == 5
    assert [available(account) for account in (*members, pot)] == [400] * 5 + [3000]


def test_an_account_opened_by_many_at_once_is_one_account():
    owner = uuid4()

    results = at_once(16, transaction.atomic(lambda number: ledger.account_for(owner_id=owner, purpose=Purpose.POT)))

    assert set(results) == {ledger.account_id(owner, Purpose.POT)}


def test_folding_while_others_post_loses_nothing():
    members, provider = [wallet() for _ in range(6)], clearing()

    def deposit_or_fold(number):
        if number >= len(members):
            return [fold_ledger(limit=3) for _ in range(20)]
        return [move(provider, members[number], 100, kind="deposit") for _ in range(10)]

    results = at_once(9, deposit_or_fold)
    fold_ledger()

    assert tally(results) == {"list": 9}
    assert LedgerAccount.objects.get(pk=provider).debits_posted == 6000
    assert ledger_findings() == []
