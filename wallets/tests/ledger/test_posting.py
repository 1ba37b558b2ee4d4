"""What a post does, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from contri.core.locking import NoTransactionError
from wallets import ledger
from wallets.errors import AccountNotOpenError, AlreadyReversedError, HoldResolvedError, InsufficientFundsError
from wallets.ledger import Balance, LedgerMisuseError, Leg, Movement
from wallets.models.ledger import AccountStatus, LedgerAccount, LedgerJournal, LedgerTransfer, Purpose
from wallets.services.folding import fold_ledger
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

pytestmark = pytest.mark.django_db


def post(*legs, key="once", **changes):
    return ledger.post(scope="test", key=key, legs=legs, **event(**changes))


def test_a_transfer_leaves_one_wallet_and_arrives_in_the_other():
    ada, bola = wallet(1000), wallet()

    move(ada, bola, 400)

    assert (available(ada), available(bola)) == (600, 400)


def test_a_transfer_row_tells_both_sequences_and_both_balances():
    ada, bola = wallet(1000), wallet(50)

    posting = move(ada, bola, 400)

    row = LedgerTransfer.objects.get(pk=posting.transfer_ids[0])
    assert (row.debit_seq, row.debit_after, row.credit_seq, row.credit_after) == (2, 600, 2, 450)


def test_all_legs_of_an_event_move_or_none():
    ada, bola, chidi = wallet(1000), wallet(), wallet()

    with pytest.raises(InsufficientFundsError):
        post(Leg(ada, bola, 700, "transfer"), Leg(ada, chidi, 301, "transfer"))

    assert [available(ada), available(bola), available(chidi)] == [1000, 0, 0]


def test_a_later_leg_may_spend_what_an_earlier_one_brought():
    ada, bola, chidi = wallet(1000), wallet(), wallet()

    post(Leg(ada, bola, 1000, "transfer"), Leg(bola, chidi, 1000, "transfer"))

    assert [available(ada), available(bola), available(chidi)] == [0, 0, 1000]


def test_one_kobo_more_than_there_is_is_refused():
    ada, bola = wallet(1000), wallet()

    with pytest.raises(InsufficientFundsError):
        move(ada, bola, 1001)

    move(ada, bola, 1000)
    assert available(ada) == 0


def test_the_same_key_again_gets_the_first_posting():
    ada, bola = wallet(1000), wallet()

    first = move(ada, bola, 400, key="once")
    again = move(ada, bola, 400, key="once")

    assert not first.is_replay
    assert again.is_replay
    assert (again.journal_id, again.transfer_ids) == (first.journal_id, first.transfer_ids)
    assert available(bola) == 400


def test_the_legs_of_a_replay_come_in_their_order():
    ada, bola = wallet(1000), wallet()
    legs = [Leg(ada, bola, 1 + number, "transfer") for number in range(12)]

    assert post(*legs).transfer_ids == post(*legs).transfer_ids


@pytest.mark.parametrize("change", [{"amount": 401}, {"kind": "gift"}])
def test_the_same_key_for_another_event_is_a_mistake(change):
    ada, bola = wallet(1000), wallet()
    leg = Leg(ada, bola, 400, "transfer")
    post(leg)

    with pytest.raises(LedgerMisuseError):
        post(replace(leg, **change))

    assert available(bola) == 400


def test_a_refusal_is_refused_again_even_when_money_has_come():
    ada, bola = wallet(1000), wallet()
    arguments = {"scope": "test", "key": "once", "legs": [Leg(ada, bola, 1500, "transfer")], **event()}
    with pytest.raises(InsufficientFundsError):
        ledger.post(**arguments)
    move(clearing(), ada, 5000, kind="deposit")

    with pytest.raises(InsufficientFundsError):
        ledger.post(**arguments)

    assert available(bola) == 0


def test_a_kept_refusal_outlives_its_exception():
    ada, bola = wallet(1000), wallet()

    with pytest.raises(InsufficientFundsError):
        ledger.post_and_keep(scope="test", key="once", legs=[Leg(ada, bola, 1500, "transfer")], **event())

    assert LedgerJournal.objects.get(scope="test", key="once").refusal.code == "insufficient_funds"


def test_a_kept_posting_is_told_and_committed_by_itself():
    ada, bola = wallet(1000), wallet()
    arguments = {"scope": "test", "key": "once", "legs": [Leg(ada, bola, 400, "transfer")], **event()}

    posting = ledger.post_and_keep(**arguments)

    assert LedgerTransfer.objects.get(pk=posting.transfer_ids[0]).amount == 400
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        ledger.post_and_keep(**arguments)


@pytest.mark.parametrize(
    "act",
    [
        lambda: post(Leg(UUID(int=1), UUID(int=2), 1, "transfer")),
        lambda: ledger.post_each(scope="test", source="test", kind="transfer", movements=[], initiator_id=None),
        lambda: ledger.lock_accounts([UUID(int=1)]),
        lambda: ledger.set_status(UUID(int=1), AccountStatus.FROZEN),
        lambda: ledger.account_for(owner_id=UUID(int=1), purpose=Purpose.WALLET),
    ],
    ids=["post", "post_each", "lock_accounts", "set_status", "account_for"],
)
def test_writing_and_locking_need_an_open_transaction(act):
    # Another thread has a connection of its own, outside of this test's transaction.
    with ThreadPoolExecutor() as elsewhere, pytest.raises(NoTransactionError):
        elsewhere.submit(act).result()


@pytest.mark.parametrize("amount", [0, -1, 1.5, 1e3, True, "1", 2**63])
def test_what_is_no_amount_of_kobo_is_a_mistake(amount):
    with pytest.raises(LedgerMisuseError):
        Leg(UUID(int=1), UUID(int=2), amount, "transfer")


def test_a_transfer_to_itself_is_a_mistake():
    with pytest.raises(LedgerMisuseError):
        Leg(UUID(int=1), UUID(int=1), 1, "transfer")


def test_an_event_without_legs_is_a_mistake():
    with pytest.raises(LedgerMisuseError):
        post()


def test_held_money_is_still_there_and_cannot_be_spent():
    ada, bola = wallet(1000), wallet()

    promise(ada, bola, 700)

    assert ledger.balances([ada, bola]) == {
        ada: Balance(available=300, held=700, incoming=0),
        bola: Balance(available=0, held=0, incoming=700),
    }
    with pytest.raises(InsufficientFundsError):
        move(ada, bola, 301)


def test_settling_pays_and_gives_the_rest_back():
    ada, bola = wallet(1000), wallet()

    settle(promise(ada, bola, 700), 600)

    assert (holdings(ada), holdings(bola)) == ((400, 0), (600, 0))


def test_releasing_gives_everything_back():
    ada, bola = wallet(1000), wallet()

    release(promise(ada, bola, 700))

    assert (holdings(ada), holdings(bola)) == ((1000, 0), (0, 0))


@pytest.mark.parametrize("first", [settle, release])
@pytest.mark.parametrize("second", [settle, release])
def test_a_hold_is_resolved_once(first, second):
    ada, bola = wallet(1000), wallet()
    held = promise(ada, bola, 700)
    first(held)
    before = (holdings(ada), holdings(bola))

    with pytest.raises(HoldResolvedError):
        second(held)

    assert (holdings(ada), holdings(bola)) == before


def test_a_resolved_hold_stays_resolved_beside_another_open_one():
    ada, bola = wallet(1000), wallet()
    held, other = promise(ada, bola, 300), promise(ada, bola, 300)
    settle(held)

    with pytest.raises(HoldResolvedError):
        settle(held)

    settle(other)
    assert holdings(ada) == (400, 0)


def test_a_reversal_brings_the_money_back_and_names_what_it_undoes():
    ada, bola = wallet(1000), wallet()
    posting = move(ada, bola, 400)

    undoing = reverse(*posting.transfer_ids)

    assert (available(ada), available(bola)) == (1000, 0)
    assert LedgerTransfer.objects.get(pk=undoing.transfer_ids[0]).reverses_id == posting.transfer_ids[0]


def test_a_transfer_is_reversed_once():
    ada, bola = wallet(1000), wallet(400)
    posting = move(ada, bola, 400)
    reverse(*posting.transfer_ids)

    with pytest.raises(AlreadyReversedError):
        reverse(*posting.transfer_ids)

    assert (available(ada), available(bola)) == (1000, 400)


def test_what_was_spent_meanwhile_cannot_be_reversed():
    ada, bola, chidi = wallet(1000), wallet(), wallet()
    posting = move(ada, bola, 400)
    move(bola, chidi, 1)

    with pytest.raises(InsufficientFundsError):
        reverse(*posting.transfer_ids)


def test_events_of_several_legs_are_reversed_last_leg_first():
    ada, bola, chidi = wallet(1000), wallet(), wallet()
    posting = post(Leg(ada, bola, 1000, "transfer"), Leg(bola, chidi, 1000, "transfer"))

    reverse(*posting.transfer_ids)

    assert [available(ada), available(bola), available(chidi)] == [1000, 0, 0]


@pytest.mark.parametrize(
    ("status", "may_pay", "may_receive"),
    [
        (AccountStatus.OPEN, True, True),
        (AccountStatus.FROZEN_DEBIT, False, True),
        (AccountStatus.FROZEN, False, False),
    ],
)
def test_a_freeze_bars_what_it_says(status, may_pay, may_receive):
    ada, bola = wallet(1000), wallet(1000)
    ledger.set_status(ada, status)

    for debit, credit, may in [(ada, bola, may_pay), (bola, ada, may_receive)]:
        if may:
            move(debit, credit, 10)
        else:
            with pytest.raises(AccountNotOpenError):
                move(debit, credit, 10)


def test_a_freeze_lets_what_was_under_way_end():
    ada, bola = wallet(1000), wallet()
    one, two, posting = promise(ada, bola, 300), promise(ada, bola, 200), move(ada, bola, 100)
    ledger.set_status(ada, AccountStatus.FROZEN)

    settle(one)
    release(two)
    reverse(*posting.transfer_ids)

    assert holdings(ada) == (700, 0)


def test_a_closed_account_takes_nothing():
    ada, bola = wallet(1000), wallet()
    ledger.set_status(bola, AccountStatus.CLOSED)

    with pytest.raises(AccountNotOpenError):
        move(ada, bola, 10)

    assert available(ada) == 1000


def test_deferred_accounts_are_right_before_and_after_folding():
    provider, ada = clearing(), wallet(1000)
    settle(promise(ada, provider, 300), 250)

    before = ledger.balances([provider])[provider]
    counted = LedgerAccount.objects.get(pk=provider).seq
    folded = fold_ledger()

    assert before == Balance(available=-750, held=0, incoming=0)
    assert ledger.balances([provider])[provider] == before
    assert (counted, folded, LedgerAccount.objects.get(pk=provider).seq) == (0, 3, 3)
    assert fold_ledger() == 0


def test_folding_a_part_at_a_time_ends_at_the_same_balance():
    provider, ada = clearing(), wallet(1000)
    settle(promise(ada, provider, 300))

    folded = [fold_ledger(limit=1) for _ in range(4)]

    assert folded == [1, 1, 1, 0]
    assert available(provider) == -700


def test_an_account_is_opened_once_under_an_id_that_is_known_before():
    owner = uuid4()

    with transaction.atomic():
        opened = [ledger.account_for(owner_id=owner, purpose=Purpose.POT) for _ in range(2)]

    assert opened == [ledger.account_id(owner, Purpose.POT)] * 2
    assert LedgerAccount.objects.filter(owner_id=owner).count() == 1


def test_an_account_that_is_not_opened_holds_nothing():
    nowhere = uuid4()

    assert ledger.balances([nowhere]) == {nowhere: Balance(available=0, held=0, incoming=0)}


def claim(key, debit, credit, amount):
    return Movement(key=key, source_id=UUID(int=7), debit=debit, credit=credit, amount=amount)


def collect(*movements):
    outcomes = ledger.post_each(
        scope="collect", source="contribution", kind="contribution", movements=movements, initiator_id=None
    )
    return [_told(outcome) for outcome in outcomes]


def _told(outcome):
    if outcome.posting is None:
        return outcome.refusal
    return "again" if outcome.posting.is_replay else "paid"


def test_collecting_takes_what_is_there_and_passes_over_who_has_too_little():
    ada, bola, chidi, pot = wallet(1000), wallet(999), wallet(1000), wallet()

    outcomes = collect(*(claim(str(member), member, pot, 1000) for member in (ada, bola, chidi)))

    assert outcomes == ["paid", InsufficientFundsError, "paid"]
    assert [available(account) for account in (ada, bola, chidi, pot)] == [0, 999, 0, 2000]


def test_collecting_again_takes_only_what_was_missing():
    ada, bola, pot = wallet(1000), wallet(), wallet()
    claims = [claim("ada", ada, pot, 1000), claim("bola", bola, pot, 1000)]
    collect(*claims)
    move(clearing(), bola, 1000, kind="deposit")
    move(clearing(), ada, 1000, kind="deposit")

    assert collect(*claims) == ["again", "paid"]
    assert [available(account) for account in (ada, bola, pot)] == [1000, 0, 2000]


def test_collecting_counts_what_the_same_wallet_paid_a_line_before():
    ada, pot = wallet(1000), wallet()

    assert collect(claim("1", ada, pot, 600), claim("2", ada, pot, 600)) == ["paid", InsufficientFundsError]


def test_collecting_passes_over_a_frozen_wallet():
    ada, pot = wallet(1000), wallet()
    ledger.set_status(ada, AccountStatus.FROZEN_DEBIT)

    assert collect(claim("1", ada, pot, 600)) == [AccountNotOpenError]


def test_collecting_under_the_key_of_another_event_is_a_mistake():
    ada, pot = wallet(1000), wallet()
    collect(claim("1", ada, pot, 600))

    with pytest.raises(LedgerMisuseError):
        collect(claim("1", ada, pot, 400))


def test_collecting_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert collect() == []


@pytest.mark.parametrize("count", [1, 3])
def test_posting_is_one_statement_however_many_legs(count, django_assert_num_queries):
    ada, bola = wallet(1000), wallet()
    legs = [Leg(ada, bola, 10, "transfer")] * count

    with django_assert_num_queries(1):
        post(*legs)


@pytest.mark.parametrize("count", [1, 3])
def test_collecting_is_one_statement_however_many_members(count, django_assert_num_queries):
    pot = wallet()
    claims = [claim(str(number), wallet(100), pot, 100) for number in range(count)]

    with django_assert_num_queries(1):
        collect(*claims)


@pytest.mark.parametrize("count", [1, 3])
def test_balances_are_one_statement_however_many_accounts(count, django_assert_num_queries):
    accounts = [wallet(100) for _ in range(count)]

    with django_assert_num_queries(1):
        ledger.balances(accounts)


def test_the_books_balance_after_all_kinds_of_movement():
    ada, bola, provider = wallet(1000), wallet(500), clearing()
    settle(promise(ada, provider, 300), 250)
    release(promise(bola, provider, 100))
    reverse(*move(ada, bola, 50).transfer_ids)
    fold_ledger(limit=2)
    promise(bola, ada, 70)
    with pytest.raises(InsufficientFundsError), transaction.atomic():
        move(ada, bola, 10_000)

    assert ledger_findings() == []


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, "1"])
def test_one_claim_that_is_no_amount_stops_the_whole_collection(amount):
    ada, pot = wallet(1000), wallet()

    with pytest.raises(LedgerMisuseError):
        collect(claim("good", ada, pot, 1), claim("bad", ada, pot, amount))

    assert (available(ada), available(pot)) == (1000, 0)


def test_one_kobo_can_be_collected():
    ada, pot = wallet(1000), wallet()

    assert collect(claim("least", ada, pot, 1)) == ["paid"]
    assert (available(ada), available(pot)) == (999, 1)


def test_what_an_account_holds_in_all_counts_what_is_promised():
    assert Balance(available=600, held=400, incoming=50).total == 1000
