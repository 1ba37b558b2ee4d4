"""The story, from sign-up to the last payout and a withdrawal, against a whole running Contri."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from contri.demo.story import Story
from contri.tests.live import LiveContri, live_contri

pytestmark = pytest.mark.e2e

MOST_CALLS = 14


@pytest.fixture(scope="module")
def live() -> Iterator[LiveContri]:
    with live_contri() as running:
        yield running


def test_money_goes_round_a_circle_from_sign_up_to_the_last_payout(live: LiveContri) -> None:
    def turn_cycles(day: date) -> None:
        done = live.manage("run_cycles", "--as-of", day.isoformat())
        assert done.returncode == 0, done.stderr

    with Story(live.base_url, live.sandbox_url, turn_cycles) as story:
        told = [act() for _title, act in story.steps()]

    assert told[-1] == "₦6000.00 reached the bank, ₦9000.00 is left"
    assert_books_balance(live)


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


def test_demo_story_tells_every_step(live: LiveContri) -> None:
    done = live.manage("demo_story")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("✓") == 13


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
