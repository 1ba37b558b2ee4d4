"""A nudge saves time and must never cost any: the work is a row, and a sweep finds it."""

import time

import pytest
from celery import Celery

from contri.core import nudging
from contri.core.nudging import nudge
from contri.core.quiet import Quiet


@pytest.fixture
def task(settings, monkeypatch):
    """A task whose broker is not there, over Contri's own connection settings."""
    monkeypatch.setattr(nudging, "_broker_is_away", Quiet())
    with Celery("away", broker="redis://127.0.0.1:1/0", set_as_current=False) as app:
        app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

        @app.task(name="test.away")
        def away(work_id: str) -> None:
            """Never runs."""

        yield away


def test_a_broker_that_is_away_costs_one_short_wait_and_no_failure(task):
    before = time.monotonic()

    for _ in range(100):
        nudge(task, "id")

    assert time.monotonic() - before < 2
    assert nudging._broker_is_away.is_on()


def test_it_is_asked_again_after_a_while(task, monkeypatch):
    nudge(task, "id")
    monkeypatch.setattr("contri.core.quiet.monotonic", lambda: time.monotonic() + 6)

    assert not nudging._broker_is_away.is_on()
