"""Celery without a broker: messages wait in a list, from which a fault may lose, double or shuffle them."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from celery import Task

from contri.celery import app


@dataclass
class Messages:
    """What was asked of the workers and not yet done: the task's name and its ids."""

    waiting: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    @contextmanager
    def instead_of_a_broker(self) -> Iterator[None]:
        """Catch whatever is queued in this process."""

        def apply_async(task: "Task[..., object]", args: Sequence[Any] = (), *_rest: Any, **_options: Any) -> None:
            self.waiting.append((task.name, tuple(args)))

        with patch.object(Task, "apply_async", apply_async):
            yield

    def take(self, chance: random.Random) -> tuple[str, tuple[Any, ...]] | None:
        """Any one of them: Redis keeps no order that several workers would keep, too."""
        return self.waiting.pop(chance.randrange(len(self.waiting))) if self.waiting else None


def run_task(name: str, args: Sequence[Any] = ()) -> None:
    """Do a task here and now, as a worker would."""
    if name not in app.tasks:
        # A worker imports every app's tasks when it starts.
        app.loader.import_default_modules()
    app.tasks[name](*args)
