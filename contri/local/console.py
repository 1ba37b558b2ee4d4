"""What the terminal shows: every line with the name of the process that wrote it."""

import sys
from typing import TextIO

NAME_WIDTH = 8
_COLOURS = (36, 32, 35, 33, 34, 96, 92, 95)
_RED = 31
_BOLD = 1


class Console:
    """Prefixed lines, coloured where a person looks at them."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._is_coloured = self._stream.isatty()
        self._colours: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """One line of the process `name`."""
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        self._write(f"{self._painted(f'{name:<{NAME_WIDTH}} |', colour)} {text}")

    def say(self, text: str) -> None:
        """What the supervisor itself has to tell."""
        self._write(self._painted(text, _BOLD))

    def complain(self, text: str) -> None:
        """Why it ends."""
        self._write(self._painted(text, _RED))

    def _painted(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._is_coloured else text

    def _write(self, text: str) -> None:
        try:
            print(text, file=self._stream, flush=True)
        except (BrokenPipeError, OSError):
            # The terminal went away. Stopping the children in good order matters more than telling nobody.
            self._stream = sys.stderr
