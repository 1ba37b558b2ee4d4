"""What happens while Redis or PostgreSQL is away: `python -m benchmarks.faults`.

Starts servers, web, worker and beat of its own over an empty data folder, stops one server after the other for ten
seconds, starts it again, and looks whether Contri goes on by itself. One line a question; exits with 1 when an answer
is not as it must be.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from contri.local.data import PROJECT_ROOT, DataFolder
from contri.local.environment import Ports, local_values
from contri.local.keys import kept_keys
from contri.local.ports import free_ports
from contri.local.postgres import EmbeddedPostgres
from contri.local.throwaway import throwaway_folder
from contri.local.valkey import EmbeddedValkey

LONGEST_503_SECONDS = 2.0
AWAY_SECONDS = 10.0
RECOVERY_SECONDS = 120.0
CELERY = ("-m", "celery", "--quiet", "-A", "contri")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    seconds: float
    retry_after: str
    body: dict[str, Any]


class Phone:
    """Somebody with a wallet."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self.token = ""

    def ask(self, method: str, path: str, body: object = None, key: str = "") -> Answer:
        """One call, whatever comes of it."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self._base}{path}", data, headers, method=method)  # noqa: S310 - ours
        started = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310 - ours
                return _answer(reply, started)
        except urllib.error.HTTPError as refused:
            return _answer(refused, started)

    def sign_up(self, name: str) -> None:
        """Open an account."""
        person = {"email": f"{name}@example.ng", "password": "Ajo-with-friends-1", "first_name": "Ada"}
        self.token = self.ask("POST", "/api/v1/auth/signup", {**person, "last_name": "Eze"}).body["access"]

    def log_in(self) -> Answer:
        """With a password that is wrong: 401 when all is well."""
        return self.ask("POST", "/api/v1/auth/login", {"email": "nobody@example.ng", "password": "guess-guess"})

    def found_circle(self, key: str) -> Answer:
        """A write that is kept under its key."""
        rules = {"amount": "5000.00", "frequency": "monthly", "size": 3, "cycle_start_date": "2031-01-31"}
        return self.ask("POST", "/api/v1/circles", {"name": "Market women", **rules}, key=key)

    def balance(self) -> Answer:
        """What the wallet holds."""
        return self.ask("GET", "/api/v1/wallet")


def _answer(reply: Any, started: float) -> Answer:
    text = reply.read()
    body = json.loads(text) if text.startswith(b"{") else {}
    return Answer(reply.status, time.monotonic() - started, reply.headers.get("Retry-After", ""), body)


class Report:
    """What was asked, and how it went."""

    def __init__(self) -> None:
        self.is_good = True

    def say(self, question: str, is_good: bool, figure: str) -> None:
        """One line."""
        self.is_good &= is_good
        print(f"{'ok  ' if is_good else 'BAD '} {question:<62} {figure}", flush=True)  # noqa: T201


@dataclass(frozen=True, slots=True)
class Stage:
    """What is played on."""

    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    phone: Phone
    report: Report
    manage: Callable[..., int]


def without_redis(stage: Stage) -> None:
    """Balances and writes go on; what can be guessed at is refused."""
    phone, say = stage.phone, stage.report.say
    stage.valkey.stop()
    balance = phone.balance()
    say("Redis away: the balance is told", balance.status == 200, f"{balance.seconds:.2f} s")
    circle = phone.found_circle("redis-away")
    say("Redis away: a circle is founded", circle.status == 201, f"{circle.status} in {circle.seconds:.2f} s")
    login = phone.log_in()
    is_closed = login.status == 503 and bool(login.retry_after)
    say("Redis away: signing in is refused, with Retry-After", is_closed, f"{login.status} in {login.seconds:.2f} s")
    stage.valkey.start()
    login, waited = _until(phone.log_in, 401)
    say("Redis back: signing in is answered again", login.status == 401, f"after {waited:.1f} s")
    _wait_for_workers(stage, "Redis back: the workers work again")


def without_postgres(stage: Stage) -> None:
    """503 within two seconds, nothing half written, and everything by itself afterwards."""
    phone, say = stage.phone, stage.report.say
    stage.postgres.stop()
    until = time.monotonic() + AWAY_SECONDS
    answers = []
    while time.monotonic() < until:
        answers.append(phone.balance())
    answers.append(phone.found_circle("postgres-away"))
    slowest = max(answer.seconds for answer in answers)
    are_503 = all(answer.status == 503 and answer.retry_after for answer in answers)
    say("PostgreSQL away: 503 with Retry-After", are_503, f"{len(answers)} answers")
    say("PostgreSQL away: within 2 s", slowest <= LONGEST_503_SECONDS, f"slowest {slowest:.2f} s")
    stage.postgres.start()
    balance, waited = _until(phone.balance, 200)
    say("PostgreSQL back: the balance is told again", balance.status == 200, f"after {waited:.1f} s")
    again = phone.found_circle("postgres-away").status
    mine = len(phone.ask("GET", "/api/v1/circles").body["results"])
    say(
        "PostgreSQL back: nothing was half written, the call goes through", (again, mine) == (201, 2), f"{mine} circles"
    )
    _wait_for_workers(stage, "PostgreSQL back: the workers work again")
    say("afterwards the books balance", stage.manage("audit_ledger", "--json") == 0, "audit_ledger")


def _wait_for_workers(stage: Stage, question: str) -> None:
    """Through the heartbeat: beat, broker, worker, row."""
    began = time.monotonic()
    # Those from before are a minute old by then at the latest.
    time.sleep(20)
    while time.monotonic() - began < RECOVERY_SECONDS:
        workers = stage.phone.ask("GET", "/healthz/ready").body.get("workers", {})
        if workers and set(workers.values()) == {"ok"}:
            stage.report.say(question, True, f"within {time.monotonic() - began:.0f} s")
            return
        time.sleep(1)
    stage.report.say(question, False, f"not within {RECOVERY_SECONDS:.0f} s")


def _until(ask: Callable[[], Answer], status: int) -> tuple[Answer, float]:
    started = time.monotonic()
    answer = ask()
    while answer.status != status and time.monotonic() - started < RECOVERY_SECONDS:
        time.sleep(0.5)
        answer = ask()
    return answer, time.monotonic() - started


@contextmanager
def _stage(folder: DataFolder) -> Iterator[Stage]:
    keys = kept_keys(folder.keys)
    postgres, valkey = EmbeddedPostgres(folder.postgres, keys), EmbeddedValkey(folder.valkey, keys)
    with ExitStack() as stack:
        for server in (valkey, postgres):
            server.start()
            stack.callback(server.stop)
        ports = Ports(*free_ports(3))
        values = os.environ | local_values(
            stage="local",
            database_url=postgres.app_url,
            redis_url=valkey.url(),
            ports=ports,
            keys=keys,
            sandbox_data=folder.sandbox,
        )

        def manage(*arguments: str, as_owner: bool = False) -> int:
            environ = values | ({"DATABASE_URL": postgres.owner_url} if as_owner else {})
            return _run(["manage.py", *arguments], environ)

        manage("migrate", "-v", "0", as_owner=True)
        manage("grant_runtime_role", as_owner=True)
        postgres.grant_runtime_role()
        daphne = ("-m", "daphne", "-v", "0", "-p", str(ports.web), "contri.asgi:application")
        for role in (daphne, (*CELERY, "worker", "--concurrency=2"), (*CELERY, "beat", "--pidfile=")):
            process = subprocess.Popen([sys.executable, *role], cwd=PROJECT_ROOT, env=values)  # noqa: S603
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)
        phone = Phone(f"http://127.0.0.1:{ports.web}")
        _wait_until_up(phone)
        phone.sign_up("ada")
        yield Stage(postgres, valkey, phone, Report(), manage)


def _run(arguments: list[str], environ: Mapping[str, str]) -> int:
    command = [sys.executable, *arguments]
    return subprocess.run(  # noqa: S603
        command, cwd=PROJECT_ROOT, env=environ, check=False, stdout=subprocess.DEVNULL
    ).returncode


def _wait_until_up(phone: Phone) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            phone.ask("GET", "/healthz/live")
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("Contri did not come up.")


def main() -> int:
    """Start, break, mend, report."""
    with throwaway_folder() as folder, _stage(folder) as stage:
        without_redis(stage)
        without_postgres(stage)
        return 0 if stage.report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
