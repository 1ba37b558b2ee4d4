"""One virtual clock for Python and for PostgreSQL."""

from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import time_machine
from django.db import connection


class VirtualClock:
    """Stands still until it is moved. As a context it rules this process and the scratch database it works on."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._travel = time_machine.travel(start, tick=False)

    def __enter__(self) -> Self:
        self._traveller = self._travel.start()
        self.move_to(self.now)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._travel.stop()

    def move_to(self, moment: datetime) -> None:
        """Make it `moment`, which may lie before now: clocks are set back, too."""
        self.now = moment
        self._traveller.move_to(moment)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE simulated.moment SET at = %s", [moment])

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.move_to(self.now + by)
