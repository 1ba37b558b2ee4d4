"""For `pytest -p contri.mutation.plugin --mutate <module>`: the tests once, and again for each mutant until one fails.

The first run notes which functions each test enters. A mutant gets a process of its own, forked from the one in which
everything is loaded and the database is made, and only the tests that enter its function, the quickest first. Those
that commit, or run threads, empty all tables after them, which takes long: they are for mutants that no other found.
"""

import gc
import importlib
import os
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol
from django.db import connection, connections

from contri.mutation.mutants import Mutant, mutants_of
from contri.mutation.verdicts import Verdicts, alive_in

Site = tuple[str, str]
# Exit codes say which test found a mutant; there are no more of them.
NOBODY, SOMEBODY = 0, 255
# A mutant that takes so many times as long as its tests did, and then some seconds, is one that never ends.
PATIENCE = 5
PATIENCE_SECONDS = 20


@dataclass
class Trials:
    """Tests that may find a mutant, by the functions that they enter, and how long each takes."""

    entering: dict[Site, list[pytest.Item]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[pytest.Item, float] = field(default_factory=dict)
    finders: Counter[pytest.Item] = field(default_factory=Counter)

    def of(self, mutant: Mutant) -> list[pytest.Item]:
        """Those that enter its function: first who has found many for the seconds that it takes, then the quickest."""
        site = (str(importlib.import_module(mutant.module).__file__), mutant.function)
        return sorted(self.entering[site], key=lambda item: self.seconds[item] / (1 + 2 * self.finders[item]))

    def patience_for(self, tests: list[pytest.Item]) -> int:
        """How long to wait for them with a mutant, in seconds."""
        return PATIENCE_SECONDS + int(PATIENCE * sum(self.seconds[test] for test in tests))


def pytest_addoption(parser: pytest.Parser) -> None:
    """What to mutate, and where to write what came of it."""
    group = parser.getgroup("mutation")
    group.addoption("--mutate", action="append", default=[], metavar="MODULE", help="plant bugs into this module")
    group.addoption("--every", type=int, default=1, metavar="N", help="one mutant of N: a sample, N times as quick")
    group.addoption("--most", type=int, default=None, metavar="N", help="give up on a mutant after so many tests")
    group.addoption("--again", action="store_true", help="only mutants that the file of verdicts lists as alive")
    group.addoption("--verdicts", type=Path, help="a file for the list of mutants that no test found")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Instead of the plain run."""
    names: list[str] = session.config.getoption("mutate")
    if not names:
        return None
    modules = [importlib.import_module(name) for name in names]
    mutants = [mutant for module in modules for mutant in mutants_of(module)]
    if session.config.getoption("again"):
        mutants = alive_in(session.config.getoption("verdicts"), mutants)
    verdicts = Verdicts(mutants[:: session.config.getoption("every")])
    for commits in (False, True):
        items = [item for item in session.items if _commits(item) is commits]
        trials = _first_run(items, {str(module.__file__) for module in modules})
        # What is loaded stays as it is, and children need no copies of it.
        gc.freeze()
        for mutant in list(verdicts.alive):
            tests = trials.of(mutant)[: session.config.getoption("most")]
            verdicts.note(mutant, is_tried=bool(tests), is_killed=_is_killed(mutant, tests, trials))
        verdicts.tell(session.config.getoption("verdicts"))
    session._setupstate.teardown_exact(None)  # noqa: SLF001 - pytest offers no other way to end what it set up
    return True


def _commits(item: pytest.Item) -> bool:
    """Whether it commits, or runs threads, and so has to empty the tables after it."""
    marker = item.get_closest_marker("django_db")
    says_so = marker is not None and (marker.kwargs.get("transaction") or marker.args)
    return bool(says_so) or item.get_closest_marker("race") is not None or "transactional_db" in _fixtures(item)


def _fixtures(item: pytest.Item) -> list[str]:
    return cast(list[str], getattr(item, "fixturenames", []))


def _first_run(items: list[pytest.Item], files: set[str]) -> Trials:
    """Which tests enter which functions of `files`, and how long each takes."""
    trials = Trials()
    for item in items:
        begun = time.monotonic()
        with _noting(files) as sites:
            failures = _failures(item)
        if failures:
            raise pytest.UsageError(f"{item.nodeid} fails without any mutant:\n{failures[0].longreprtext}")
        trials.seconds[item] = time.monotonic() - begun
        for site in sites:
            trials.entering[site].append(item)
    return trials


@contextmanager
def _noting(files: set[str]) -> Iterator[set[Site]]:
    sites: set[Site] = set()

    def note(frame: Any, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename in files:
            sites.add((frame.f_code.co_filename, frame.f_code.co_qualname.partition(".<locals>")[0]))

    sys.setprofile(note)
    threading.setprofile(note)
    try:
        yield sites
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def _failures(item: pytest.Item) -> list[pytest.TestReport]:
    # Told that the session goes on, pytest ends what belongs to the test and its module, and keeps the database.
    more = cast(pytest.Item, item.session)
    return [report for report in runtestprotocol(item, nextitem=more, log=False) if report.failed]


def _is_killed(mutant: Mutant, tests: list[pytest.Item], trials: Trials) -> bool:
    if not tests:
        return False
    found_by = _in_a_child(lambda: _find(mutant, tests), trials.patience_for(tests))
    if 0 < found_by <= len(tests):
        trials.finders[tests[found_by - 1]] += 1
    return found_by != NOBODY


def _find(mutant: Mutant, tests: list[pytest.Item]) -> int:
    """The place of the test that finds it, from 1."""
    mutant.plant()
    return next((min(place, SOMEBODY) for place, test in enumerate(tests, start=1) if _failures(test)), NOBODY)


def _in_a_child(work: Callable[[], int], patience: int) -> int:
    """Its exit code; `SOMEBODY` when it breaks, or never ends."""
    # A connection must not be shared by two processes.
    connections.close_all()
    cast(Any, connection).close_pool()
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else SOMEBODY
    code = SOMEBODY
    try:
        signal.alarm(patience)
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        code = work()
    finally:
        os._exit(code)
