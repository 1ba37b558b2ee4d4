"""Rate limits: exactly as many as allowed, with a word on when to come back, and a stance when Redis is away."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from contri.core.api.limits import limited


def limited_view(*, by: str = "address", fail_open: bool = False) -> Any:
    class Guarded(APIView):
        authentication_classes = ()
        permission_classes = (AllowAny,)

        @limited(f"test-{uuid4()}", "5/h", by=by, fail_open=fail_open)
        def post(self, request: Request) -> Response:
            return Response({"ok": True})

    return Guarded.as_view()


def call(view: Any, *, address: str = "41.58.1.2", **body: str) -> Response:
    response: Response = view(APIRequestFactory().post("/", body, format="json", REMOTE_ADDR=address))
    return response


@pytest.mark.race
def test_of_forty_calls_at_once_exactly_the_allowed_five_pass() -> None:
    view = limited_view()

    with ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(lambda _: call(view).status_code, range(40)))

    assert (statuses.count(200), statuses.count(429)) == (5, 35)


def test_one_call_too_many_is_told_when_to_come_back() -> None:
    view = limited_view()
    refused = [call(view) for _ in range(6)][-1]

    assert refused.data["code"] == "rate_limited"
    assert 1 <= int(refused["Retry-After"]) <= 3600


def test_a_forged_forwarded_address_does_not_change_the_key() -> None:
    view = limited_view()
    request = APIRequestFactory()
    statuses = [
        view(request.post("/", {}, format="json", headers={"X-Forwarded-For": f"1.2.3.{n}"})).status_code
        for n in range(6)
    ]

    assert statuses == [200] * 5 + [429]


def test_callers_are_counted_apart() -> None:
    view = limited_view(by="body:email")

    assert [call(view, email="ada@example.com").status_code for _ in range(6)][-1] == 429
    assert call(view, email="ADA@example.com ").status_code == 429
    assert call(view, email="bola@example.com").status_code == 200


@pytest.mark.parametrize(("fail_open", "status"), [(False, 503), (True, 200)])
def test_without_redis_a_guarded_route_takes_its_stance(settings: Settings, fail_open: bool, status: int) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}

    assert call(limited_view(fail_open=fail_open)).status_code == status
