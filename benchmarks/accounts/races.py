"""The races of sign-in and PIN, as often as one likes, with real threads on a real PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.errors import PinIncorrectError, PinLockedError, PinTokenInvalidError
from accounts.models import Pin, PinPurpose, RefreshUse, User
from accounts.services import (
    Device,
    NewPerson,
    check_pin,
    consume_pin_token,
    open_session,
    refresh_session,
    set_pin,
    sign_up,
    verify_pin,
)
from accounts.tests.races import at_once

PHONE = Device(user_agent="a telephone", address="10.1.2.3")
PASSWORD, PIN = "Ajo-with-friends-1", "258047"
THREADS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was raced for, and whether it held."""

    name: str
    told: str
    holds: bool


def run(rounds: int) -> list[Outcome]:
    """Every race, those of one round `rounds` times."""
    device, at = PHONE, timezone.now()
    person = NewPerson(email="racer@example.ng", password=PASSWORD, first_name="Ada", last_name="Obi")
    user, _ = sign_up(person=person, device=device, at=at)
    set_pin(actor=user, pin=PIN, password=PASSWORD, at=at)
    return [_refreshes(user, rounds), _tokens(user, rounds), _guesses(user), _log_ins()]


def _refreshes(user: User, rounds: int) -> Outcome:
    winners = []
    for _ in range(rounds):
        refresh = open_session(user=user, device=PHONE, at=timezone.now()).refresh
        RefreshUse.objects.all().delete()

        def trade(refresh: str = refresh) -> str:
            return refresh_session(refresh=refresh, device=PHONE, at=timezone.now()).refresh

        pairs = set(at_once(THREADS, trade))
        winners.append((len(pairs), RefreshUse.objects.count()))
    good = winners.count((1, 1))
    return Outcome("one refresh token, 8 at once", f"one pair in {good} of {rounds} rounds", good == rounds)


def _tokens(user: User, rounds: int) -> Outcome:
    used = []
    for _ in range(rounds):
        token = verify_pin(actor=user, pin=PIN, purpose=PinPurpose.TRANSFER, at=timezone.now()).pin_token

        def consume(token: str = token) -> int:
            try:
                with transaction.atomic():
                    consume_pin_token(user=user, token=token, purpose=PinPurpose.TRANSFER)
            except PinTokenInvalidError:
                return 0
            return 1

        used.append(sum(sum(at_once(THREADS, consume)) for _ in range(7)))
    good = used.count(1)
    return Outcome("one PIN token, 56 times", f"used once in {good} of {rounds} rounds", good == rounds)


def _guesses(user: User) -> Outcome:
    at = timezone.now()
    codes = [code for _ in range(25) for code in at_once(THREADS, _guess(user, at))]
    pin = Pin.objects.get(user=user)
    told = f"{codes.count('pin_incorrect')} wrong, {codes.count('pin_locked')} locked out, {pin.attempts} counted"
    return Outcome("200 guesses at a PIN", told, (codes.count("pin_incorrect"), pin.attempts) == (4, 5))


def _guess(user: User, at: object) -> Callable[[], str]:
    def guess() -> str:
        try:
            check_pin(user=user, pin="914736", at=timezone.now())
        except (PinIncorrectError, PinLockedError) as refusal:
            return refusal.code
        return "right"

    return guess


def _log_ins() -> Outcome:
    body = '{"email": "nobody@example.ng", "password": ""}'

    def log_in() -> int:
        answer = Client().post("/api/v1/auth/login", body, content_type="application/json", REMOTE_ADDR="10.7.7.7")
        return answer.status_code

    codes = [code for _ in range(5) for code in at_once(THREADS, log_in)]
    told = f"{codes.count(400)} let in, {codes.count(429)} told to wait"
    return Outcome("40 sign-ins for one address, 10 a minute", told, (codes.count(400), codes.count(429)) == (10, 30))
