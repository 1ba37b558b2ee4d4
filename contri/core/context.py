"""What is known about the call being served: its request id and the address it came from.

Set by the outermost layer of each door, read by logging, problem bodies and the audit trail.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import uuid4

_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")


@dataclass(frozen=True, slots=True)
class CallContext:
    """One call through one door."""

    request_id: str
    address: str = ""
    # The call that began what this one goes on with, where that is another one: a webhook, a sweep of the worker's.
    begun_by: str = ""


_current: ContextVar[CallContext | None] = ContextVar("contri_call", default=None)


def current_call() -> CallContext:
    """The call being served, or an anonymous one outside of any door."""
    return _current.get() or CallContext(request_id="-")


@contextmanager
def call_context(*, request_id: str = "", address: str = "") -> Iterator[CallContext]:
    """Serve one call under `request_id` if it is sane, else under a new one."""
    call = CallContext(request_id=sane_request_id(request_id), address=address)
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)


@contextmanager
def on_behalf_of(request_id: str) -> Iterator[CallContext]:
    """Go on, within this call, with what the call `request_id` began: log lines name both. "" where nobody knows."""
    here = current_call()
    call = replace(here, begun_by=request_id if request_id != here.request_id else "")
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)


def current_request_id() -> str:
    """The id of the call being served, for rows that others go on with; "" outside of any door."""
    call = _current.get()
    return call.request_id if call is not None else ""


def sane_request_id(offered: str) -> str:
    """`offered` when it is 8 to 128 harmless characters, else a fresh id."""
    return offered if _SANE_REQUEST_ID.fullmatch(offered) else uuid4().hex
