"""A due moment with ten contributions in each of many circles, collected and paid out in three ways.

By the engine, chunk by chunk; by one hand-made SQL statement a chunk, which is the limit; and by one call of the verb a
contribution, which is the naive way and too slow for more than a sample. The three take turns within one run, so that
whatever else the machine does meets all of them. Exits with 1 when a figure is not reached or the rows differ.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from rich.console import Console
from rich.table import Table

from benchmarks.ledger.measuring import Server
from circles import services
from circles.models import Circle, Contribution, ContributionPayment, Cycle, Membership, Payout, ScheduledAct
from circles.services.due_together import CIRCLES_A_CHUNK
from wallets import chart, ledger
from wallets.ledger import Movement
from wallets.models import LedgerAccount, LedgerTransfer, Purpose, Transaction, Wallet

HERE = Path(__file__).parent
CIRCLES = 10_000
MEMBERS = 10
ROUNDS = 10
# Of a hundred circles that the engine takes, so many are taken by the other two.
BY_HAND_PERCENT, NAIVE_PERCENT = 20, 1
DUE = datetime(2027, 1, 4, 17, tzinfo=UTC)
# The groups fall due a minute apart, so that the beat sees only its own.
LATER = datetime(2027, 1, 4, 17, 1, tzinfo=UTC)
ENOUGH_KOBO = 500_000
CHUNK = 1_000


@dataclass(slots=True)
class Spent:
    """What one way has taken so far: contributions, seconds of the clock, and of processors here and at the server."""

    contributions: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def per_second(self) -> float:
        """Contributions a second of the clock."""
        return self.contributions / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of processors a contribution."""
        return self.cpu / self.contributions * 1e6


