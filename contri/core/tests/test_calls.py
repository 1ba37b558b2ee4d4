"""A task runs under the request id of whoever queued it, and leaves one line."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from celery import shared_task
from django.conf import settings
from redis import Redis

from contri.core.calls import QUEUED_AT_HEADER, REQUEST_ID_HEADER
from contri.core.context import call_context, current_call
from contri.core.nudging import nudge
from contri.core.outgoing import carry_request_id

QUEUE = settings.CELERY_TASK_DEFAULT_QUEUE


@shared_task(name="core.test_which_call")
def which_call() -> str:
    return current_call().request_id


@shared_task(name="core.test_fail")
def fail() -> None:
    raise ValueError("pin=748159")


@pytest.fixture
def broker() -> Iterator[Redis]:
    with Redis.from_url(settings.CELERY_BROKER_URL) as redis:
        redis.delete(QUEUE)
        yield redis
        redis.delete(QUEUE)


def test_a_message_says_who_asked_and_since_when(broker: Redis) -> None:
    with call_context(request_id="from-the-phone-9"):
        nudge(which_call)
    nudge(which_call)

    without, with_id = (json.loads(message)["headers"] for message in broker.lrange(QUEUE, 0, -1))
    assert with_id[REQUEST_ID_HEADER] == "from-the-phone-9"
    assert REQUEST_ID_HEADER not in without
    assert isinstance(with_id[QUEUED_AT_HEADER], float)


def test_a_task_that_the_beat_queued_goes_by_its_own_id() -> None:
    assert which_call.apply(task_id="0a1b2c3d-4e5f-6789").get() == "0a1b2c3d-4e5f-6789"
    assert current_call().request_id == "-"


@pytest.mark.parametrize(("task", "outcome"), [(which_call, "done"), (fail, "failed")])
def test_one_line_for_every_run(task: Any, outcome: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="contri.core.calls"):
        task.apply()

    lines = [record.getMessage() for record in caplog.records if record.name == "contri.core.calls"]
    assert [line.split(" in ")[0] for line in lines] == [f"{task.name} {outcome}"]


def test_calls_to_providers_carry_the_request_id() -> None:
    asked: list[str] = []

    def provider(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["X-Request-ID"])
        return httpx.Response(200)

    hooks = {"request": [carry_request_id]}
    with (
        call_context(request_id="from-the-phone-9"),
        httpx.Client(transport=httpx.MockTransport(provider), event_hooks=hooks) as client,
    ):
        client.get("https://provider.invalid/")

    assert asked == ["from-the-phone-9"]
