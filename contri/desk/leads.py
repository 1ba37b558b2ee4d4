"""Where the rows of every app lead."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from contri.core.desk.leads import Lead, register_lead

USERS = ("user_id", "recipient_id", "wallet.user_id", "membership.user_id", "host_id")
CIRCLES = ("circle_id", "cycle.circle_id", "membership.circle_id")


def register() -> None:
    """Offer the links."""
    register_lead(Lead("User", USERS, _page("accounts_user_change")))
    register_lead(Lead("Circle", CIRCLES, _page("circles_circle_change")))
    register_lead(Lead("Health", ("id",), _page("circle_health"), only="circles.circle"))
    register_lead(Lead("Where is it", ("transaction_id",), _page("money_trail")))
    register_lead(Lead("Where is it", ("id",), _page("money_trail"), only="wallets.transaction"))
    register_lead(Lead("Provider events", ("reference",), _events, but="webhooks.inboundevent"))


def _page(name: str) -> Callable[[Any], str]:
    return lambda pk: reverse(f"admin:{name}", args=[pk])


def _events(reference: Any) -> str:
    return f"{reverse('admin:webhooks_inboundevent_changelist')}?q={reference}"
