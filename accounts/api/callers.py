"""What a request tells about its caller and their device."""

import re

from rest_framework.request import Request

from accounts.models import Session, User
from accounts.services import Device
from contri.core.client_address import client_address

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def caller(request: Request) -> User:
    """The signed-in person; routes that use it require one."""
    if not isinstance(request.user, User):
        raise TypeError("this route lets anonymous callers in")
    return request.user


def current_session(request: Request) -> Session:
    """The session whose access token came with the call."""
    if not isinstance(request.auth, Session):
        raise TypeError("this route lets anonymous callers in")
    return request.auth


def device_of(request: Request) -> Device:
    """The calling device, as far as it is kept."""
    user_agent = _UNPRINTABLE.sub("", request.headers.get("User-Agent", ""))
    return Device(user_agent=user_agent[:300], address=client_address(request)[:45])
