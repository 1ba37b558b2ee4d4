"""One post after the other through Django, in one process: ours against django-hordak, as it comes and made safe.

    .venv/bin/python -m uv pip install --target .local/peers -r benchmarks/ledger/peers.txt
    PYTHONPATH=.local/peers .venv/bin/python -m contri.local with -- .venv/bin/python -m benchmarks.ledger.peers

Made safe means what ours does in any case: one key has one effect, nobody is overdrawn, no two at once lose an update.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import django
from django.core.management import call_command

from benchmarks.ledger.measuring import Server
from contri.local.data import service_user
from contri.local.programs import postgres_programs

OURS = "contri: ledger.post"
ACCOUNTS = 200
START = 10_000_000


def main() -> None:
    """Take turns, tell medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--keep", type=Path, help="a folder for peers.json")
    options = parser.parse_args()
    # The folder of the peers has a Django of its own: ours goes first.
    sys.path.sort(key=lambda entry: "peers" in entry)
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.ledger.peer_settings"
    django.setup()
    call_command("migrate", verbosity=0)

    server = Server(os.environ["DATABASE_URL"], postgres_programs(service_user()) / "pgbench")
    contenders = {OURS: ours(), "django-hordak: transfer_to": hordak(), "made safe": hordak_made_safe()}
    rounds: dict[str, list[Turn]] = {name: [] for name in contenders}
    for _ in range(options.rounds):
        for name, act in contenders.items():
            rounds[name].append(_turn(server, act, options.seconds))
    medians = {name: Turn(*map(statistics.median, zip(*runs, strict=True))) for name, runs in rounds.items()}
    for name, median in medians.items():
        sys.stdout.write(
            f"{name:<28} {median.per_second:6.0f} a second, ours {medians[OURS].per_second / median.per_second:.2f}×;"
            f" {median.cpu_us:6.0f} µs of CPU, ours {medians[OURS].cpu_us / median.cpu_us:.2f}×\n"
        )
    if options.keep:
        results = {"medians": medians, "rounds": rounds}
        (options.keep / "peers.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


class Turn(NamedTuple):
    """Posts a second, and CPU of this process and of the server for each."""

    per_second: float
    cpu_us: float


def _turn(server: Server, act: Callable[[], None], seconds: float) -> Turn:
    act()
    cpu, done, started = server.cpu_seconds() + time.process_time(), 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        act()
        done += 1
    elapsed = time.perf_counter() - started
    return Turn(done / elapsed, (server.cpu_seconds() + time.process_time() - cpu) / done * 1e6)


def ours() -> Callable[[], None]:
    """A full post: key, fingerprint, locks, funds, entries on both sides, balance after."""
    from django.db import transaction

    from wallets import ledger
    from wallets.ledger import Leg
    from wallets.tests.ledger.books import wallet

    accounts = [wallet(START) for _ in range(ACCOUNTS)]
    source = uuid4()

    @transaction.atomic
    def act() -> None:
        debit, credit = random.sample(accounts, 2)
        legs = [Leg(debit, credit, 100, "transfer")]
        ledger.post(scope="peers", key=str(uuid4()), source="peers", source_id=source, legs=legs, initiator_id=None)

    return act


def hordak() -> Callable[[], None]:
    """As its documentation has it: three rows, checked by its triggers to balance; no key, no lock, no floor."""
    from django.db import transaction
    from djmoney.money import Money

    accounts = _hordak_accounts()

    @transaction.atomic
    def act() -> None:
        payer, payee = random.sample(accounts, 2)
        payee.transfer_to(payer, Money(1, "NGN"))

    return act


def hordak_made_safe() -> Callable[[], None]:
    """The same under a key, with both accounts locked in order, the funds tested."""
    from django.db import connection, transaction
    from djmoney.money import Money
    from hordak.models import Account

    accounts = _hordak_accounts()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE peer_key (key text PRIMARY KEY)")

    @transaction.atomic
    def act() -> None:
        payer, payee = random.sample(accounts, 2)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO peer_key VALUES (%s)", [str(uuid4())])
        ids = sorted([payer.pk, payee.pk])
        list(Account.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        if payer.get_simple_balance().monies()[0] < Money(1, "NGN"):
            raise RuntimeError("insufficient funds")
        payee.transfer_to(payer, Money(1, "NGN"))

    return act


def _hordak_accounts() -> list[Any]:
    from djmoney.money import Money
    from hordak.models import Account, AccountType

    bank = Account.objects.create(name=f"bank {uuid4()}", type=AccountType.asset, currencies=["NGN"])
    accounts = [
        Account.objects.create(name=f"wallet {uuid4()}", type=AccountType.liability, currencies=["NGN"])
        for _ in range(ACCOUNTS)
    ]
    for account in accounts:
        bank.refresh_from_db()
        account.transfer_to(bank, Money(START // 100, "NGN"))
    return accounts


if __name__ == "__main__":
    main()
