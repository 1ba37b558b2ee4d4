"""Somebody has taken over the application and speaks SQL as its role: what they cannot do, and what they still can."""

from contextlib import contextmanager

import pytest
from django.db import transaction

from wallets import ledger
from wallets.models.ledger import AccountStatus
from wallets.services.folding import fold_ledger
from wallets.tests.ledger.attacks import insert_transfer, refused_by, sql
from wallets.tests.ledger.books import available, clearing, move, wallet

pytestmark = pytest.mark.django_db

NOT_PERMITTED = "42501"

ATTACKS = [
    "UPDATE ledger_transfer SET amount = 1",
    "UPDATE ledger_journal SET key = 'free'",
    "UPDATE ledger_refusal SET code = ''",
    "UPDATE ledger_unfolded SET credits_posted = 1",
    "UPDATE ledger_seal SET transfers = 1",
    "UPDATE ledger_account SET credits_posted = 1000000",
    "UPDATE ledger_account SET debits_pending = 0",
    "UPDATE ledger_account SET seq = 1",
    "UPDATE ledger_account SET floor = 'free'",
    "UPDATE ledger_account SET owner_id = id",
    "DELETE FROM ledger_transfer",
    "DELETE FROM ledger_journal",
    "DELETE FROM ledger_refusal",
    "DELETE FROM ledger_account",
    "DELETE FROM ledger_seal",
    "TRUNCATE ledger_transfer",
    "TRUNCATE ledger_account CASCADE",
    "TRUNCATE ledger_journal CASCADE",
    "TRUNCATE ledger_unfolded",
    "INSERT INTO ledger_account (id, owner_id, purpose, credits_posted)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'wallet', 1000)",
    "INSERT INTO ledger_account (id, owner_id, purpose, floor)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'wallet', 'free')",
    "INSERT INTO ledger_unfolded"
    " (account_id, transfer_id, debits_posted, debits_pending, credits_posted, credits_pending)"
    " SELECT id, id, 0, 0, 1000, 0 FROM ledger_account",
    "INSERT INTO ledger_journal (id, scope, key, source, source_id, fingerprint, created_at)"
    " VALUES (gen_random_uuid(), 's', 'k', 's', gen_random_uuid(), '', 'epoch')",
    "INSERT INTO ledger_transfer SELECT * FROM ledger_transfer",
    "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
    "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_never_overdrawn",
    "DROP TRIGGER ledger_transfer_append_only ON ledger_transfer",
    "DROP TABLE ledger_seal",
    "CREATE OR REPLACE FUNCTION ledger_move() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION ledger_move() SECURITY INVOKER",
    "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz'",
    "CREATE TRIGGER mine BEFORE INSERT ON ledger_transfer"
    " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO ledger_transfer DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
    "LOCK TABLE ledger_account IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE ledger_account OWNER TO contri_runtime",
]


@contextmanager
def as_the_application():
    with transaction.atomic():
        sql("SET LOCAL ROLE contri_runtime")
        yield
        sql("RESET ROLE")


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_application_is_not_permitted(attack):
    move(wallet(1000), wallet(), 100)

    with as_the_application(), refused_by(NOT_PERMITTED):
        sql(attack)


def test_the_moving_function_cannot_be_hung_on_another_table():
    with as_the_application():
        sql("CREATE TEMP TABLE mine (LIKE ledger_transfer) ON COMMIT DROP")

        with refused_by(NOT_PERMITTED):
            sql("CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION ledger_move()")


def test_the_folding_function_cannot_be_hung_on_another_table():
    with as_the_application():
        sql("CREATE TEMP TABLE mine (LIKE ledger_unfolded) ON COMMIT DROP")

        with refused_by(NOT_PERMITTED):
            sql(
                "CREATE TRIGGER mine AFTER DELETE ON mine REFERENCING OLD TABLE AS folded"
                " FOR EACH STATEMENT EXECUTE FUNCTION ledger_fold_deleted()"
            )


def test_a_table_of_their_own_does_not_stand_in_for_the_ledger():
    ada, bola = wallet(1000), wallet()

    with as_the_application():
        sql("CREATE TEMP TABLE ledger_account (LIKE public.ledger_account) ON COMMIT DROP")
        insert_transfer(ada, bola, 400)
        sql("DROP TABLE pg_temp.ledger_account")

    assert (available(ada), available(bola)) == (600, 400)


def test_sequence_numbers_cannot_be_chosen():
    ada, bola = wallet(1000), wallet()

    with as_the_application(), refused_by(NOT_PERMITTED):
        insert_transfer(ada, bola, 1, debit_seq=99)


def test_a_plain_insert_is_still_bound_by_the_balance():
    ada, bola = wallet(1000), wallet()

    with as_the_application(), refused_by("ledger_account_never_overdrawn"):
        insert_transfer(ada, bola, 1001)


def test_the_application_can_do_its_work():
    with as_the_application():
        ada, bola = wallet(1000), wallet()
        move(ada, bola, 400)
        folded = fold_ledger()
        ledger.set_status(ada, AccountStatus.FROZEN)

    assert (available(ada), available(bola), available(clearing()), folded) == (600, 400, -1000, 1)
