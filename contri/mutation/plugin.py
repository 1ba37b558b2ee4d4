"""For `pytest -p contri.mutation.plugin --mutate <module>`: the tests once, and again for each mutant until one fails.

The first run notes which functions each test enters. A mutant gets a process of its own, forked from the one in which
everything is loaded and the database is made, and only the tests that enter its function, the quickest first.
"""

import importlib
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol
from django.db import connection, connections

from contri.mutation.mutants import Mutant, mutants_of
from contri.mutation.verdicts import Verdicts

Site = tuple[str, str]
SURVIVED, KILLED = 0, 1
# A mutant that runs so much longer than its tests did is one that never ends.
PATIENCE_SECONDS = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """What to mutate, and where to write what came of it."""
    group = parser.getgroup("mutation")
    group.addoption("--mutate", action="append", default=[], metavar="MODULE", help="plant bugs into this module")
    group.addoption("--verdicts", type=Path, help="a file for the list of mutants that no test found")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Instead of the plain run."""
    names: list[str] = session.config.getoption("mutate")
    if not names:
        return None
    items = [item for item in session.items if not _is_left_out(item)]
    entered, seconds = _first_run(items, {str(importlib.import_module(name).__file__) for name in names})
    verdicts = Verdicts()
    for mutant in [mutant for name in names for mutant in mutants_of(importlib.import_module(name))]:
        site = (str(importlib.import_module(mutant.module).__file__), mutant.function)
        tests = sorted(entered[site], key=lambda item: seconds[item])
        verdicts.note(mutant, is_killed=bool(tests) and _is_killed(mutant, tests), is_tried=bool(tests))
    session._setupstate.teardown_exact(None)  # noqa: SLF001 - pytest offers no other way to end what it set up
    verdicts.tell(session.config.getoption("verdicts"))
    return True


def _is_left_out(item: pytest.Item) -> bool:
    """Tests that commit, or run threads, leave traces for the next mutant."""
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and (marker.kwargs.get("transaction") or marker.args)
    return bool(commits) or item.get_closest_marker("race") is not None or "transactional_db" in _fixtures(item)


def _fixtures(item: pytest.Item) -> list[str]:
    return cast(list[str], getattr(item, "fixturenames", []))


def _first_run(
    items: list[pytest.Item], files: set[str]
) -> tuple[dict[Site, list[pytest.Item]], dict[pytest.Item, float]]:
    """Which tests enter which functions of `files`, and how long each takes."""
    entered: dict[Site, list[pytest.Item]] = defaultdict(list)
    seconds: dict[pytest.Item, float] = {}
    for item in items:
        begun = time.monotonic()
        with _noting(files) as sites:
            failures = _failures(item)
        if failures:
            raise pytest.UsageError(f"{item.nodeid} fails without any mutant:\n{failures[0].longreprtext}")
        seconds[item] = time.monotonic() - begun
        for site in sites:
            entered[site].append(item)
    return entered, seconds


@contextmanager
def _noting(files: set[str]) -> Iterator[set[Site]]:
    sites: set[Site] = set()

    def note(frame: Any, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename in files:
            sites.add((frame.f_code.co_filename, frame.f_code.co_qualname.partition(".<locals>")[0]))

    sys.setprofile(note)
    try:
        yield sites
    finally:
        sys.setprofile(None)


def _failures(item: pytest.Item) -> list[pytest.TestReport]:
    # Told that the session goes on, pytest ends what belongs to the test and its module, and keeps the database.
    more = cast(pytest.Item, item.session)
    return [report for report in runtestprotocol(item, nextitem=more, log=False) if report.failed]


def _is_killed(mutant: Mutant, tests: list[pytest.Item]) -> bool:
    return _in_a_child(lambda: _find(mutant, tests)) != SURVIVED


def _find(mutant: Mutant, tests: list[pytest.Item]) -> int:
    mutant.plant()
    return KILLED if any(_failures(test) for test in tests) else SURVIVED


def _in_a_child(work: Callable[[], int]) -> int:
    # A connection must not be shared by two processes.
    connections.close_all()
    cast(Any, connection).close_pool()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    code = KILLED
    try:
        signal.alarm(PATIENCE_SECONDS)
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        code = work()
    finally:
        os._exit(code)
