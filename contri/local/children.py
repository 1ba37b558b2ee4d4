"""The supervisor's children: their lines as they come, and the moment that one ends."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from contri.local.console import Console
from contri.local.processes import PATIENCE_SECONDS, Process, reap, signal_group, spawn

CHUNK = 65536


@dataclass(slots=True)
class _Output:
    """One child's pipe, and the line that it has begun."""

    name: str
    unfinished: bytes = b""


class Children:
    """Named processes, read without threads: `processes.spawn` wants a parent thread that lives as long as they do."""

    def __init__(self, console: Console, cwd: Path) -> None:
        self._console = console
        self._cwd = cwd
        self._own: dict[str, Process] = {}
        self._watched: dict[str, Process] = {}
        self._pipes = selectors.DefaultSelector()

    def start(self, name: str, argv: Sequence[str | Path], env: Mapping[str, str]) -> None:
        """Start a child; its lines are shown whenever `attend` is called."""
        reader, writer = os.pipe()
        try:
            with os.fdopen(writer, "wb") as output:
                self._own[name] = spawn(argv, env=env, cwd=self._cwd, output=output)
        except BaseException:
            os.close(reader)
            raise
        os.set_blocking(reader, False)
        self._pipes.register(reader, selectors.EVENT_READ, _Output(name))

    def watch(self, name: str, process: Process) -> None:
        """Notice the end of a process that was started elsewhere and is ended there."""
        self._watched[name] = process

    def attend(self, seconds: float) -> None:
        """Show what the children write; returns after news, or after `seconds` without any."""
        for key, _ in self._pipes.select(seconds):
            self._show(key.fd, key.data)

    def ended(self) -> dict[str, int]:
        """Those that ended since this was last asked, with their exit codes (negative: the signal that ended them)."""
        over: dict[str, int] = {}
        for group in (self._own, self._watched):
            for name, process in list(group.items()):
                code = process.poll()
                if code is not None:
                    over[name] = code
                    del group[name]
        if over:
            self.attend(0)
        return over

    def end(self, *, patience: Callable[[], float] = lambda: PATIENCE_SECONDS) -> None:
        """Ask all that were started here to end, show their last lines, kill what is left after `patience()` seconds.

        It is asked anew all the while, so that whoever waits may lose patience.
        """
        begun = time.monotonic()
        for process in self._own.values():
            signal_group(process, signal.SIGTERM)
        while any(process.poll() is None for process in self._own.values()) and time.monotonic() - begun < patience():
            self.attend(0.05)
        for process in self._own.values():
            reap(process)
        self._own.clear()
        self.attend(0)

    def _show(self, descriptor: int, output: _Output) -> None:
        chunk = b""
        with suppress(BlockingIOError):
            chunk = os.read(descriptor, CHUNK)
        *lines, output.unfinished = (output.unfinished + chunk).split(b"\n")
        if not chunk:
            self._pipes.unregister(descriptor)
            os.close(descriptor)
            lines = [output.unfinished] if output.unfinished else []
        for line in lines:
            self._console.line(output.name, line.decode(errors="replace").rstrip("\r"))
