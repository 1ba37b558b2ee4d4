"""What a request costs under each server, in CPU: `python -m contri.local with -- python -m benchmarks.serving`.

CPU of the server's processes, from /proc, and not requests a second: those tell more about what else the machine does.
Servers take turns, so that both see the same machine.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

PORT = 18910
ROUNDS = 1
REQUESTS = 200
CONNECTIONS = 4
TICKS = os.sysconf("SC_CLK_TCK")
SERVERS = {
    "granian, 2 threads (WSGI)": (
        *("-m", "granian", "--interface", "wsgi", "--blocking-threads", "2", "--log-level", "warning"),
        *("--port", str(PORT), "contri.wsgi:application"),
    ),
    "daphne (ASGI)": ("-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(PORT), "contri.asgi:application"),
}
PATHS = {"GET /healthz/live": "/healthz/live", "GET /api/v1/wallet": "/api/v1/wallet"}


def main() -> None:
    """Measure and print a table."""
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], check=True)
    costs: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for server, arguments in SERVERS.items():
            with _serving(arguments) as process:
                token = _token()
                for name, path in PATHS.items():
                    costs.setdefault((server, name), []).append(_cpu_ms(process.pid, path, token))
    for (server, name), measured in costs.items():
        each = ", ".join(f"{cost:.2f}" for cost in measured)
        print(f"{server:<30} {name:<20} {median(measured):6.2f} ms CPU a request  ({each})")  # noqa: T201


@contextmanager
def _serving(arguments: tuple[str, ...]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, *arguments], stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        deadline = time.monotonic() + 120
        while not _answers():
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit(f"did not come up: {arguments}")
            time.sleep(0.2)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _answers() -> bool:
    try:
        return _ask("GET", "/healthz/live") == 200
    except OSError:
        return False


def _ask(method: str, path: str, body: object = None, token: str = "") -> int:
    return _asked(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60), method, path, body, token)[0]


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: object = None, token: str = ""
) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def _token() -> str:
    person = {"email": f"bench{time.time_ns()}@example.ng", "password": "Ajo-with-friends-1"}
    person |= {"first_name": "Ada", "last_name": "Okafor"}
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    status, body = _asked(connection, "POST", "/api/v1/auth/signup", person)
    if status != 201:
        raise SystemExit(f"signing up answered {status}")
    return str(json.loads(body)["access"])


def _cpu_ms(pid: int, path: str, token: str) -> float:
    def many(count: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        for _ in range(count):
            status, _ = _asked(connection, "GET", path, None, token)
            if status != 200:
                raise SystemExit(f"{path} answered {status}")

    many(20)
    before = _ticks(pid)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(many, [REQUESTS // CONNECTIONS] * CONNECTIONS))
    return (_ticks(pid) - before) / TICKS * 1000 / REQUESTS


def _ticks(pid: int) -> int:
    """User and system time of a process and its children, in clock ticks."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) + sum(_ticks(int(child)) for child in children)


if __name__ == "__main__":
    main()
