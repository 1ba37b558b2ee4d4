"""What is run at once goes as far as it can without waiting, and then on as a task."""

import asyncio

import pytest
from asgiref.sync import async_to_sync

from contri.core.eager import run_at_once


def scenario(test):
    def run():
        async_to_sync(test)()

    return run


@scenario
async def test_what_does_not_wait_is_done_when_it_returns():
    done = []

    async def act():
        done.append("done")

    assert run_at_once(act()) is None
    assert done == ["done"]


@scenario
async def test_what_waits_goes_on_when_it_may():
    gate, steps = asyncio.Event(), []

    async def act():
        steps.append("before")
        await gate.wait()
        await asyncio.sleep(0)
        steps.append("after")

    rest = run_at_once(act())
    assert steps == ["before"]
    assert rest is not None
    gate.set()
    await rest
    assert steps == ["before", "after"]


@scenario
async def test_what_goes_wrong_before_the_first_wait_is_raised_at_once_and_later_by_the_task():
    async def act(wait):
        if wait:
            await asyncio.sleep(0)
        raise LookupError

    with pytest.raises(LookupError):
        run_at_once(act(wait=False))
    rest = run_at_once(act(wait=True))
    assert rest is not None
    with pytest.raises(LookupError):
        await rest


@scenario
async def test_what_is_cancelled_while_it_waits_cleans_up():
    cleaned = []

    async def act():
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append("cleaned")

    rest = run_at_once(act())
    assert rest is not None
    await asyncio.sleep(0)
    rest.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rest
    assert cleaned == ["cleaned"]
