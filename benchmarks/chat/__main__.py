"""Fan-out of a chat to 500 sockets, ours beside python-socketio, which also writes a row for each message.

    .venv/bin/python -m uv pip install --target .local/chat-peers -r benchmarks/chat/peers.txt
    .venv/bin/python -m contri.local with -- .venv/bin/python -m benchmarks.chat

Each contender gets a server process of its own, the same 500 listeners and the same messages, paced and in one burst,
in turns; medians are told. Exits with 1 when ours loses or doubles a message, or shows two listeners two orders.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import django
from django.core.management import call_command

from benchmarks.chat.clients import memory_of

HOST = "127.0.0.1"
MEMBERS = 100
START_SECONDS = 60.0
PEERS = Path(".local/chat-peers")


class Contender(NamedTuple):
    """A server to measure, and how its listeners come in."""

    name: str
    command: tuple[str, ...]
    path: str
    is_socketio: bool = False


def main() -> int:
    """Take turns, tell medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="a file for the figures")
    parser.add_argument("--trouble", action="store_true", help="ours only: slow readers, and Redis cut off in between")
    parser.add_argument("--only", help="a part of a contender's name")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    circle_id, tokens = people(options.sockets)
    runs: dict[str, list[dict[str, Any]]] = {}
    if options.trouble:
        with redis_cut_off():
            measured = turn(contenders(circle_id)[1], tokens, options.messages, 20, slow_readers=5)
        sys.stdout.write(f"in trouble: {measured}\n")
        return int(bool(measured["missing"] or measured["doubled"] or measured["orders"] != 1))
    for _ in range(options.rounds):
        for contender in contenders(circle_id):
            if options.only and options.only not in contender.name:
                continue
            for shape, pace in (("paced 20/s", 20), ("burst", 0)):
                measured = turn(contender, tokens, options.messages, pace)
                runs.setdefault(f"{contender.name}, {shape}", []).append(measured)
                sys.stdout.write(f"{contender.name}, {shape}: {measured}\n")
                sys.stdout.flush()
    tell(runs)
    if options.keep:
        options.keep.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    ours = [run for name, several in runs.items() if name.startswith("contri") for run in several]
    return int(any(run["missing"] or run["doubled"] or run["orders"] != 1 for run in ours))


def contenders(circle_id: str) -> list[Contender]:
    """Ours under the two servers that we use, and the peer."""
    ours = f"/ws/circles/{circle_id}/chat"
    uvicorn = ("-m", "uvicorn", "--log-level", "error", "--lifespan", "off", "--host", HOST, "--port", "{port}")
    # As docker-compose.yml has it.
    without_deflate = ("--ws-per-message-deflate", "false")
    return [
        Contender(
            "contri, daphne", ("-m", "daphne", "-v", "0", "-b", HOST, "-p", "{port}", "contri.asgi:application"), ours
        ),
        Contender("contri, uvicorn", (*uvicorn, *without_deflate, "contri.asgi:application"), ours),
        Contender(
            "python-socketio, uvicorn",
            (*uvicorn, "benchmarks.chat.peer:app"),
            "/socket.io/?EIO=4&transport=websocket",
            is_socketio=True,
        ),
    ]


def people(sockets: int) -> tuple[str, list[str]]:
    """A circle of a hundred, and an access token for each socket."""
    from django.utils import timezone

    from accounts.services import open_session
    from accounts.services.sessions import Device
    from circles.tests.world import forming, person

    members = [person() for _ in range(MEMBERS)]
    now = timezone.now()
    # So small a pot that no tier forbids it.
    circle = forming(members, at=now, amount_kobo=100, cycle_start_date=now.date() + timedelta(days=400))
    device = Device(user_agent="benchmark", address=HOST)
    tokens = [
        open_session(user=members[number % MEMBERS], device=device, at=timezone.now()).access
        for number in range(sockets)
    ]
    return str(circle.pk), tokens


def turn(contender: Contender, tokens: list[str], messages: int, pace: int, slow_readers: int = 0) -> dict[str, Any]:
    """One contender, once."""
    with served(contender) as (server, port):
        plan = {
            "run": uuid4().hex[:8],
            "host": HOST,
            "port": port,
            "path": contender.path,
            "is_socketio": contender.is_socketio,
            "tokens": tokens,
            "messages": messages,
            "per_second": pace,
            "slow_readers": slow_readers,
            "pid": server.pid,
            "memory_before": memory_of(server.pid),
        }
        command = [sys.executable, "-m", "benchmarks.chat.clients"]
        done = subprocess.run(  # noqa: S603 - our own command line
            command, input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True
        )
        measured: dict[str, Any] = json.loads(done.stdout)
        return measured


@contextmanager
def served(contender: Contender) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The contender's server, up, and its port."""
    port = _free_port()
    command = [sys.executable, *(part.format(port=port) for part in contender.command)]
    server = subprocess.Popen(  # noqa: S603 - our own command line
        command, env=_environ(), stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_up(server, port)
        yield server, port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


@contextmanager
def redis_cut_off() -> Iterator[None]:
    """Every second all of Redis' connections are cut, as when it is restarted again and again."""
    from django.conf import settings
    from redis import Redis

    over = threading.Event()

    def cut() -> None:
        with Redis.from_url(settings.REDIS_URL) as redis:
            while not over.wait(1.0):
                for kind in ("pubsub", "normal"):
                    redis.client_kill_filter(_type=kind, skipme=True)

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        yield
    finally:
        over.set()
        cutter.join()


def tell(runs: Mapping[str, list[dict[str, Any]]]) -> None:
    """Medians, as a table."""
    columns = ("deliveries_a_second", "p50_ms", "p99_ms", "kb_a_connection", "cpu_us_a_delivery", "missing", "doubled")
    sys.stdout.write(f"{'':<40}{''.join(f'{column:>22}' for column in columns)}\n")
    for name, several in runs.items():
        medians = [statistics.median(run[column] for run in several) for column in columns]
        sys.stdout.write(f"{name:<40}{''.join(f'{value:>22,.1f}' for value in medians)}\n")


def _environ() -> dict[str, str]:
    # Behind our own packages: the peers bring versions of theirs.
    paths = [str(Path.cwd()), str(PEERS.absolute())]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "CORS_ALLOWED_ORIGINS": ""}


def _wait_until_up(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as door:
            if door.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not come up")


def _free_port() -> int:
    with socket.socket() as door:
        door.bind((HOST, 0))
        port: int = door.getsockname()[1]
        return port


if __name__ == "__main__":
    raise SystemExit(main())
