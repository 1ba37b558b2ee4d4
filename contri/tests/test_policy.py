"""No page needs what its Content-Security-Policy forbids: nothing inline, nothing from elsewhere."""

from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.sandbox.testing import SandboxClient
from contri.tests.markup import blocked_parts
from wallets.services import start_deposit

PAGES = ["/", "/docs/errors", "/join/ABCD-EFGH", "/close-account", "/reset-password?key=x", "/verify-email?key=x"]
SANDBOX_PAGES = ["", "mailbox", "phone", "two-phones", "bank-accounts", "identity", "faults"]


def scripts_and_styles_of(policy: str) -> dict[str, str]:
    """What a policy says of them."""
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: sources for name, _, sources in parts if name.startswith(("script-src", "style-src"))}


@pytest.mark.parametrize(
    ("page", "blocked"),
    [
        ('<script src="/a.js"></script><script type="application/json">{}</script><p class="b">', []),
        ("<script>go()</script>", ["<script>"]),
        ("<style>p{}</style>", ["<style>"]),
        ('<p style="color: red" onclick="go()">', ["<p style>", "<p onclick>"]),
        ('<a href="JavaScript:go()">', ["<a JavaScript:go()>"]),
    ],
)
def test_what_is_looked_for_is_found(page: str, blocked: list[str]) -> None:
    assert blocked_parts(page) == blocked


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PAGES, "/api/docs", "/admin/login/"])
def test_every_page_for_people_is_under_the_policy_and_keeps_it(client: Client, path: str) -> None:
    page = client.get(path)

    assert page.status_code == 200
    assert scripts_and_styles_of(page["Content-Security-Policy"]) == {"script-src": "'self'", "style-src": "'self'"}
    assert blocked_parts(page.text) == []


def test_what_is_not_a_page_for_people_carries_no_policy(client: Client) -> None:
    assert "Content-Security-Policy" not in client.get("/api/v1/nothing-here")


@pytest.mark.django_db
def test_the_sandboxs_pages_keep_theirs_the_checkout_above_all(sandbox: SandboxClient) -> None:
    deposit = start_deposit(actor=UserFactory.create(tier=1), amount_kobo=5_000_00, at=timezone.now())
    checkout = urlsplit(deposit.authorization_url).path.removeprefix("/")

    for path in [*SANDBOX_PAGES, checkout]:
        page = httpx.get(f"{sandbox.base_url}/{path}", trust_env=False)
        policy = scripts_and_styles_of(page.headers["Content-Security-Policy"])
        assert (page.status_code, policy, blocked_parts(page.text)) == (
            200,
            {"script-src": "'self'", "style-src": "'self'"},
            [],
        ), path
