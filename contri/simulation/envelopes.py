"""How Paystack wraps what it answers."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import httpx

from contri.simulation.bank_books import Body, Charge, Dispute, Transfer

M = TypeVar("M", Charge, Dispute, Transfer)


def ok(data: Any, *, status: int = 200) -> httpx.Response:
    """It was done."""
    return httpx.Response(status, json={"status": True, "message": "Done", "data": data})


def refused(status: int, message: str, code: str) -> httpx.Response:
    """It was not."""
    return httpx.Response(status, json={"status": False, "message": message, "code": code, "type": "api_error"})


def page(asked: Body, moved: Iterable[M], told: Callable[[M], Body]) -> httpx.Response:
    """All of a list in one page, of the stretch of time that is asked about."""
    since = datetime.fromisoformat(asked["from"])
    until = datetime.fromisoformat(asked["to"]) if "to" in asked else None
    return ok([told(one) for one in moved if since <= one.at and (until is None or one.at <= until)])
