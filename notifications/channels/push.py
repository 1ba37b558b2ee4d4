"""Firebase Cloud Messaging, HTTP v1: one call a device, and what its answers mean for the device's token."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx
import jwt
from django.conf import settings

from contri.core.outgoing import authorities

logger = logging.getLogger(__name__)

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TIMEOUT = httpx.Timeout(10.0, connect=3.0)
POOL = httpx.Limits(max_connections=10, max_keepalive_connections=10)
# An access token is good for an hour; a new one is fetched a little before.
TOKEN_MARGIN_SECONDS = 120
# What FCM asks for where a refusal for too many calls names no time.
QUOTA_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 3600
# Nobody wants to hear tomorrow that something was due today.
TIME_TO_LIVE = "86400s"


class Outcome(StrEnum):
    """What became of one push."""

    SENT = "sent"
    # The app was removed, or the token is another project's: it will never be good again.
    GONE = "gone"
    # The token is wrong, unless it is our message that is: which of the two, only other tokens can tell.
    BAD_TOKEN = "bad_token"  # noqa: S105 - no secret
    # Our message or our keys are wrong; the token is not to blame.
    OUR_MISTAKE = "our_mistake"
    # Not now; nor any other push before `wait_seconds` have passed.
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Push:
    """One message for one device."""

    token: str
    title: str
    body: str
    data: Mapping[str, str]
    is_urgent: bool
    collapse_key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What FCM said; `detail` is its code, never a token."""

    outcome: Outcome
    detail: str = ""
    wait_seconds: int | None = None


class Fcm:
    """The Firebase project whose service account we hold."""

    def __init__(self, *, base_url: str, project_id: str, account: Mapping[str, str]) -> None:
        self._path = f"{base_url}/v1/projects/{project_id}/messages:send"
        self._account = account
        self._access = ""
        self._good_until = 0.0
        # A proxy that somebody's shell happens to name has no business with our key.
        self._client = httpx.Client(timeout=TIMEOUT, limits=POOL, trust_env=False, verify=authorities())

    def send(self, push: Push) -> Answer:
        """Ask once. Never raises: whatever leaves it open is AWAY, and a second copy collapses into the first."""
        try:
            answer = self._ask(push)
            if answer.status_code == HTTPStatus.UNAUTHORIZED and _code(answer) != "THIRD_PARTY_AUTH_ERROR":
                # Keys are rotated and clocks differ: once more with a fresh token.
                self._good_until = 0.0
                answer = self._ask(push)
        except (httpx.HTTPError, ValueError, KeyError, jwt.PyJWTError) as fault:
            return Answer(Outcome.AWAY, type(fault).__name__)
        return read(answer)

    def _ask(self, push: Push) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._access_token()}"}
        return self._client.post(self._path, json=body_of(push), headers=headers)

    def _access_token(self) -> str:
        if time.time() >= self._good_until:
            self._fetch_access_token()
        return self._access

    def _fetch_access_token(self) -> None:
        now = int(time.time())
        uri = self._account["token_uri"]
        claims = {"iss": self._account["client_email"], "scope": SCOPE, "aud": uri, "iat": now, "exp": now + 3600}
        key_id = {"kid": self._account.get("private_key_id", "")}
        assertion = jwt.encode(claims, self._account["private_key"], algorithm="RS256", headers=key_id)
        response = self._client.post(uri, data={"grant_type": GRANT, "assertion": assertion})
        response.raise_for_status()
        granted = response.json()
        self._access = str(granted["access_token"])
        self._good_until = now + int(granted["expires_in"]) - TOKEN_MARGIN_SECONDS


def body_of(push: Push) -> dict[str, Any]:
    """The request's body. Both platforms show the newest of what has one collapse key, and drop the ones before."""
    android: dict[str, Any] = {"priority": "HIGH" if push.is_urgent else "NORMAL", "ttl": TIME_TO_LIVE}
    apns: dict[str, str] = {"apns-priority": "10" if push.is_urgent else "5"}
    if push.collapse_key:
        android["collapse_key"] = apns["apns-collapse-id"] = push.collapse_key
    return {
        "message": {
            "token": push.token,
            "notification": {"title": push.title, "body": push.body},
            "data": dict(push.data),
            "android": android,
            "apns": {"headers": apns, "payload": {"aps": {"sound": "default"}}},
        }
    }


def read(response: httpx.Response) -> Answer:
    """What an answer means."""
    if response.is_success:
        return Answer(Outcome.SENT)
    code, status = _code(response), response.status_code
    match status, code:
        case _, "UNREGISTERED":
            return Answer(Outcome.GONE, code)
        case _, "SENDER_ID_MISMATCH":
            logger.error("a push token is another Firebase project's: is FCM_PROJECT_ID right?")
            return Answer(Outcome.GONE, code)
        case HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT":
            return Answer(Outcome.BAD_TOKEN, code)
        case HTTPStatus.BAD_REQUEST, _:
            logger.error("FCM cannot read our push: %s", code or status)
            return Answer(Outcome.OUR_MISTAKE, code or "BAD_REQUEST")
        case HTTPStatus.TOO_MANY_REQUESTS, _:
            return Answer(Outcome.AWAY, code, _wished_wait(response) or QUOTA_WAIT_SECONDS)
        case ((HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND), _):
            logger.error("FCM does not let us in: %s", code or status)
            return Answer(Outcome.AWAY, code or str(int(status)), LONGEST_WAIT_SECONDS // 12)
    return Answer(Outcome.AWAY, code or f"HTTP {status}", _wished_wait(response))


@cache
def fcm() -> Fcm | None:
    """This process's door to FCM; None where no Firebase project is configured."""
    if not settings.FCM_PROJECT_ID:
        return None
    return Fcm(base_url=settings.FCM_BASE_URL, project_id=settings.FCM_PROJECT_ID, account=settings.FCM_SERVICE_ACCOUNT)


def _code(response: httpx.Response) -> str:
    """FCM's own code. A refusal without one is about the request as a whole, such as a field it cannot read."""
    try:
        details = response.json()["error"].get("details", [])
        return next((str(detail["errorCode"]) for detail in details if "errorCode" in detail), "")
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
        return ""


def _wished_wait(response: httpx.Response) -> int | None:
    wish = response.headers.get("retry-after", "")
    return min(int(wish), LONGEST_WAIT_SECONDS) if wish.isascii() and wish.isdigit() else None
