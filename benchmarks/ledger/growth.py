"""Whether looking costs more as history grows: `python -m contri.local with -- python -m benchmarks.ledger.growth`.

Two people, one with 100 transfers and one with 100,000, ask for their balance and for the newest page of 20 in turns,
through the whole API in process. CPU of this process and of PostgreSQL for each request; medians are told.
"""

import argparse
import json
import logging
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import django
import psycopg
from django.core.management import call_command

from benchmarks.ledger.measuring import Server
from contri.local.data import service_user
from contri.local.programs import postgres_programs

FEW, MANY = 100, 100_000
QUESTIONS = {"balance": "/api/v1/wallet", "history page of 20": "/api/v1/wallet/transactions?page_size=20"}
GOAL = 1.2

# So many movements into one wallet, by plain SQL: the rules in the database hold for these, too.
_LIVE = """
    WITH journal AS (
        INSERT INTO ledger_journal (id, scope, key, source, source_id, fingerprint)
        VALUES (%(journal)s, 'benchmark', %(journal)s::text, 'benchmark', %(journal)s, '') RETURNING id
    )
    INSERT INTO ledger_transfer (id, journal_id, debit_account_id, credit_account_id, amount, kind)
        SELECT gen_random_uuid(), id, %(clearing)s, %(account)s, 100, 'deposit'
          FROM journal, generate_series(1, %(at_a_time)s);
"""
# Within one transaction every change of a balance has to pass all those before it.
AT_A_TIME = 100
_TELL = """
    INSERT INTO wallets_transaction (id, wallet_id, type, direction, amount_kobo, fee_kobo, currency, status,
        reference, description, counterparty_id, balance_after_kobo, journal_id, created_at)
        SELECT gen_random_uuid(), %(wallet)s, 'transfer', 'credit', 100, 0, 'NGN', 'succeeded', 'benchmark-' || n, '',
               %(counterparty)s, n * 100, %(journal)s, now() - make_interval(secs => %(count)s - n)
          FROM generate_series(1, %(count)s) n;
"""


def main() -> None:
    """Let them live, let them ask in turns, tell."""
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    # A line for each of thousands of requests would bury the answer.
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    server = Server(os.environ["DATABASE_URL"], postgres_programs(service_user()) / "pgbench")
    clients = {count: _client_with(count) for count in (FEW, MANY)}
    with psycopg.connect(server.url, autocommit=True) as session:
        session.execute("VACUUM (ANALYZE)")
    rounds: dict[str, list[float]] = {f"{what}, {count}": [] for what in QUESTIONS for count in clients}
    for _ in range(options.rounds):
        for what, path in QUESTIONS.items():
            for count, client in clients.items():
                rounds[f"{what}, {count}"].append(_cpu_us(server, client, path, options.requests))
    _tell({name: statistics.median(runs) for name, runs in rounds.items()}, options.keep)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=150, help="of each turn")
    parser.add_argument("--keep", type=Path, help="a folder for growth.json")
    return parser.parse_args()


def _client_with(count: int) -> Any:
    """An API client of somebody with so many transfers."""
    from django.db import connection
    from django.utils import timezone
    from rest_framework.test import APIClient

    from accounts.services import open_session
    from accounts.services.sessions import Device
    from accounts.tests.factories import UserFactory
    from wallets.services import open_wallet

    person = UserFactory.create(email=f"with{count}@example.ng")
    beside = UserFactory.create(email=f"beside{count}@example.ng")
    wallet = open_wallet(user_id=person.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        _live(cursor, wallet.pk, count)
        names: dict[str, Any] = {"wallet": wallet.pk, "counterparty": beside.pk, "journal": uuid4(), "count": count}
        cursor.execute(_TELL, names)
    client = APIClient()
    tokens = open_session(user=person, device=Device("benchmark", "127.0.0.1"), at=timezone.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    return client


def _live(cursor: Any, wallet_id: UUID, count: int) -> None:
    from django.db import transaction

    from wallets import chart

    with transaction.atomic():
        clearing = chart.clearing_account("paystack")
    accounts = {"clearing": clearing, "account": chart.wallet_account(wallet_id), "at_a_time": AT_A_TIME}
    for _ in range(count // AT_A_TIME):
        cursor.execute(_LIVE, accounts | {"journal": uuid4()})


def _cpu_us(server: Server, client: Any, path: str, requests: int) -> float:
    client.get(path)
    before = server.cpu_seconds() + time.process_time()
    for _ in range(requests):
        if client.get(path).status_code != 200:
            raise RuntimeError(f"{path} does not answer")
    return (server.cpu_seconds() + time.process_time() - before) / requests * 1e6


def _tell(medians: dict[str, float], keep: Path | None) -> None:
    growth = {what: medians[f"{what}, {MANY}"] / medians[f"{what}, {FEW}"] for what in QUESTIONS}
    for what, ratio in growth.items():
        mark = "reached" if ratio <= GOAL else "MISSED"
        few, many = medians[f"{what}, {FEW}"], medians[f"{what}, {MANY}"]
        sys.stdout.write(
            f"{mark}: {what} takes {few:.0f} µs of CPU at {FEW:,} transfers and {many:.0f} at {MANY:,}:"
            f" {ratio:.2f}× (goal ≤ {GOAL}×)\n"
        )
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        results = {"cpu_us": medians, "growth": growth, "goal": GOAL}
        (keep / "growth.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
