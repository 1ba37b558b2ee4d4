"""The story, from sign-up to the last payout and a withdrawal, against a whole running Contri."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks.live_races import races
from contri.demo.story import eventually
from contri.tests.collector import Collector, collector
from contri.tests.live import LiveContri, live_contri

pytestmark = pytest.mark.e2e

MOST_CALLS = 14


@pytest.fixture(scope="module")
def traces() -> Iterator[Collector]:
    with collector() as kept:
        yield kept


@pytest.fixture(scope="module")
def live(traces: Collector) -> Iterator[LiveContri]:
    with live_contri(TRACES_ENDPOINT=traces.endpoint, OTEL_BSP_SCHEDULE_DELAY="300") as running:
        yield running


def test_money_goes_round_a_circle_from_sign_up_to_the_last_payout(live: LiveContri, traces: Collector) -> None:
    done = live.manage("demo_story")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("✓") == 13
    assert "₦6000.00 reached the bank, ₦9000.00 is left" in done.stdout
    assert "The books balance" in done.stdout
    assert_one_trace_leads_to_the_bank(traces)


def test_what_is_raced_for_over_http_has_one_winner(live: LiveContri) -> None:
    with races(live) as each:
        outcomes = list(each.run(rounds=2, callers=20, guesses=20, seekers=4))

    assert [outcome for outcome in outcomes if not outcome.holds] == []


def test_the_readmes_own_lines_complete_a_circle(live: LiveContri) -> None:
    lines = story_of_the_readme()
    assert len(re.findall(r"\bcurl -|\bcall \S+ ", lines)) <= MOST_CALLS

    environ = {**live.environ, "PORT": live.base_url.rpartition(":")[2]}
    done = subprocess.run(  # noqa: S603 - the README's own lines are what is tested
        ["/bin/bash", "-euo", "pipefail", "-c", lines],
        cwd=settings.BASE_DIR,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "scheduled"
    assert done.stdout.splitlines()[-1] == "completed"
    assert_books_balance(live)


def assert_one_trace_leads_to_the_bank(traces: Collector) -> None:
    """From the request through the task that it queued to the provider's calls; who it was is nowhere in it."""

    def is_whole() -> bool:
        journeys = traces.journeys("POST api/v1/wallet/withdraw")
        return any({"run/wallets.work_withdrawals", "POST", "INSERT"} <= names for names in journeys)

    assert eventually("the whole trace of a withdrawal", is_whole)
    assert [personal for personal in (b"@example", b"Okafor", b"eyJhbGci") if personal in traces.raw] == []


def assert_books_balance(live: LiveContri) -> None:
    audit = live.manage("audit_ledger", "--json")

    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert json.loads(audit.stdout)["findings"] == []


def story_of_the_readme() -> str:
    readme = Path(settings.BASE_DIR, "README.md").read_text()
    told = re.search(r"<!-- story: begin -->\n```bash\n(.*?)```", readme, re.DOTALL)
    assert told is not None
    # Contri's own interpreter, wherever this one runs from.
    return told[1].replace(".venv/bin/python", sys.executable)
