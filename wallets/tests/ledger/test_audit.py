"""Books that somebody has tampered with, past all guards: the audit says so, and where."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from contri.core.moments import lagos_day
from wallets.models.ledger import LedgerSeal
from wallets.services import audit
from wallets.services.audit import Check, Finding
from wallets.services.folding import fold_ledger
from wallets.services.sealing import SETTLING, seal_ledger
from wallets.tests.ledger.attacks import sql
from wallets.tests.ledger.books import clearing, ledger_findings, move, promise, settle, wallet

pytestmark = pytest.mark.django_db

TABLES = ("ledger_account", "ledger_journal", "ledger_refusal", "ledger_transfer", "ledger_unfolded", "ledger_seal")


def tamper(statement, *parameters):
    """Change the books as their owner can who has switched the guards off."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    sql(statement, *parameters)
    for table in TABLES:
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found():
    """Findings as (check, account, seq), and nothing else."""
    return {(finding.check, finding.account, finding.seq) for finding in ledger_findings()}


@pytest.fixture
def ada():
    """A wallet with 1000 in it, which was its first movement."""
    return wallet(1000)


@pytest.fixture
def bola():
    return wallet()


@pytest.fixture
def spent(ada, bola):
    """Three transfers from Ada to Bola: seq 2, 3 and 4 of hers, 1, 2 and 3 of his."""
    transfers = [move(ada, bola, amount).transfer_ids[0] for amount in (100, 200, 300)]
    assert ledger_findings() == []
    return transfers


def test_a_changed_counter_is_found(ada, bola, spent):
    tamper("UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = %s", bola)

    assert found() == {("trial_balance", None, None), ("counters", bola, 3)}


def test_two_counters_changed_to_balance_are_found(ada, bola, spent):
    tamper("UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = %s", bola)
    tamper("UPDATE ledger_account SET credits_posted = credits_posted - 1 WHERE id = %s", ada)

    assert found() == {("counters", ada, 4), ("counters", bola, 3)}


def test_a_changed_amount_is_found_where_it_was_changed(ada, bola, spent):
    tamper("UPDATE ledger_transfer SET amount = 201 WHERE id = %s", spent[1])

    assert found() == {
        *(("counters", ada, 4), ("counters", bola, 3)),
        *(("replay", ada, 3), ("replay", bola, 2)),
        ("journals", None, None),
    }


def test_a_missing_transfer_is_found_where_it_is_missing(ada, bola, spent):
    tamper("DELETE FROM ledger_transfer WHERE id = %s", spent[1])

    assert found() == {
        *(("counters", ada, 4), ("counters", bola, 3)),
        *(("replay", ada, 4), ("replay", bola, 3)),
        ("journals", None, None),
    }


def test_a_missing_last_transfer_is_found(ada, bola, spent):
    tamper("DELETE FROM ledger_transfer WHERE id = %s", spent[2])

    assert found() == {("counters", ada, 4), ("counters", bola, 3), ("journals", None, None)}


def test_a_changed_balance_after_is_found(ada, bola, spent):
    tamper("UPDATE ledger_transfer SET debit_after = 0 WHERE id = %s", spent[0])

    assert found() == {("replay", ada, 2)}


def test_a_transfer_led_to_another_account_is_found(ada, bola, spent):
    chidi = wallet()
    tamper("UPDATE ledger_transfer SET credit_account_id = %s, credit_seq = 1 WHERE id = %s", chidi, spent[2])

    assert found() == {
        *(("counters", bola, 3), ("counters", chidi, 0)),
        *(("replay", chidi, 1), ("journals", None, None)),
    }


def test_a_vanished_account_is_found(ada, bola, spent):
    tamper("DELETE FROM ledger_account WHERE id = %s", bola)

    assert ("transfers", bola, 2) in found()


def test_a_changed_hold_is_found(ada, bola, spent):
    held = promise(ada, bola, 50)
    settle(held)
    tamper("UPDATE ledger_transfer SET amount = 40 WHERE id = %s", held)

    assert ("holds_and_reversals", ada, 6) in found()


def test_a_made_up_promise_is_found(ada, bola, spent):
    tamper("UPDATE ledger_account SET debits_pending = 5 WHERE id = %s", ada)

    assert ("holds_are_pending", ada, 4) in found()


def test_a_journal_without_transfers_is_found(ada, bola, spent):
    sql(
        "INSERT INTO ledger_journal (id, scope, key, source, source_id, fingerprint)"
        " VALUES (gen_random_uuid(), 's', 'k', 's', gen_random_uuid(), '')"
    )

    assert found() == {("journals", None, None)}


