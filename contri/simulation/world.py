"""The world around Contri: time, providers, the broker and the beat, each of which may fail."""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import httpx
from argon2 import PasswordHasher
from celery.schedules import crontab
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.test.utils import override_settings

from circles import services as circles
from contri.simulation.bank import PretendBank, Webhook
from contri.simulation.clock import VirtualClock
from contri.simulation.killing import Commits, KilledError, restart
from contri.simulation.messages import Messages, run_task
from contri.simulation.shortcuts import tasks_with_work
from contri.simulation.trouble import Trouble

# A request makes a handful of things durable; a sweep over several rows more.
COMMITS_OF_A_REQUEST = 5
COMMITS_OF_A_TASK = 8
LATEST_WEBHOOK = timedelta(hours=30)
LONGEST_OUTAGE = timedelta(hours=30)
FURTHEST_BACK_MINUTES = 10
# It watches real workers.
NOT_SIMULATED = "core.beat_heart"
# By these a payment is noticed that nobody asked for, or that is wanted back, and whose webhook was lost: no question
# about tables tells that.
LOOKING_ELSEWHERE = frozenset({"wallets.reconcile_yesterday", "wallets.find_disputes"})
# In a step a sweep comes or it does not: one that always comes hides what only the sweep before saved.
BUSY_BEAT = 0.6
# What finds nothing to do, or nobody's money waits for, comes now and then: all of it would be due in each step.
QUIET_BEAT = 0.1
ACCESS_GOOD_FOR = timedelta(days=10)
# As in production, but for what is slow on purpose, and for mail, which is not what is tried here.
SETTINGS: dict[str, Any] = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "ALLOWED_HOSTS": ["*"],
    # People act half a day apart: with a quarter of an hour every act would be preceded by a refresh.
    "SIMPLE_JWT": {**settings.SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": ACCESS_GOOD_FOR},
}
CHEAP_PIN_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class World:
    """Everything that is not Contri and not its people."""

    def __init__(self, clock: VirtualClock, trouble: Trouble, seed: str) -> None:
        self.clock = clock
        self.trouble = trouble
        self.begin_step(seed)
        self.bank = PretendBank(lambda: self.chance, lambda: clock.now)
        self.messages = Messages()
        self.commits = Commits()
        self.log: list[str] = []
        self._providers_line = Client()
        self._beat_rests_until = clock.now
        self._last_run: dict[str, datetime] = {}

    @contextmanager
    def around_contri(self) -> Iterator[None]:
        """Put this world in the place of the real one."""

        def answer(_transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            return self._provider_answers(request)

        was_disabled = logging.root.manager.disable
        with ExitStack() as stack:
            stack.enter_context(override_settings(**SETTINGS))
            stack.enter_context(patch("accounts.pin_hashing._HASHER", CHEAP_PIN_HASHER))
            # Nobody is working at the same time, so nobody need be waited for.
            stack.enter_context(patch("contri.core.idempotency.SHORT_WAIT_SECONDS", 0))
            # What was nudged about a moment ago counts by this life's clock, and by no other life's.
            stack.enter_context(patch("contri.core.nudging._nudged", {}))
            stack.enter_context(patch("contri.core.nudging.monotonic", lambda: self.clock.now.timestamp()))
            stack.enter_context(patch.object(httpx.HTTPTransport, "handle_request", answer))
            stack.enter_context(self.messages.instead_of_a_broker())
            stack.enter_context(self.commits.watched())
            cache.clear()
            # What goes wrong here goes wrong on purpose.
            logging.disable(logging.CRITICAL)
            try:
                yield
            finally:
                logging.disable(was_disabled)

    def begin_step(self, seed: str) -> None:
        """From here on all that is left to chance follows from `seed`; trouble has dice of its own."""
        self.chance = random.Random(seed)  # noqa: S311 - must be the same again
        self.trouble.chance = random.Random(f"{seed}:trouble")  # noqa: S311 - the same

    def say(self, what: str) -> None:
        """Write a line of the trace."""
        self.log.append(f"{self.clock.now:%m-%d %H:%M} {what}")

    def live_until(self, moment: datetime) -> None:
        """Let time pass up to `moment`; the beat turns the circles at each moment that something falls due."""
        for due in circles.moments_of_acts(up_to=moment):
            if due <= self.clock.now or self._beat_rests_until > due:
                break
            self.clock.move_to(due)
            self._do("circles.turn_circles", ())
        self.clock.move_to(max(moment, self.clock.now))
        self._environment_acts_up()
        self.bank.move()
        self._deliver_webhooks()
        self._work_off_messages()
        self._beat()
        self._work_off_messages()

    def request(self, client: Client, method: str, path: str, **call: Any) -> Any:
        """One HTTP request to Contri; None when the connection broke because the web process was killed."""
        try:
            with self._threatened("web is killed", COMMITS_OF_A_REQUEST):
                return client.generic(method, path, **call)
        except KilledError:
            self.say(f"web killed in {method} {path.rpartition('/')[2]}")
            restart()
            return None

    def at_the_desk(self, act: Callable[[], None]) -> bool:
        """One press of a button by staff; False when they saw an error page."""
        try:
            with self._threatened("web is killed", COMMITS_OF_A_REQUEST):
                act()
        except KilledError:
            self.say("web killed at the staff desk")
            restart()
            return False
        except OperationalError:
            return False
        return True

    @contextmanager
    def _threatened(self, killing: str, commits: int) -> Iterator[None]:
        """Maybe something happens at one of the commits within; a power cut that is ordered already stands instead."""
        at, is_after = self.chance.randint(1, commits), self.chance.random() < 0.5
        is_killed = self.trouble.threatens(killing)
        is_aborted = self.trouble.threatens("transaction is broken off")
        if self.commits.is_to_strike:
            yield
            return
        if is_killed:
            self.commits.kill(at=at, after=is_after, on_hit=lambda: self.trouble.count(killing))
        elif is_aborted:
            self.commits.abort(at=at, on_hit=lambda: self.trouble.count("transaction is broken off"))
        try:
            yield
        finally:
            self.commits.spare()

    def _provider_answers(self, request: httpx.Request) -> httpx.Response:
        if self.trouble.strikes("provider times out before the work"):
            raise httpx.ReadTimeout("simulated", request=request)
        if self.trouble.strikes("provider resets before the work"):
            raise httpx.RemoteProtocolError("simulated", request=request)
        if self.trouble.strikes("provider answers 500"):
            return httpx.Response(500, json={"status": False, "message": "Internal error"}, request=request)
        answer = self.bank.answer(request)
        answer.request = request
        if self.trouble.strikes("provider times out after the work"):
            raise httpx.ReadTimeout("simulated", request=request)
        if self.trouble.strikes("provider resets after the work"):
            raise httpx.RemoteProtocolError("simulated", request=request)
        if self.trouble.strikes("provider answers HTML"):
            return httpx.Response(502, html="<h1>Bad gateway</h1>", request=request)
        if self.trouble.strikes("provider answers junk"):
            return httpx.Response(200, json={"status": True, "data": {"status": 7}}, request=request)
        return answer

    def _environment_acts_up(self) -> None:
        if self.trouble.strikes("Redis is emptied"):
            cache.clear()
            self.messages.waiting.clear()
        if self.trouble.strikes("beat is down"):
            self._beat_rests_until = self.clock.now + self.chance.random() * LONGEST_OUTAGE
        if self.trouble.strikes("clock is set back"):
            self.clock.advance(-timedelta(minutes=self.chance.randint(1, FURTHEST_BACK_MINUTES)))
        if self.trouble.is_over:
            self._beat_rests_until = self.clock.now

    def _deliver_webhooks(self) -> None:
        due = [webhook for webhook in self.bank.webhooks if webhook.due_at <= self.clock.now]
        self.bank.webhooks = [webhook for webhook in self.bank.webhooks if webhook.due_at > self.clock.now]
        if len(due) > 1 and self.trouble.strikes("webhooks overtake each other"):
            self.chance.shuffle(due)
        for webhook in due:
            self._deliver(webhook)

    def _deliver(self, webhook: Webhook) -> None:
        if self.trouble.strikes("webhook is lost"):
            return
        if self.trouble.strikes("webhook comes late"):
            webhook.due_at = self.clock.now + self.chance.random() * LATEST_WEBHOOK
            self.bank.webhooks.append(webhook)
            return
        for _ in range(2 if self.trouble.strikes("webhook comes twice") else 1):
            self.request(
                self._providers_line,
                "POST",
                webhook.path,
                data=webhook.body,
                content_type="application/json",
                headers=webhook.headers,
            )

    def _work_off_messages(self) -> None:
        while (message := self.messages.take(self.chance)) is not None:
            if self.trouble.strikes("message is lost"):
                continue
            for _ in range(2 if self.trouble.strikes("message comes twice") else 1):
                self._do(*message)

    def _beat(self) -> None:
        if self._beat_rests_until > self.clock.now:
            return
        for _ in range(2 if self.trouble.strikes("beat runs twice") else 1):
            busy = tasks_with_work() | LOOKING_ELSEWHERE
            for entry in settings.CELERY_BEAT_SCHEDULE.values():
                if self._comes(is_busy=entry["task"] in busy) and self._is_due(entry):
                    self._do(entry["task"], ())

    def _comes(self, *, is_busy: bool) -> bool:
        likely = (1 if self.trouble.is_over else BUSY_BEAT) if is_busy else QUIET_BEAT
        return self.chance.random() < likely

    def _is_due(self, entry: dict[str, Any]) -> bool:
        if entry["task"] == NOT_SIMULATED:
            return False
        every = timedelta(days=1) if isinstance(entry["schedule"], crontab) else entry["schedule"]
        last = self._last_run.get(entry["task"])
        is_due = last is None or self.clock.now - last >= every or self.clock.now < last
        if is_due:
            self._last_run[entry["task"]] = self.clock.now
        return is_due

    def _do(self, task: str, args: tuple[Any, ...]) -> None:
        try:
            with self._threatened("worker is killed", COMMITS_OF_A_TASK):
                run_task(task, args)
        except KilledError:
            self.say(f"worker killed in {task}")
            restart()
        except OperationalError:
            self.say(f"{task} was broken off")
