"""Opening pages of the desk, and what PostgreSQL had to look at for each."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from circles.models import Circle
from contri.core.admin import ReadOnlyAdmin
from contri.core.desk.queues import all_queues
from wallets.models import Transaction

# The statements that answer for a page: the session's, the person's and their permissions' are the same on every page.
NOT_THE_PAGE = ("django_session", "auth_", "mfa_authenticator")


@dataclass(frozen=True, slots=True)
class Look:
    """What opening one page took. `rows` are those that its dearest statement looked at."""

    page: str
    queries: int
    rows: int
    milliseconds: float
    dearest: str


def addresses() -> Iterator[tuple[str, str]]:
    """Name and address of every list: as it opens, as each queue leads to it, and searched by each of its fields.

    And of the two pages that gather all there is about one movement and one circle.
    """
    yield "home", reverse("admin:index")
    yield "where is my money", reverse("admin:money_trail", args=[Transaction.objects.earliest("pk").pk])
    yield "a circle's health", reverse("admin:circle_health", args=[Circle.objects.earliest("pk").pk])
    for model in filter(site.is_registered, apps.get_models()):
        page = site.get_model_admin(model)
        if isinstance(page, ReadOnlyAdmin):
            opened = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            yield model._meta.label, opened
            if page.search_fields:
                yield f"{model._meta.label}, searched", f"{opened}?q=nobody@example.ng"
    for queue in all_queues():
        yield f"queue: {queue.name}", queue.url


def opened(browser: Client, name: str, address: str) -> Look:
    """Open a page once, and ask for the plan of each of its statements."""
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        answer = browser.get(address)
        took = time.perf_counter() - began
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    statements = [query["sql"] for query in queries if _is_the_pages(query["sql"])]
    rows, dearest = max(((rows_looked_at(statement), statement) for statement in statements), default=(0, ""))
    return Look(name, len(statements), rows, took * 1000, dearest)


def rows_looked_at(statement: str) -> int:
    """How many rows a statement reads from tables and indexes, those it throws away included."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0]
    return sum(_read_by(node) for node in _nodes((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]))


def _is_the_pages(statement: str) -> bool:
    return statement.startswith("SELECT") and not any(f'FROM "{table}' in statement for table in NOT_THE_PAGE)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def _read_by(node: dict[str, Any]) -> int:
    if "Scan" not in node["Node Type"] or node["Node Type"] == "Bitmap Index Scan":
        return 0
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int(each * node["Actual Loops"])