def test_a_refusal_of_what_was_posted_is_found(ada, bola, spent):
    tamper("INSERT INTO ledger_refusal (journal_id, code) SELECT journal_id, 'x' FROM ledger_transfer LIMIT 1")

    assert found() == {("journals", None, None)}


def test_what_waits_to_be_folded_cannot_vanish_unseen(ada):
    tamper("DELETE FROM ledger_unfolded")

    assert found() == {("trial_balance", None, None), ("counters", clearing(), 0)}


def test_what_waits_to_be_folded_cannot_be_changed_unseen(ada):
    tamper("UPDATE ledger_unfolded SET debits_posted = debits_posted + 1")

    assert ("unfolded", clearing(), None) in found()


def test_what_waits_to_be_folded_cannot_be_doubled_unseen(ada):
    tamper(
        "INSERT INTO ledger_unfolded"
        " (account_id, transfer_id, debits_posted, debits_pending, credits_posted, credits_pending)"
        " SELECT account_id, transfer_id, debits_posted, debits_pending, credits_posted, credits_pending"
        " FROM ledger_unfolded"
    )

    assert ("unfolded", clearing(), None) in found()


def in_days(days):
    return timezone.now() + timedelta(days=days) + SETTLING


def test_a_day_is_sealed_when_it_is_over_and_only_once(spent):
    today = lagos_day(timezone.now())

    before = seal_ledger(at=timezone.now())
    seals = seal_ledger(at=in_days(2))
    again = seal_ledger(at=in_days(2))

    assert (before, again) == ([], [])
    assert [(seal.day, seal.transfers) for seal in seals] == [(today, 4), (today + timedelta(days=1), 0)]
    assert bytes(seals[1].previous) == bytes(seals[0].digest)
    assert ledger_findings() == []


def test_folding_does_not_break_a_seal(spent):
    seal_ledger(at=in_days(1))

    fold_ledger()

    assert ledger_findings() == []


def test_what_is_changed_under_a_seal_is_found(spent):
    seal_ledger(at=in_days(2))
    tamper("UPDATE ledger_journal SET reason = 'another story'")

    assert found() == {("seals", None, None)}


def test_a_seal_made_to_fit_breaks_the_chain(spent):
    today, _tomorrow = seal_ledger(at=in_days(2))
    tamper("UPDATE ledger_journal SET reason = 'another story'")
    tamper("DELETE FROM ledger_seal WHERE day = %s", today.day)

    findings = [finding.finding for finding in ledger_findings()]

    assert findings == [f"{today.day + timedelta(days=1)}: the seal does not follow the one before it"]


def test_a_missing_seal_between_two_is_found(spent):
    seals = seal_ledger(at=in_days(3))
    tamper("DELETE FROM ledger_seal WHERE day = %s", seals[1].day)

    assert f"{seals[1].day}: the seal of this day is missing" in [finding.finding for finding in ledger_findings()]


def test_nothing_is_sealed_before_the_first_transfer():
    assert seal_ledger(at=in_days(5)) == []
    assert not LedgerSeal.objects.exists()


def test_the_command_tells_programs_in_json(spent):
    out = StringIO()

    call_command("audit_ledger", "--json", stdout=out)

    report = json.loads(out.getvalue())
    assert (report["balances"], report["findings"], report["transfers"]) == (True, [], 4)


def test_the_command_fails_when_the_books_do_not_balance(bola, spent):
    out = StringIO()
    tamper("UPDATE ledger_account SET seq = 9 WHERE id = %s", bola)

    with pytest.raises(SystemExit) as exit_:
        call_command("audit_ledger", "--json", stdout=out)

    [finding] = json.loads(out.getvalue())["findings"]
    assert exit_.value.code == 1
    assert (finding["check"], finding["account"]) == ("counters", str(bola))


def test_other_apps_add_checks_of_their_own(monkeypatch):
    monkeypatch.setattr(audit, "_registered", [])
    wrong = Finding("pots", "a pot without a circle")

    audit.register(Check("pots", "Each pot has its circle.", lambda: [wrong]))

    assert audit.audit_ledger() == [wrong]


def test_folding_by_command_says_how_much(ada):
    out = StringIO()

    call_command("fold_ledger", "--dry-run", stdout=out)
    call_command("fold_ledger", stdout=out)

    assert out.getvalue() == "1 rows wait to be folded.\nFolded 1 rows.\n"


def test_sealing_by_command_prints_nothing_new_today(spent):
    out = StringIO()

    call_command("seal_ledger", stdout=out)

    assert out.getvalue() == "0 days sealed.\n"
