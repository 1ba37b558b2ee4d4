"""What machines ask: live, ready, and the measurements."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from contri.core import metrics
from contri.core.exposition import everything
from contri.core.models import Reading
from contri.core.readings import HEARTBEAT, take_reading
from contri.core.tasks import beat_heart

TOKEN = "a-token-for-prometheus-alone"


def test_live_asks_nothing_of_anybody(client: Client) -> None:
    # Without the fixture that lets a test at the database, touching it fails.
    assert client.get("/healthz/live").json() == {"status": "live"}


def test_machines_ask_by_address_and_without_tls(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["api.contri.ng"]

    assert client.get("/healthz/live", headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/api/v1/wallet", headers={"Host": "10.0.0.7:8000"}).status_code == 400


def test_ready_tells_of_database_redis_and_workers(client: Client, db: None, settings: Settings) -> None:
    take_reading(HEARTBEAT + "money", 0.1)
    response = client.get("/healthz/ready")

    assert (response.status_code, response.json()) == (
        200,
        {"status": "ready", "database": "ok", "redis": "ok", "workers": {"money": "ok", "contri": "late"}},
    )


def test_a_redis_that_is_away_is_told_and_stops_nobody(client: Client, db: None, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/healthz/ready")

    assert (response.status_code, response.json()["redis"]) == (200, "away")


def test_not_ready_without_the_database(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class NobodyThere:
        def cursor(self) -> None:
            raise DatabaseError

    monkeypatch.setattr("contri.probes.connection", NobodyThere())
    response = client.get("/healthz/ready")

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json() == {"status": "not ready", "database": "away", "redis": "ok", "workers": {}}


def test_not_ready_while_migrations_are_missing(client: Client, db: None) -> None:
    from contri.probes import _require_tables

    _require_tables.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core' AND name = '0004_readings'")
    response = client.get("/healthz/ready")
    _require_tables.cache_clear()

    assert (response.status_code, response.json()["database"]) == (503, "migrations are missing")


def test_the_heartbeat_takes_a_reading_of_its_queue(db: None) -> None:
    before = timezone.now()
    beat_heart("money")

    reading = Reading.objects.get(name="heartbeat:money")
    assert reading.taken_at >= before
    assert 0 <= reading.value < 1


def test_measurements_are_for_whoever_has_the_token(client: Client, db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    answers = [
        client.get("/metrics").status_code,
        client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code,
        client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code,
    ]
    settings.METRICS_TOKEN = ""
    answers.append(client.get("/metrics", headers={"Authorization": "Bearer "}).status_code)

    assert answers == [404, 404, 200, 404]


def value_of(sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", everything().decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_requests_are_counted_by_route_and_never_by_address(client: Client, db: None) -> None:
    sample = 'contri_request_seconds_count{method="GET",route="api/v1/circles/invites/<str:code>",status="401"}'
    before = value_of(sample)
    client.get("/api/v1/circles/invites/ABCD-EFGH")

    assert value_of(sample) == before + 1
    assert "ABCD-EFGH" not in everything().decode()


def test_an_unknown_address_is_one_route_however_many_there_are(client: Client, db: None) -> None:
    for number in range(3):
        client.get(f"/no-such-page-{number}")

    assert "no-such-page" not in everything().decode()


def test_a_method_that_nobody_knows_makes_no_label_of_its_own(client: Client, db: None) -> None:
    client.generic("X-RANDOM-7731", "/api/v1/wallet")

    assert "X-RANDOM-7731" not in everything().decode()


@pytest.mark.parametrize(
    ("record", "sample"),
    [
        (lambda: metrics.happened("pin_locked"), 'contri_happenings_total{what="pin_locked"}'),
        (
            lambda: metrics.provider_answered(provider="paystack", operation="pay", outcome="unknown", seconds=1.0),
            'contri_provider_call_seconds_count{operation="pay",outcome="unknown",provider="paystack"}',
        ),
        (
            lambda: metrics.webhook_came(provider="paystack", result="kept"),
            'contri_webhooks_total{provider="paystack",result="kept"}',
        ),
        (lambda: metrics.socket_opened("MeSocket"), 'contri_sockets_open{socket="MeSocket"}'),
    ],
)
def test_each_recording_function_counts(db: None, record: Any, sample: str) -> None:
    before = value_of(sample)
    record()

    assert value_of(sample) == before + 1


def run_apart(code: str, folder: Path) -> str:
    environ = {**os.environ, metrics.SHARED_FOLDER: str(folder)}
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-c", code],
        env=environ,
        cwd=django_settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_counts_of_several_processes_are_added_up_even_of_those_that_ended(tmp_path: Path) -> None:
    count = "from contri.core import metrics as m; m.happened('pin_locked', times=2); m.socket_opened('MeSocket')"
    tell = (
        "from prometheus_client import CollectorRegistry, generate_latest;"
        "from prometheus_client.multiprocess import MultiProcessCollector;"
        "r = CollectorRegistry(); MultiProcessCollector(r); print(generate_latest(r).decode())"
    )
    for _ in range(2):
        run_apart(count, tmp_path)
    told = run_apart(tell, tmp_path)

    assert 'contri_happenings_total{what="pin_locked"} 4.0' in told
