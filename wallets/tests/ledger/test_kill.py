"""A server process killed in the middle of its work: what was acknowledged is there, what was not is explained."""

import os
import signal
import time
from threading import Event

import pytest
from django.db import DatabaseError, InterfaceError, connection

from contri.core.errors import DomainError
from wallets.models.ledger import LedgerJournal
from wallets.tests.ledger.attacks import sql
from wallets.tests.ledger.bank import START, open_bank
from wallets.tests.ledger.books import available, ledger_findings, move
from wallets.tests.ledger.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("mortal_books")]

WRITERS = 4


def test_killing_a_backend_loses_nothing_that_was_acknowledged():
    accounts = open_bank(WRITERS)
    crashed = Event()

    def write_until_the_crash(number):
        """Keys that were acknowledged, and the one that was on its way when the connection broke."""
        acknowledged: list[str] = []
        while not crashed.is_set():
            key = f"{number}:{len(acknowledged)}"
            try:
                move(accounts[number], accounts[(number + 1) % WRITERS], 1, key=key)
            except DomainError:
                continue
            except (DatabaseError, InterfaceError):
                return acknowledged, key
            acknowledged.append(key)
        return acknowledged, None

    def write_or_kill(number):
        if number < WRITERS:
            return write_until_the_crash(number)
        time.sleep(0.7)
        os.kill(a_backend(), signal.SIGKILL)
        time.sleep(0.2)
        crashed.set()
        return [], None

    results = at_once(WRITERS + 1, write_or_kill)
    wait_for_recovery()

    kept = set(LedgerJournal.objects.exclude(key__contains="-").values_list("key", flat=True))
    acknowledged = {key for keys, _ in results for key in keys}
    on_their_way = {key for _, key in results if key}
    assert len(acknowledged) > 50
    assert on_their_way
    assert acknowledged <= kept <= acknowledged | on_their_way
    assert ledger_findings() == []
    assert sum(available(account) for account in accounts) == START * WRITERS


def a_backend() -> int:
    """The process of somebody's session: PostgreSQL starts a recovery of the whole server when one is killed."""
    [(pid,)] = sql(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"
    )
    return int(str(pid))


def wait_for_recovery() -> None:
    deadline = time.monotonic() + 20
    while True:
        connection.close()
        try:
            connection.ensure_connection()
            connection.cursor().execute("SELECT 1")
        except (DatabaseError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
