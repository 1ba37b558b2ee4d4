"""What every list of the desk promises: bounded work, masked people, links, exports on record."""

import csv
import io
import re

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Session, User
from accounts.services import appoint_staff
from accounts.tests.factories import UserFactory
from circles.models import Nominee
from circles.tests.world import DUE, live_until, people, started
from contri.core import audit
from contri.core.admin import ReadOnlyAdmin
from contri.core.admin_lists import BoundedPaginator
from contri.core.context import call_context
from contri.core.exporting import defused
from contri.desk.roles import ROLES
from contri.tests.markup import blocked_parts
from notifications import kinds
from notifications.models import Notification, UnreachableAddress
from notifications.services import notify
from wallets.models import Transaction
from wallets.tests.factories import fund

pytestmark = pytest.mark.django_db
OURS = [model for model, page in site._registry.items() if isinstance(page, ReadOnlyAdmin)]
NOW = timezone.now()
PEOPLE = "/admin/accounts/user/"


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create_superuser("boss@example.ng", "x", first_name="Bo", last_name="Ss"))
    return client


@pytest.fixture
def as_role(client):
    def sign_in(group):
        root = UserFactory.create()
        person = UserFactory.create()
        client.force_login(appoint_staff(actor=root, user_id=person.pk, group=group, reason="hired"))
        return client

    return sign_in


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_list_counts_or_looks_at_a_whole_table(boss, model):
    with CaptureQueriesContext(connection) as queries:
        page = boss.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/")

    assert (page.status_code, blocked_parts(page.text)) == (200, [])
    whole = [
        query["sql"]
        for query in queries
        if f'FROM "{model._meta.db_table}"' in query["sql"]
        # What a subselect counts it counts for the rows of one page.
        and re.search(r"(?<!\(SELECT )COUNT\(|DISTINCT|MIN\(|MAX\(", query["sql"].split(" FROM ")[0])
        and "LIMIT" not in query["sql"]
    ]
    assert whole == []


@pytest.mark.parametrize("circles", [1, 3])
def test_lists_cost_the_same_queries_however_long(boss, circles):
    for _ in range(circles):
        started(people(2, "2000.00"))
    live_until(DUE)
    counted = {}
    for model in ("accounts/user", "circles/circle", "circles/contribution", "wallets/transaction", "wallets/wallet"):
        with CaptureQueriesContext(connection) as queries:
            assert boss.get(f"/admin/{model}/").status_code == 200
        counted[model] = len(queries)

    assert counted == {
        "accounts/user": 9,
        "circles/circle": 5,
        "circles/contribution": 5,
        "wallets/transaction": 5,
        "wallets/wallet": 5,
    }


def test_a_long_list_is_counted_no_further_than_it_can_be_paged(monkeypatch):
    monkeypatch.setattr("contri.core.admin_lists.MOST_ROWS", 2)
    people(3)

    assert BoundedPaginator(User.objects.order_by("pk"), 50).count == 2


def test_rows_lead_to_their_user_circle_money_and_trail(boss):
    circle = started(people(2, "2000.00"))
    live_until(DUE)
    line = Transaction.objects.filter(circle_id=circle.pk).first()
    assert line is not None

    page = boss.get("/admin/wallets/transaction/").text

    for address in (
        f"/admin/accounts/user/{line.wallet.user_id}/change/",
        f"/admin/circles/circle/{circle.pk}/change/",
        f"/admin/money/{line.pk}/",
        f"/admin/webhooks/inboundevent/?q={line.reference}",
        f"/admin/admin/logentry/?object_id={line.pk}",
    ):
        assert f'href="{address}"' in page


def test_people_are_masked_for_everybody_until_revealed_with_a_reason(boss):
    ada = UserFactory.create(email="ada.okafor@example.ng", phone_number="+2348031234567", last_name="Okafor")
    for page in (boss.get(PEOPLE), boss.get(f"{PEOPLE}{ada.pk}/change/")):
        assert "a•••@example.ng" in page.text
        assert "ada.okafor@example.ng" not in page.text
        assert "8031234567" not in page.text

    assert "ada.okafor" not in boss.post(f"{PEOPLE}{ada.pk}/reveal/", {"reason": " "}).text
    assert not LogEntry.objects.exists()
    shown = boss.post(f"{PEOPLE}{ada.pk}/reveal/", {"reason": "she called"}).text

    assert "ada.okafor@example.ng" in shown
    assert "+2348031234567" in shown
    entry = LogEntry.objects.get()
    assert (entry.object_id, audit.details_of(entry)["reason"]) == (str(ada.pk), "she called")
    assert "okafor@" not in entry.change_message


def masked_rows():
    """A row of each table that says something personal, with what is shown for a reason only."""
    ada = UserFactory.create()
    notify(recipient_id=ada.pk, kind=kinds.MONEY_SENT, facts={"amount": "₦2,000.00", "name": "Bola Ade"})
    session = Session.objects.create(user=ada, address="203.0.113.77", last_used_at=NOW, expires_at=NOW)
    nominee = Nominee.objects.create(user=ada, full_name="Chidi Okafor", relationship="brother", email="chidi@a.ng")
    silent = UnreachableAddress.objects.create(address="dayo@a.ng", why="bounced", since=NOW)
    return [
        (Notification.objects.get(recipient=ada), ["Bola Ade"]),
        (session, ["203.0.113.77"]),
        (nominee, ["Chidi Okafor", "chidi@a.ng"]),
        (silent, ["dayo@a.ng"]),
    ]


