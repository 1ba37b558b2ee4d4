"""What is true of every answer: problems, request ids, and nothing that looks like a page."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from contri.core.client_address import client_address


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/api/v1/nothing-here", 404, "not_found"), ("/api/v1/wallet", 401, "not_authenticated")],
)
def test_refusals_are_problems_that_carry_the_request_id(client: Client, path: str, status: int, code: str) -> None:
    response = client.get(path, headers={"X-Request-ID": "from-the-phone-1"})
    problem: dict[str, Any] = response.json()

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response["X-Request-ID"] == "from-the-phone-1"
    assert problem["type"].endswith(f"/docs/errors#{code}")
    assert {name: problem[name] for name in ("status", "code", "request_id")} == {
        "status": status,
        "code": code,
        "request_id": "from-the-phone-1",
    }


def test_a_missing_token_names_the_way_to_authenticate(client: Client) -> None:
    assert client.get("/api/v1/wallet")["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("offered", ["", "short", "x" * 129, "with blank", "línea", "a;b;c;d;e"])
def test_an_insane_request_id_is_replaced(client: Client, offered: str) -> None:
    answered = client.get("/healthz/live", headers={"X-Request-ID": offered})["X-Request-ID"]

    assert answered != offered
    assert len(answered) == 32


def test_malformed_json_is_a_parse_error(client: Client) -> None:
    response = client.post("/api/v1/auth/login", data="{", content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("path", ["/", "/docs/errors", "/join/ABCD-EFGH", "/api/docs", "/api/schema"])
def test_the_pages_for_people_answer(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 41.58.1.2", "41.58.1.2"),
        (2, "6.6.6.6, 41.58.1.2, 10.0.0.1", "41.58.1.2"),
        (2, "41.58.1.2", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_only_trusted_proxies_are_believed_about_the_client(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.9")

    assert client_address(request) == address
