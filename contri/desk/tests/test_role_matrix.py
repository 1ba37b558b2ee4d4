"""Who may open what at the staff desk, and who may do what there: every page, list and action, and every role.

The pages are read off the URLconf and the actions off the admin: what has no row in contri/desk/tests/rows.py fails.
"""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from contri.desk.roles import ROLES
from contri.desk.tests.rows import ACTIONS, ASKED_OTHERWISE, EXPORTS, LISTS, OWN_PAGES, PAGES, REVEALS
from contri.tests.routes import all_routes

pytestmark = pytest.mark.django_db

NOBODYS_ID = "019ac3c0-1111-7222-8333-000000000000"
WITHOUT_ROLE = "no role"
SUPERUSER = "superuser"
WAYS_IN = ("/admin/login/", "/admin/second-factor/")
EVERYBODY = (WITHOUT_ROLE, *ROLES, SUPERUSER)


@pytest.fixture
def staff() -> dict[str, User]:
    """One member of staff in each role, one in none, and a superuser."""
    people = {who: UserFactory.create(is_staff=True, is_superuser=who == SUPERUSER) for who in EVERYBODY}
    for role in ROLES:
        people[role].groups.add(Group.objects.get(name=role))
    return people


@pytest.fixture
def requests_of(staff) -> dict[str, HttpRequest]:
    """A request of each, in a session with a second factor."""
    requests: dict[str, Any] = {}
    for who, person in staff.items():
        browser = Client()
        browser.force_login(person)
        requests[who] = RequestFactory().get("/admin/")
        requests[who].user, requests[who].session = person, browser.session
        requests[who]._messages = default_storage(requests[who])
    return requests


def admin_routes() -> list[str]:
    """All but the list of one app's tables, whose address names the apps, and what catches everything else."""
    routes = [route.removeprefix("admin/") for route in all_routes() if route.startswith("admin/")]
    return [route for route in routes if "(?P" not in route]


def table_of(route: str) -> str:
    """`app.model` when a page is one of a table's."""
    return ".".join(route.split("/")[:2])


def address_of(route: str) -> str:
    return "/admin/" + re.sub(r"<[^>]+>", NOBODYS_ID, route)


def opens(request: HttpRequest, route: str) -> bool:
    """Whether whoever asks is let in, be it only to hear that nothing has this id."""
    found = resolve(address_of(route))
    try:
        answer = found.func(request, *found.args, **found.kwargs)
    except PermissionDenied:
        return False
    except Http404:
        return True
    return answer.status_code in (200, 302)


def roles_that(requests: dict[str, HttpRequest], route: str) -> set[str]:
    return {who for who, request in requests.items() if opens(request, route)}


def test_every_page_table_and_action_has_its_row():
    tables = {f"{model._meta.app_label}.{model._meta.model_name}" for model in admin.site._registry}

    assert set(LISTS) == tables
    assert {*PAGES, *ASKED_OTHERWISE} == {route for route in admin_routes() if table_of(route) not in tables}


def test_each_role_opens_the_pages_that_its_row_says(requests_of):
    found = {route: roles_that(requests_of, route) for route in PAGES}

    assert found == {route: {*roles, SUPERUSER} for route, roles in PAGES.items()}


def test_each_role_sees_the_tables_that_its_row_says_and_takes_along_what_it_may(requests_of):
    routes = [route for route in admin_routes() if table_of(route) in LISTS and what_for(route)]
    found = {route: roles_that(requests_of, route) for route in routes}

    assert found == {route: allowed_on(route) for route in routes}


def what_for(route: str) -> str:
    """`list`, `change`, `add`, `delete`, `export`, or `own`; "" for what is asked otherwise."""
    if route in OWN_PAGES:
        return "own"
    *_, last, _end = ["list", *route.split("/")[2:]]
    return "" if last in ("history", "reveal", "<path:object_id>") else last


def allowed_on(route: str) -> set[str]:
    what, looks = what_for(route), {*LISTS[table_of(route)], SUPERUSER}
    allowed = {
        "own": {*OWN_PAGES.get(route, ()), SUPERUSER},
        "export": looks & {*EXPORTS, SUPERUSER},
        "add": set[str](),
        "delete": set[str](),
    }
    return allowed.get(what, looks)


def test_each_role_looks_behind_the_masks_that_its_row_says(requests_of):
    pages = {f"{model._meta.app_label}.{model._meta.model_name}": page for model, page in admin.site._registry.items()}
    found = {table: {who for who in requests_of if may_reveal(page, requests_of[who])} for table, page in pages.items()}

    assert {table: who for table, who in found.items() if who} == {
        table: {*roles, SUPERUSER} for table, roles in REVEALS.items()
    }


def may_reveal(page: Any, request: HttpRequest) -> bool:
    # Asked directly: the page itself answers for a row that is there.
    return bool(page._may_reveal(request))


def test_each_role_is_offered_the_actions_that_its_row_says(requests_of):
    found: dict[str, set[str]] = {}
    for model, page in admin.site._registry.items():
        for who, request in requests_of.items():
            for action in page.get_actions(request):
                found.setdefault(f"{model._meta.app_label}.{model._meta.model_name} {action}", set()).add(who)

    assert found == {action: {*roles, SUPERUSER} for action, roles in ACTIONS.items()}


@pytest.mark.parametrize("who", ["nobody", "a member", "staff without a second factor"])
def test_from_outside_every_page_is_the_way_in(who):
    browser = Client()
    if who == "a member":
        browser.force_login(UserFactory.create())
    if who == "staff without a second factor":
        login = {"username": UserFactory.create(is_staff=True).email, "password": PASSWORD}
        assert browser.post("/admin/login/", login).status_code == 302
    inside = [route for route in admin_routes() if not is_way_in(browser.get(address_of(route)))]

    # Whoever is outside may make sure of it.
    assert inside == ["logout/"]


def is_way_in(answer: Any) -> bool:
    to: str = answer.headers.get("Location", answer.wsgi_request.path)
    return to.startswith(WAYS_IN)
