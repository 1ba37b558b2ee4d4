"""Ending the process at a commit, before or after it, and breaking transactions off: what a power cut looks like."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest.mock import patch

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

READS = ("SELECT", "SET", "SHOW", "SAVEPOINT", "RELEASE", "ROLLBACK", "UPDATE simulated.moment")


Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


class KilledError(BaseException):
    """The process is gone. No `except Exception` of Contri's may notice."""


class AbortedError(OperationalError):
    """PostgreSQL broke the transaction off, as it does to one side of a deadlock."""


class Commits:
    """Counts the moments at which something becomes durable, and strikes at one of them when told to."""

    def __init__(self) -> None:
        self.seen = 0
        self._strike: _Strike | None = None

    def kill(self, *, at: int, after: bool, on_hit: Callable[[], None] = lambda: None) -> None:
        """End the process at the `at`-th commit from now on (1 is the next), before or after it is durable."""
        self._strike = _Strike(KilledError(), self.seen + at, after, on_hit)

    def abort(self, *, at: int, on_hit: Callable[[], None] = lambda: None) -> None:
        """Let the `at`-th commit from now on fail as a whole."""
        self._strike = _Strike(AbortedError("broken off by the simulation"), self.seen + at, False, on_hit)

    def spare(self) -> None:
        """Take back what was asked for and has not happened yet."""
        self._strike = None

    @property
    def is_to_strike(self) -> bool:
        """Whether what was asked for has not happened yet."""
        return self._strike is not None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch everything that this thread makes durable."""
        really_commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]  # noqa: SLF001 - Django offers no hook

        def commit(wrapper: BaseDatabaseWrapper) -> Any:
            return self._around(lambda: really_commit(wrapper), wrapper)

        with (
            patch.object(BaseDatabaseWrapper, "_commit", commit),
            connection.execute_wrapper(self._single_statement),
        ):
            yield

    def _single_statement(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """A statement outside of a transaction is one by itself."""
        if connection.in_atomic_block or str(sql).lstrip().startswith(READS):
            return execute(sql, params, many, context)
        return self._around(lambda: execute(sql, params, many, context), None)

    def _around(self, make_durable: Callable[[], Any], wrapper: BaseDatabaseWrapper | None) -> Any:
        self.seen += 1
        strike = self._strike if self._strike and self._strike.at == self.seen else None
        if strike and not strike.is_after:
            if wrapper is not None:
                wrapper._rollback()  # type: ignore[attr-defined]  # noqa: SLF001 - the same
            self._hit(strike)
        result = make_durable()
        if strike:
            self._hit(strike)
        return result

    def _hit(self, strike: "_Strike") -> NoReturn:
        self._strike = None
        strike.on_hit()
        raise strike.end


def restart() -> None:
    """What a new process starts with: no connection, and nothing that was to happen after a commit."""
    connection.close()


@dataclass(frozen=True)
class _Strike:
    end: BaseException
    at: int
    is_after: bool
    on_hit: Callable[[], None]