def test_what_rows_say_of_people_is_masked_until_revealed_with_a_reason(as_role):
    browser = as_role("support")
    for row, personal in masked_rows():
        before = LogEntry.objects.count()
        opened = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"
        pages = [opened, f"{opened}{row.pk}/change/", f"{opened}{row.pk}/reveal/"]
        looked_at = "".join(browser.get(page).text for page in pages)
        looked_at += browser.post(pages[2], {"reason": " "}).text
        assert [said for said in personal if said in looked_at] == [], row
        assert LogEntry.objects.count() == before

        shown = browser.post(pages[2], {"reason": "she called"}).text

        assert [said for said in personal if said not in shown] == [], row
        entry = LogEntry.objects.latest("pk")
        assert (entry.object_id, audit.details_of(entry)["reason"]) == (str(row.pk), "she called")
        assert not [said for said in personal if said in entry.change_message + entry.object_repr]


def test_whoever_may_not_reveal_people_reveals_no_row_of_theirs_either(as_role):
    browser = as_role("auditor")
    for row, personal in masked_rows():
        address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/reveal/"
        answer = browser.post(address, {"reason": "curious"})
        assert (answer.status_code, [said for said in personal if said in answer.text]) == (403, [])


def test_the_trail_says_about_where_members_are_and_exactly_where_staff_is(boss):
    with call_context(request_id="r", address="203.0.113.77"):
        audit.record(UserFactory.create(), UserFactory.create(), "as a member")
        audit.record(UserFactory.create(is_staff=True), UserFactory.create(), "as staff")

    page = boss.get("/admin/admin/logentry/").text

    assert (page.count("203.0.113.77"), page.count("203.0.•••")) == (1, 1)


def test_only_some_roles_reveal(as_role):
    ada = UserFactory.create()
    address = f"{PEOPLE}{ada.pk}/reveal/"

    answers = {role: as_role(role).post(address, {"reason": "curious"}).status_code for role in ROLES}

    assert answers == {
        "support": 200,
        "compliance": 200,
        "finance maker": 403,
        "finance checker": 403,
        "auditor": 403,
    }


def test_an_export_streams_the_filtered_rows_masked_and_goes_on_record(as_role):
    browser = as_role("auditor")
    UserFactory.create(email="ada@example.ng", tier=2)
    UserFactory.create(email="bola@example.ng", tier=1)
    address = f"{PEOPLE}export/?kyc_tier=2"

    assert "Reason" in browser.get(address).text
    answer = browser.post(address, {"reason": "the regulator asked"})

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row[1] for row in rows] == ["email", "a•••@example.ng"]
    entry = LogEntry.objects.latest("pk")
    assert audit.details_of(entry)["what"] == "exported kyc_tier=2"
    assert audit.details_of(entry)["reason"] == "the regulator asked"


def test_an_export_takes_every_page_of_the_list_in_chunks(boss, monkeypatch):
    monkeypatch.setattr("contri.core.exporting.CHUNK", 2)
    for _ in range(5):
        UserFactory.create()
    answer = boss.post(f"{PEOPLE}export/", {"reason": "all"})

    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 1 + User.objects.count()


def test_only_some_roles_export(as_role):
    answers = {role: as_role(role).post(f"{PEOPLE}export/", {"reason": "x"}).status_code for role in ROLES}

    assert answers == {
        "support": 403,
        "compliance": 200,
        "finance maker": 200,
        "finance checker": 200,
        "auditor": 200,
    }


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("=HYPERLINK()", "'=HYPERLINK()"),
        ("+1", "'+1"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        ("\tx", "'\tx"),
        ("-12.50", "-12.50"),
        (-3, "-3"),
        ("Ada", "Ada"),
        (None, ""),
    ],
)
def test_formulas_are_defused_and_numbers_are_not(value, kept):
    assert defused(value) == kept


def test_each_role_opens_home_and_what_it_may_see(as_role):
    fund(UserFactory.create(), 1_000_00)
    for role in ROLES:
        browser = as_role(role)
        assert browser.get("/admin/").status_code == 200
        assert browser.get("/admin/wallets/transaction/").status_code == 200
        assert browser.get("/admin/admin/logentry/").status_code == 200


def test_only_compliance_exports_personal_data_and_that_is_on_record_too(as_role):
    UserFactory.create(email="ada.okafor@example.ng")
    taken = {
        role: b"".join(as_role(role).post(f"{PEOPLE}export/", {"reason": "asked"}).streaming_content).decode()
        for role in ("compliance", "auditor")
    }

    assert ["ada.okafor@example.ng" in taken[role] for role in taken] == [True, False]
    trail = LogEntry.objects.filter(object_id=None).order_by("pk")
    assert [audit.details_of(entry)["what"] for entry in trail] == ["exported all rows"] * 2
