"""Loopback ports: which are free, and the one that a server had last time."""

import secrets
import socket
from contextlib import closing
from pathlib import Path

LOOPBACK = "127.0.0.1"

# Below what Linux and macOS hand out to outgoing connections: a port chosen now must still be free when it is used.
CHOICE = range(20000, 32000)


def is_taken(port: int) -> bool:
    """Whether something listens on `port` already, on loopback or on every address."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        # As servers do: a port in TIME_WAIT after the last run counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def free_ports(count: int) -> list[int]:
    """That many different free ports."""
    chosen: set[int] = set()
    while len(chosen) < count:
        candidate = secrets.choice(CHOICE)
        if not is_taken(candidate):
            chosen.add(candidate)
    return list(chosen)


def remembered_port(note: Path) -> int:
    """The port written in `note` when it is still free, otherwise a new one, which is then written there."""
    kept = read_number(note)
    if kept is not None and not is_taken(kept):
        return kept
    [port] = free_ports(1)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(f"{port}\n")
    return port


def read_number(note: Path) -> int | None:
    """The one number in a file, None when there is none."""
    try:
        return int(note.read_text())
    except (OSError, ValueError):
        return None
