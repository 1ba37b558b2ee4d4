"""The bank test: many writers over a few hot wallets, while readers sum them up all the time.

Money only moves between the wallets, so every sum that anybody ever reads must be the same.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID

from django.db import DatabaseError

from contri.core.errors import DomainError
from wallets import ledger
from wallets.services.audit import Finding
from wallets.tests.ledger.books import ledger_findings, move, wallet
from wallets.tests.ledger.racing import at_once

START = 10_000
READERS = 2
# Only a machine that hardly gets anywhere needs it.
PATIENCE_SECONDS = 60.0

Enough = Callable[["Report"], bool]


@dataclass
class Report:
    """What came of a run. `errors` are whatever a writer was told that is no refusal, by SQLSTATE."""

    committed: int = 0
    refused: int = 0
    reads: int = 0
    wrong_sums: int = 0
    negative: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """No error, no sum that differs, nothing below zero, and the books balance."""
        return not (self.errors or self.wrong_sums or self.negative or self.findings)

    def add(self, other: "Report") -> None:
        """Count in what one thread saw."""
        self.committed += other.committed
        self.refused += other.refused
        self.reads += other.reads
        self.wrong_sums += other.wrong_sums
        self.negative += other.negative
        self.errors += other.errors


def open_bank(wallets: int = 8) -> list[UUID]:
    """Wallets with the same sum in each."""
    return [wallet(START) for _ in range(wallets)]


def run_bank(
    accounts: list[UUID], *, writers: int = 8, seconds: float = 1.0, until: Enough = lambda _mine: True
) -> Report:
    """Let writers and readers at these wallets, for a while and until one writer has seen enough; audit the books."""
    over, enough = Event(), Event()

    def work(number: int) -> Report:
        if number < READERS:
            return _read(accounts, over)
        try:
            return _write(accounts, seconds, random.Random(number), until, enough)
        finally:
            over.set()

    report = Report()
    for one in at_once(writers + READERS, work):
        if isinstance(one, Exception):
            raise one
        report.add(one)
    report.findings = ledger_findings()
    return report


def _write(accounts: list[UUID], seconds: float, chance: random.Random, until: Enough, enough: Event) -> Report:
    report = Report()
    # Counted from here: on a busy machine it takes a while until all of them are connected.
    began = time.monotonic()
    while (lasted := time.monotonic() - began) < seconds or (lasted < PATIENCE_SECONDS and not enough.is_set()):
        debit, credit = chance.sample(accounts, 2)
        try:
            move(debit, credit, chance.randint(1, START // 2))
            report.committed += 1
        except DomainError:
            report.refused += 1
        except DatabaseError as error:
            report.errors[getattr(error.__cause__, "sqlstate", "?")] += 1
        if until(report):
            enough.set()
    return report


def _read(accounts: list[UUID], over: Event) -> Report:
    report = Report()
    while True:
        balances = ledger.balances(accounts).values()
        report.reads += 1
        report.wrong_sums += sum(balance.total for balance in balances) != START * len(accounts)
        report.negative += any(balance.available < 0 for balance in balances)
        if over.is_set():
            return report
