"""Each rule that PostgreSQL holds, provoked with plain SQL by the tables' owner; and each one taken away, to see that
it is this rule and no other that refuses.

A probe is green when its guard stands. Taking the guard away happens inside the test's transaction, which is undone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from wallets.tests.ledger.attacks import insert_transfer, new_journal, refused_by, sql
from wallets.tests.ledger.books import available, clearing, holdings, move, promise, wallet

pytestmark = pytest.mark.django_db

SQL = Path(__file__).resolve().parents[2] / "sql"
FUNCTIONS = {
    "ledger_move": "move.sql",
    "ledger_open_account": "accounts.sql",
    "ledger_change_status": "accounts.sql",
}


@dataclass(frozen=True)
class Guard:
    """A rule by its name in the database, what it is there against, and the SQL that takes it away."""

    name: str
    probe: Callable[[], None]
    removal: str

    def __str__(self) -> str:
        return f"{self.name}-{self.probe.__name__}"


GUARDS: list[Guard] = []


def constraint(table: str, name: str):
    """Register a probe of a named constraint."""
    return _registering(name, f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def unique_index(name: str):
    """Register a probe of a partial unique index."""
    return _registering(name, f"DROP INDEX {name}")


def trigger(table: str, name: str):
    """Register a probe of a trigger."""
    return _registering(name, f"DROP TRIGGER {name} ON {table}")


def rule(function: str, sqlstate: str, line: str, instead: str):
    """Register a probe of one rule inside a trigger's function, taken away by replacing `line`."""
    source = (SQL / FUNCTIONS[function]).read_text(encoding="utf-8")
    [body] = re.findall(rf"CREATE FUNCTION {function}\b.*?\$\$;", source, re.DOTALL)
    assert line in body, f"{function} has no line {line!r}"
    return _registering(sqlstate, body.replace(line, instead).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def _registering(name: str, removal: str):
    def register(probe):
        GUARDS.append(Guard(name, probe, removal))
        return probe

    return register


# --- balances


@constraint("ledger_account", "ledger_account_never_overdrawn")
def spends_more_than_there_is():
    ada, bola = wallet(1000), wallet()
    with refused_by("ledger_account_never_overdrawn"):
        insert_transfer(ada, bola, 1001)


@constraint("ledger_account", "ledger_account_never_overdrawn")
def spends_what_is_promised():
    ada, bola = wallet(1000), wallet()
    promise(ada, bola, 600)
    with refused_by("ledger_account_never_overdrawn"):
        insert_transfer(ada, bola, 401)


@trigger("ledger_transfer", "ledger_transfer_moves_counters")
def inserts_a_transfer_that_moves_nothing():
    ada, bola = wallet(1000), wallet()
    insert_transfer(ada, bola, 400)
    assert (available(ada), available(bola)) == (600, 400)


@trigger("ledger_account", "ledger_account_counters_follow_transfers")
def writes_a_counter():
    ada = wallet(1000)
    with refused_by("ledger_account_counters_follow_transfers"):
        sql("UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = %s", ada)


@rule("ledger_open_account", "LG008", "<> (0, 0, 0, 0, 0, 'open')", "IS NULL")
def opens_an_account_with_money():
    with refused_by("LG008"):
        sql(
            "INSERT INTO ledger_account (id, owner_id, purpose, credits_posted) VALUES (%s, %s, 'wallet', 1000)",
            *(uuid4(), uuid4()),
        )


# --- accounts


@constraint("ledger_account", "ledger_account_once")
def opens_a_second_account_of_the_same_name():
    ada = wallet()
    with refused_by("ledger_account_once"):
        sql(
            "INSERT INTO ledger_account (id, owner_id, purpose)"
            " SELECT %s, owner_id, purpose FROM ledger_account WHERE id = %s",
            *(uuid4(), ada),
        )


@rule("ledger_open_account", "LG008", "RAISE EXCEPTION 'there is no purpose", "NULL; RAISE NOTICE 'there is no purpose")
def opens_an_account_for_a_purpose_that_nobody_knows():
    with refused_by("LG008"):
        sql(
            "INSERT INTO ledger_account (id, owner_id, purpose, floor, fold) VALUES (%s, %s, 'loot', 'free', 'inline')",
            *(uuid4(), uuid4()),
        )


@trigger("ledger_account", "ledger_account_opens_empty")
def opens_a_wallet_without_a_floor():
    account = uuid4()
    sql(
        "INSERT INTO ledger_account (id, owner_id, purpose, floor, fold) VALUES (%s, %s, 'wallet', 'free', 'deferred')",
        *(account, uuid4()),
    )
    assert sql("SELECT floor, fold FROM ledger_account WHERE id = %s", account) == [("strict", "inline")]


@rule("ledger_change_status", "LG009", "NEW.status NOT IN ('open', 'frozen_debit', 'frozen', 'closed')", "false")
def sets_a_status_that_nobody_knows():
    ada = wallet()
    with refused_by("LG009"):
        sql("UPDATE ledger_account SET status = 'sleeping' WHERE id = %s", ada)


@rule("ledger_change_status", "LG009", "NEW.status = 'closed'\n", "false\n")
def closes_an_account_with_money_in_it():
    ada = wallet(1)
    with refused_by("LG009"):
        sql("UPDATE ledger_account SET status = 'closed' WHERE id = %s", ada)


@rule("ledger_change_status", "LG009", "OLD.status = 'closed' AND NEW.status <> 'closed'", "false")
def opens_a_closed_account_again():
    ada = wallet()
    sql("UPDATE ledger_account SET status = 'closed' WHERE id = %s", ada)
    with refused_by("LG009"):
        sql("UPDATE ledger_account SET status = 'open' WHERE id = %s", ada)


@trigger("ledger_account", "ledger_account_ends_empty")
def closes_an_account_that_waits_for_promised_money():
    ada, bola = wallet(100), wallet()
    promise(ada, bola, 100)
    with refused_by("LG009"):
        sql("UPDATE ledger_account SET status = 'closed' WHERE id = %s", bola)


@trigger("ledger_account", "ledger_account_identity_is_fixed")
def gives_an_account_to_somebody_else():
    ada = wallet(1000)
    with refused_by("ledger_account_identity_is_fixed"):
        sql("UPDATE ledger_account SET owner_id = %s WHERE id = %s", uuid4(), ada)


@trigger("ledger_account", "ledger_account_stays")
def deletes_an_account():
    ada = wallet()
    with refused_by("ledger_account_stays"):
        sql("DELETE FROM ledger_account WHERE id = %s", ada)


# --- what a transfer may look like


@rule("ledger_move", "LG000", "NEW.amount <= 0 OR ", "")
def moves_a_negative_amount():
    ada, bola = wallet(1000), wallet(1000)
    for amount in (0, -1):
        with refused_by("LG000"):
            insert_transfer(ada, bola, amount)


@rule("ledger_move", "LG000", "OR NEW.debit_account_id = NEW.credit_account_id ", "")
def moves_money_in_a_circle_of_one():
    ada = wallet(1000)
    with refused_by("LG000"):
        insert_transfer(ada, ada, 1)


@rule("ledger_move", "LG000", "OR NEW.kind = ''", "")
def does_not_say_what_a_transfer_is_for():
    ada, bola = wallet(1000), wallet()
    with refused_by("LG000"):
        insert_transfer(ada, bola, 1, kind="")


@rule(
    "ledger_move",
    "LG004",
    "RAISE EXCEPTION 'transfer % resolves no hold'",
    "RAISE NOTICE 'transfer % resolves no hold'",
)
def settles_without_a_hold():
    ada, bola = wallet(1000), wallet()
    with refused_by("LG004"):
        insert_transfer(ada, bola, 1, phase="settle")


@rule("ledger_move", "LG004", "OR NEW.phase NOT IN ('settle', 'release')", "")
def ends_a_hold_in_a_phase_that_nobody_knows():
    ada, bola = wallet(1000), wallet()
    held = promise(ada, bola, 300)
    with refused_by("LG004"):
        insert_transfer(ada, bola, 300, phase="hover", pending_id=held)


@rule("ledger_move", "LG005", "OR NEW.phase <> 'single'", "")
def reverses_by_a_promise():
    ada, bola = wallet(1000), wallet()
    moved = move(ada, bola, 400).transfer_ids[0]
    with refused_by("LG005"):
        insert_transfer(bola, ada, 400, phase="hold", reverses_id=moved)


@rule("ledger_move", "LG005", "OR NEW.pending_id IS NOT NULL", "")
def reverses_and_resolves_in_one():
    ada, bola = wallet(1000), wallet()
    moved = move(ada, bola, 400).transfer_ids[0]
    held = promise(ada, bola, 400)
    with refused_by("LG005"):
        insert_transfer(bola, ada, 400, reverses_id=moved, pending_id=held)


@rule(
    "ledger_move",
    "LG001",
    "IF NOT FOUND THEN\n                RAISE EXCEPTION 'there is no",
    "IF false THEN RAISE EXCEPTION 'there is no",
)
def pays_into_nowhere():
    ada = wallet(1000)
    with refused_by("LG001"):
        insert_transfer(ada, uuid4(), 1)


@rule("ledger_move", "LG003", "IF its_currency <> first_currency THEN", "IF false THEN")
def turns_naira_into_dollars():
    ada, bola = wallet(1000), wallet(currency="USD")
    with refused_by("LG003"):
        insert_transfer(ada, bola, 1)


@rule("ledger_move", "LG002", "IF its_status <> 'open' AND", "IF false AND")
def pays_from_a_frozen_account():
    ada, bola = wallet(1000), wallet()
    sql("UPDATE ledger_account SET status = 'frozen_debit' WHERE id = %s", ada)
    with refused_by("LG002"):
        insert_transfer(ada, bola, 1)


@rule("ledger_move", "LG002", "(its_status = 'closed' OR (", "((")
def pays_into_a_closed_account():
    ada, bola = wallet(1000), wallet()
    sql("UPDATE ledger_account SET status = 'closed' WHERE id = %s", bola)
    with refused_by("LG002"):
        insert_transfer(ada, bola, 1)


# --- holds and reversals


@unique_index("ledger_transfer_hold_resolved_once")
def settles_one_hold_twice_while_another_is_open():
    ada, bola = wallet(1000), wallet()
    held, _other = promise(ada, bola, 300), promise(ada, bola, 300)
    insert_transfer(ada, bola, 300, phase="settle", pending_id=held)
    with refused_by("ledger_transfer_hold_resolved_once"):
        insert_transfer(ada, bola, 300, phase="settle", pending_id=held)


@rule("ledger_move", "LG004", "OR NEW.amount > earlier.amount\n", "\n")
def settles_more_than_was_held():
    ada, bola = wallet(1000), wallet()
    held = promise(ada, bola, 300)
    with refused_by("LG004"):
        insert_transfer(ada, bola, 301, phase="settle", pending_id=held)


@rule("ledger_move", "LG004", "OR (NEW.phase = 'release' AND NEW.amount <> earlier.amount)", "")
def releases_another_amount_than_was_held():
    ada, bola = wallet(1000), wallet()
    held = promise(ada, bola, 300)
    with refused_by("LG004"):
        insert_transfer(ada, bola, 299, phase="release", pending_id=held)


@rule(
    "ledger_move",
    "LG004",
    "OR (earlier.debit_account_id, earlier.credit_account_id) <> (NEW.debit_account_id, NEW.credit_account_id)",
    "",
)
def settles_a_hold_to_somebody_else():
    ada, bola, chidi = wallet(1000), wallet(), wallet(1000)
    held = promise(ada, bola, 300)
    promise(ada, chidi, 300)
    with refused_by("LG004"):
        insert_transfer(ada, chidi, 300, phase="settle", pending_id=held)


@rule("ledger_move", "LG004", "earlier.phase IS DISTINCT FROM 'hold'", "false")
def settles_what_was_no_hold():
    ada, bola = wallet(1000), wallet()
    moved = move(ada, bola, 300).transfer_ids[0]
    promise(ada, bola, 300)
    with refused_by("LG004"):
        insert_transfer(ada, bola, 300, phase="settle", pending_id=moved)


@unique_index("ledger_transfer_reversed_once")
def reverses_a_transfer_twice():
    ada, bola = wallet(1000), wallet(1000)
    moved = move(ada, bola, 400).transfer_ids[0]
    insert_transfer(bola, ada, 400, reverses_id=moved)
    with refused_by("ledger_transfer_reversed_once"):
        insert_transfer(bola, ada, 400, reverses_id=moved)


@rule("ledger_move", "LG005", "OR NEW.amount <> earlier.amount\n            OR NEW.phase", "OR NEW.phase")
def reverses_another_amount():
    ada, bola = wallet(1000), wallet()
    moved = move(ada, bola, 400).transfer_ids[0]
    with refused_by("LG005"):
        insert_transfer(bola, ada, 399, reverses_id=moved)


@rule(
    "ledger_move",
    "LG005",
    "OR (earlier.debit_account_id, earlier.credit_account_id) <> (NEW.credit_account_id, NEW.debit_account_id)",
    "",
)
def reverses_at_the_cost_of_somebody_else():
    ada, bola, chidi = wallet(1000), wallet(), wallet(1000)
    moved = move(ada, bola, 400).transfer_ids[0]
    with refused_by("LG005"):
        insert_transfer(chidi, ada, 400, reverses_id=moved)


@rule("ledger_move", "LG005", "OR earlier.reverses_id IS NOT NULL", "")
def reverses_a_reversal():
    ada, bola = wallet(1000), wallet()
    moved = move(ada, bola, 400).transfer_ids[0]
    undone = insert_transfer(bola, ada, 400, reverses_id=moved)
    with refused_by("LG005"):
        insert_transfer(ada, bola, 400, reverses_id=undone)


@rule("ledger_move", "LG005", "OR earlier.phase NOT IN ('single', 'settle')", "")
def reverses_a_promise():
    ada, bola = wallet(1000), wallet(1000)
    held = promise(ada, bola, 400)
    with refused_by("LG005"):
        insert_transfer(bola, ada, 400, reverses_id=held)


# --- history


@trigger("ledger_transfer", "ledger_transfer_append_only")
def changes_an_amount():
    moved = move(wallet(1000), wallet(), 400).transfer_ids[0]
    with refused_by("ledger_transfer_append_only"):
        sql("UPDATE ledger_transfer SET amount = 1 WHERE id = %s", moved)


@trigger("ledger_transfer", "ledger_transfer_append_only")
def deletes_a_transfer():
    moved = move(wallet(1000), wallet(), 400).transfer_ids[0]
    with refused_by("ledger_transfer_append_only"):
        sql("DELETE FROM ledger_transfer WHERE id = %s", moved)


@trigger("ledger_journal", "ledger_journal_append_only")
def frees_a_key():
    journal = move(wallet(1000), wallet(), 400).journal_id
    with refused_by("ledger_journal_append_only"):
        sql("UPDATE ledger_journal SET key = 'free' WHERE id = %s", journal)


@trigger("ledger_refusal", "ledger_refusal_append_only")
def turns_a_refusal_around():
    with refused_by("ledger_refusal_append_only"):
        sql("DELETE FROM ledger_refusal")


@trigger("ledger_refusal", "ledger_refusal_fits_journal")
def calls_what_was_posted_refused():
    journal = move(wallet(1000), wallet(), 400).journal_id
    with refused_by("LG006"):
        sql("INSERT INTO ledger_refusal (journal_id, code) VALUES (%s, 'insufficient_funds')", journal)


@trigger("ledger_seal", "ledger_seal_append_only")
def breaks_a_seal():
    with refused_by("ledger_seal_append_only"):
        sql("UPDATE ledger_seal SET transfers = 0")


@constraint("ledger_journal", "ledger_journal_key_once")
def uses_a_key_twice():
    new_journal(key="once")
    with refused_by("ledger_journal_key_once"):
        new_journal(key="once")


@rule("ledger_move", "LG006", "AND created_at = transaction_timestamp()", "")
def adds_to_an_older_journal():
    ada, bola = wallet(1000), wallet()
    journal = UUID(int=1)
    sql(
        "INSERT INTO ledger_journal (id, scope, key, source, source_id, fingerprint, created_at)"
        " VALUES (%s, 'attack', 'old', 'attack', %s, '', now() - interval '1 second')",
        *(journal, UUID(int=7)),
    )
    with refused_by("LG006"):
        insert_transfer(ada, bola, 1, journal_id=journal)


@constraint("ledger_transfer", "ledger_transfer_debit_seq_once")
def loses_an_update():
    ada, bola = wallet(1000), wallet(1000)
    move(ada, bola, 1)
    # As if two writers had read the same row: only the superuser's tools can bring this about.
    sql("ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_counters_follow_transfers")
    sql("UPDATE ledger_account SET seq = seq - 1 WHERE id = %s", ada)
    with refused_by("ledger_transfer_debit_seq_once"):
        insert_transfer(ada, bola, 1)


@constraint("ledger_transfer", "ledger_transfer_credit_seq_once")
def loses_an_update_on_the_other_side():
    ada, bola = wallet(1000), wallet(1000)
    move(ada, bola, 1)
    sql("ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_counters_follow_transfers")
    sql("UPDATE ledger_account SET seq = seq - 1 WHERE id = %s", bola)
    with refused_by("ledger_transfer_credit_seq_once"):
        insert_transfer(ada, bola, 1)


# --- folding


@trigger("ledger_unfolded", "ledger_unfolded_follows_transfers")
def makes_up_money_to_be_folded():
    provider = clearing()
    with refused_by("ledger_unfolded_follows_transfers"):
        sql(
            "INSERT INTO ledger_unfolded"
            " (account_id, transfer_id, debits_posted, debits_pending, credits_posted, credits_pending)"
            " VALUES (%s, %s, 0, 0, 1000, 0)",
            *(provider, uuid4()),
        )


@trigger("ledger_unfolded", "ledger_unfolded_is_fixed")
def changes_what_is_to_be_folded():
    wallet(1000)
    with refused_by("ledger_unfolded_is_fixed"):
        sql("UPDATE ledger_unfolded SET debits_posted = 1")


@trigger("ledger_unfolded", "ledger_unfolded_deleting_folds")
def deletes_what_is_to_be_folded():
    provider, ada = clearing(), wallet(1000)
    sql("DELETE FROM ledger_unfolded")
    assert (holdings(provider), holdings(ada)) == ((-1000, 0), (1000, 0))


@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_what_the_guard_is_there_against_is_refused(guard):
    guard.probe()


@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_without_the_guard_its_probe_is_red(guard):
    with transaction.atomic():
        sql(guard.removal)

        with pytest.raises((AssertionError, pytest.fail.Exception)):
            guard.probe()

        transaction.set_rollback(True)
