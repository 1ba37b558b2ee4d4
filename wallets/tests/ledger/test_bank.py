"""The bank test, and three bugs planted to see that it is able to fail. For a minute of it: benchmarks/ledger."""

import re
from pathlib import Path

import pytest

from wallets.tests.ledger.attacks import sql
from wallets.tests.ledger.bank import open_bank, run_bank
from wallets.tests.ledger.effort import effort

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("scratch_books")]

MOVE = (Path(__file__).resolve().parents[2] / "sql" / "move.sql").read_text(encoding="utf-8")


def plant(line, instead):
    """Replace one line of the moving function."""
    [function] = re.findall(r"CREATE FUNCTION ledger_move.*?\$\$;", MOVE, re.DOTALL)
    assert line in function
    sql(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(line, instead))


def test_the_sum_of_hot_wallets_never_changes():
    report = run_bank(open_bank(), seconds=effort(1.0, 60.0), until=lambda mine: mine.committed >= 50)

    assert report.is_sound, report
    assert report.committed > 200
    assert report.reads > 20


def test_a_balance_computed_from_an_unlocked_read_is_caught():
    accounts = open_bank()
    # A subquery sees the row as it was when the statement began, not as it is once the lock is had.
    plant("seq = seq + 1", "seq = 1 + (SELECT o.seq FROM ledger_account o WHERE o.id = account)")

    report = run_bank(accounts)

    assert set(report.errors) == {"23505"}


def test_a_lost_update_is_caught_even_without_the_sequences():
    accounts = open_bank()
    sql("ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_debit_seq_once")
    sql("ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_credit_seq_once")
    plant(
        "credits_posted  = credits_posted  +",
        "credits_posted  = (SELECT o.credits_posted FROM ledger_account o WHERE o.id = account) +",
    )

    report = run_bank(accounts)

    assert report.wrong_sums > 0
    assert {"trial_balance", "counters"} <= {finding.check for finding in report.findings}


def test_locks_without_an_order_are_caught():
    accounts = open_bank(3)
    plant("is_debit := (side = 1) = (NEW.debit_account_id < NEW.credit_account_id);", "is_debit := side = 1;")

    report = run_bank(accounts, seconds=1.5, until=lambda mine: mine.errors["40P01"] > 0)

    assert report.errors["40P01"] > 0
    # Whoever queued behind a deadlock for longer than lock_timeout is told that instead; nothing else may happen.
    assert set(report.errors) <= {"40P01", "55P03"}


def test_a_balance_without_an_entry_is_caught():
    accounts = open_bank()
    sql("ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_counters_follow_transfers")
    sql("UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = %s", accounts[0])

    report = run_bank(accounts, seconds=0.2)

    assert report.wrong_sums == report.reads > 0
    assert {"trial_balance", "counters"} <= {finding.check for finding in report.findings}
