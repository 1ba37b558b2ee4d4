"""Workers killed with SIGKILL while they move money: nothing that they told anybody of is lost, and nothing is half."""

import os
import subprocess
import sys
from itertools import islice
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from wallets.models.ledger import LedgerJournal
from wallets.tests.ledger.attacks import sql
from wallets.tests.ledger.books import available, ledger_findings, move, wallet
from wallets.tests.ledger.effort import effort

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("scratch_books")]

START = 100_000


def start_worker(debit, credit, name):
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "wallets.tests.ledger.worker", str(debit), str(credit), name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": address_of_the_books()},
    )


def address_of_the_books() -> str:
    where = connection.settings_dict
    login = f"{quote(where['USER'])}:{quote(where['PASSWORD'])}"
    return f"postgresql://{login}@{quote(str(where['HOST']), safe='')}:{where['PORT']}/{where['NAME']}"


def killed_after(worker, acknowledged):
    """Kill a worker once it has acknowledged so many movements; all that it has, what was in the pipe included."""
    with worker:
        keys = [line.strip() for line in islice(worker.stdout, acknowledged)]
        worker.kill()
        rest = worker.stdout.read()
    # A key that was cut off in the pipe was never told.
    return keys + [line for line in rest.split("\n")[:-1] if line]


@pytest.mark.parametrize("number", range(effort(1, 10)))
def test_killing_workers_loses_nothing_that_was_acknowledged(number):
    ada, bola = wallet(START), wallet(START)
    names = ("one", "other")
    workers = [start_worker(ada, bola, "one"), start_worker(bola, ada, "other")]

    told = {name: killed_after(worker, 40 + number) for name, worker in zip(names, workers, strict=True)}
    wait_until_their_sessions_have_ended()

    for name, keys in told.items():
        kept = set(LedgerJournal.objects.filter(key__startswith=f"{name}:").values_list("key", flat=True))
        # What is kept and was not told is the one movement that was on its way, or none: asked again under its key it
        # is found, not done twice.
        on_its_way = kept - set(keys)
        assert set(keys) <= kept
        assert len(on_its_way) <= 1
        debit, credit = (ada, bola) if name == "one" else (bola, ada)
        assert all(move(debit, credit, 1, key=key).is_replay for key in on_its_way)
    assert ledger_findings() == []
    assert available(ada) + available(bola) == 2 * START


def wait_until_their_sessions_have_ended():
    """PostgreSQL ends what a dead client left open as soon as it notices; until then its locks stand."""
    sql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