def main(circles: int) -> int:
    """Fill, measure, compare, tell."""
    console = Console()
    groups = {"engine": circles, "by hand": circles * BY_HAND_PERCENT // 100, "naive": circles * NAIVE_PERCENT // 100}
    groups = {name: max(ROUNDS, number - number % ROUNDS) for name, number in groups.items()}
    for name, number in groups.items():
        fill(name, number, DUE if name == "engine" else LATER)
        console.print(f"{number:,} circles of {MEMBERS} for {name}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute((HERE / "by_hand.sql").read_text())
    spent, memory = measure(groups)
    differing = differences()
    tell(console, spent, memory, differing)
    return 0 if reached(spent) and not differing else 1


def fill(group: str, circles: int, due: datetime) -> None:
    """Circles before their due moment, every member with enough in their wallet."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute((HERE / "fill.sql").read_text() % {"group": group, "circles": circles, "due": f"'{due}'"})
    _open(_ids(group, due), Purpose.POT)
    wallets = list(Wallet.objects.filter(user__email__startswith=f"{group}-").values_list("pk", flat=True))
    _open(wallets, Purpose.WALLET)
    for start in range(0, len(wallets), CHUNK):
        _fund(wallets[start : start + CHUNK])


def measure(groups: dict[str, int]) -> tuple[dict[str, Spent], list[int]]:
    """Let the three take turns; returns what each took, and this process's peak memory in MiB after each round."""
    server = Server(_dsn(), Path())
    spent = {name: Spent() for name in groups}
    by_hand, naive = _ids("by hand", LATER), _ids("naive", LATER)
    memory = []
    for number in range(ROUNDS):
        size = groups["engine"] // ROUNDS
        with watching(spent["engine"], size, server):
            turn = services.turn_circles(at=DUE, limit=size)
        if turn.failed or turn.done != size:
            raise RuntimeError(f"{turn.done} of {size} circles, {turn.failed}")
        with watching(spent["by hand"], groups["by hand"] // ROUNDS, server):
            _by_hand(_share(by_hand, number))
        with watching(spent["naive"], groups["naive"] // ROUNDS, server):
            _naively(_share(naive, number))
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    return spent, memory


@contextmanager
def watching(spent: Spent, circles: int, server: Server) -> Iterator[None]:
    """Add what a block takes."""
    began, own, servers = time.perf_counter(), time.process_time(), server.cpu_seconds()
    yield
    spent.seconds += time.perf_counter() - began
    spent.cpu += time.process_time() - own + server.cpu_seconds() - servers
    spent.contributions += circles * MEMBERS


def differences() -> list[str]:
    """What is not the same, however it was done, in the first circle of each way; keys and moments apart."""
    rows = {name: _rows(_ids(name, due)[0]) for name, due in (("engine", DUE), ("by hand", LATER), ("naive", LATER))}
    return [f"{name}: {what}" for name in rows for what in rows[name] if rows[name][what] != rows["engine"][what]]


def reached(spent: dict[str, Spent]) -> bool:
    """At least half of the limit, and ten times the naive way; by processors, which others' work does not stretch."""
    engine = spent["engine"].cpu_us
    return spent["by hand"].cpu_us / engine >= 0.5 and spent["naive"].cpu_us / engine >= 10


def tell(console: Console, spent: dict[str, Spent], memory: list[int], differing: list[str]) -> None:
    """The figures."""
    table = Table("way", "contributions", "a second", "CPU µs each", "of the limit", "times the naive")
    for name, one in spent.items():
        limit, naive = spent["by hand"].cpu_us / one.cpu_us, spent["naive"].cpu_us / one.cpu_us
        figures = (f"{one.contributions:,}", f"{one.per_second:,.0f}", f"{one.cpu_us:,.0f}")
        table.add_row(name, *figures, f"{limit:.0%}", f"{naive:.1f}")
    console.print(table)
    console.print(f"Peak memory after each round, MiB: {memory}")
    console.print("Identical rows" if not differing else f"Rows differ: {differing}")


def _by_hand(circles: list[UUID]) -> None:
    for start in range(0, len(circles), CIRCLES_A_CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            chunk = circles[start : start + CIRCLES_A_CHUNK]
            cursor.execute("SELECT pg_temp.collect_by_hand(%s, %s)", [chunk, DUE])


def _naively(circles: list[UUID]) -> None:
    for circle_id in circles:
        for member in Membership.objects.filter(circle_id=circle_id).select_related("user").order_by("slots__position"):
            services.contribute(actor=member.user, circle_id=circle_id, cycle_number=1, at=LATER)


def _open(owners: list[UUID], purpose: Purpose) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (id, owner_id, purpose, currency)"
            " SELECT id, owner, %s, 'NGN' FROM unnest(%s::uuid[], %s::uuid[]) AS opened (id, owner)",
            [purpose.value, [ledger.account_id(owner, purpose) for owner in owners], owners],
        )


@transaction.atomic
def _fund(wallets: list[UUID]) -> None:
    clearing = chart.clearing_account("paystack")
    events = [uuid4() for _ in wallets]
    ledger.post_each(
        scope="test",
        source="test",
        kind="deposit",
        movements=[
            Movement(event.hex, event, clearing, chart.wallet_account(wallet), ENOUGH_KOBO)
            for event, wallet in zip(events, wallets, strict=True)
        ],
        initiator_id=None,
    )


def _rows(circle_id: UUID) -> dict[str, list[Any]]:
    lines = Transaction.objects.filter(circle_id=circle_id)
    transfers = LedgerTransfer.objects.filter(journal__in=lines.values("journal_id"))
    found = {
        "cycles": Cycle.objects.filter(circle=circle_id).values_list("number", "status"),
        "contributions": Contribution.objects.filter(cycle__circle=circle_id).values_list(
            "cycle__number", "slot__position", "status", "paid_kobo", "source"
        ),
        "payments": ContributionPayment.objects.filter(contribution__cycle__circle=circle_id).values_list(
            "contribution__slot__position", "amount_kobo", "source"
        ),
        "payouts": Payout.objects.filter(cycle__circle=circle_id).values_list(
            "cycle__number", "slot__position", "amount_kobo", "paid_kobo", "payments__amount_kobo"
        ),
        "lines": lines.values_list("type", "direction", "status", "amount_kobo", "description", "balance_after_kobo"),
        "transfers": transfers.values_list("kind", "phase", "amount", "journal__scope", "debit_after", "credit_after"),
        "pot": LedgerAccount.objects.filter(owner_id=circle_id).values_list("credits_posted", "debits_posted"),
        "acts": ScheduledAct.objects.filter(circle=circle_id, cycle__number=2).values_list("kind", "state"),
    }
    return {name: sorted(rows) for name, rows in found.items()}


def _ids(group: str, due: datetime) -> list[UUID]:
    mine = Circle.objects.filter(host__email__startswith=f"{group}-", cycles__due_at=due, cycles__number=1)
    return list(mine.order_by("pk").values_list("pk", flat=True))


def _share(ids: list[UUID], number: int) -> list[UUID]:
    size = len(ids) // ROUNDS
    return ids[number * size : (number + 1) * size]


def _dsn() -> str:
    parameters = connection.get_connection_params()
    host, port, name = parameters["host"], parameters["port"], parameters["dbname"]
    return f"postgresql://{parameters['user']}:{parameters['password']}@{host}:{port}/{name}"
