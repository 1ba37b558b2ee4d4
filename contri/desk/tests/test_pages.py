"""The pages of the desk that look across apps: home, search, a movement's way, a circle's health."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from accounts.tests.factories import UserFactory
from circles.models import Circle
from circles.tests.world import DUE, WEEK, live_until, people, started
from contri.core.desk.queues import queues_for
from contri.desk.money_trail import moments_of
from contri.tests.markup import blocked_parts
from notifications.models import Notification
from wallets.models import Deposit, Transaction
from wallets.services import settle_deposit, start_deposit

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create_superuser("boss@example.ng", "x", first_name="Bo", last_name="Ss"))
    return client


@pytest.fixture
def ada():
    return UserFactory.create(email="ada@example.ng", phone_number="+2348031234567", tier=1)


@pytest.fixture
def deposit(ada, sandbox):
    """₦5,000 that came in."""
    deposit = start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
    sandbox.pay(deposit.authorization_url)
    settle_deposit(reference=deposit.reference, at=timezone.now())
    return deposit


def where(browser, asked):
    return browser.get("/admin/search/", {"q": asked}).get("Location", "")


@pytest.mark.parametrize("asked", ["ada@example.ng", " ADA@Example.ng", "0803 123 4567", "+234 803 123 4567"])
def test_a_person_is_found_by_address_and_number_however_written(boss, ada, asked):
    UserFactory.create(phone_number="+2348031234568")

    assert where(boss, asked) == f"/admin/accounts/user/{ada.pk}/change/"


def test_people_and_circles_are_found_by_their_codes(boss, ada):
    circle = started(people(2))

    assert where(boss, ada.referral_code.lower()) == f"/admin/accounts/user/{ada.pk}/change/"
    assert where(boss, circle.invite_code) == f"/admin/circles/circle/{circle.pk}/change/"


def test_money_is_found_by_its_reference(boss, deposit):
    assert where(boss, deposit.reference) == f"/admin/money/{deposit.transaction_id}/"


def test_what_nobody_has_is_said_and_no_input_is_an_error(boss):
    for asked in ("nobody@example.ng", "' OR 1=1 --", "\x00", "☃" * 200, ""):
        page = boss.get("/admin/search/", {"q": asked})
        assert page.status_code == 200
        assert "<td>" not in page.text


def test_search_finds_only_what_the_role_may_see(client, ada):
    client.force_login(UserFactory.create(is_staff=True))

    assert client.get("/admin/search/", {"q": ada.email}).status_code == 200


def test_a_deposits_way_is_told_from_the_call_to_the_notice(boss, deposit, ada):
    line = Transaction.objects.get(pk=deposit.transaction_id)

    told = [(moment.source, moment.what) for moment in moments_of(line)]

    assert ("Status", "pending") in told
    assert ("Status", "succeeded") in told
    assert ("Ledger", "single deposit: ₦5,000.00") in told
    assert ("Audit", f"{ada}: started a deposit") in told
    assert ("Worker", "the worker was done") in told
    assert ("Notice", Notification.objects.get(recipient=ada).title) in told
    page = boss.get(f"/admin/money/{line.pk}/")
    assert "Done: ₦5,000.00 arrived where it was meant to." in page.text


def test_of_money_under_way_it_is_said_who_does_something_about_it(boss, ada, sandbox):
    line = start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now()).transaction
    address = f"/admin/money/{line.pk}/"

    assert "is neither lost nor through yet. The provider is asked by itself, next at" in boss.get(address).text
    Deposit.objects.update(state="needs_review")
    assert "The worker has given up: a person has to decide." in boss.get(address).text


def test_the_desk_tells_the_time_in_lagos(boss, deposit):
    Transaction.objects.update(created_at=datetime(2027, 1, 4, 23, 30, tzinfo=UTC))

    assert "5 Jan 2027, 12:30 a.m." in boss.get("/admin/wallets/transaction/").text


def test_the_call_that_asked_for_it_is_named_by_its_key(boss, ada, signed_in, sandbox):
    key = {"HTTP_IDEMPOTENCY_KEY": "the-key-of-ada"}
    answer = signed_in(ada).post("/api/v1/wallet/deposit", {"amount": "2000.00"}, **key)

    line = Transaction.objects.get(wallet__user=ada)
    assert answer.status_code == 201
    assert "Idempotency-Key the-key-of-ada" in [moment.what for moment in moments_of(line)]


def test_a_way_costs_the_same_queries_however_long(boss, deposit, django_assert_num_queries):
    address = f"/admin/money/{deposit.transaction_id}/"
    boss.get(address)

    with django_assert_num_queries(18):
        assert boss.get(address).status_code == 200


@pytest.mark.parametrize("size", [2, 4])
def test_a_circles_health_costs_the_same_queries_however_large(boss, django_assert_num_queries, size):
    circle = started(people(size, "5000.00"))
    live_until(DUE)
    boss.get(f"/admin/circle/{circle.pk}/health/")

    with django_assert_num_queries(15):
        page = boss.get(f"/admin/circle/{circle.pk}/health/")

    assert page.text.count("✓") == size


def test_a_circles_health_shows_who_is_late_and_what_is_owed(boss):
    circle = started([*people(2, "5000.00"), *people(1)])
    live_until(DUE + WEEK)

    page = boss.get(f"/admin/circle/{circle.pk}/health/")

    assert page.status_code == 200
    assert "✗ late" in page.text
    assert Circle.objects.get(pk=circle.pk).get_status_display() in page.text


def test_neither_page_is_there_for_what_is_not(boss, ada):
    assert boss.get(f"/admin/money/{ada.pk}/").status_code == 404
    assert boss.get(f"/admin/circle/{ada.pk}/health/").status_code == 404


def test_whoever_may_not_see_the_rows_does_not_see_the_pages(client, deposit):
    client.force_login(UserFactory.create(is_staff=True))

    assert client.get(f"/admin/money/{deposit.transaction_id}/").status_code == 403
    assert client.get(f"/admin/circle/{deposit.pk}/health/").status_code == 403


def test_home_shows_every_queue_and_chart_with_its_numbers(boss, deposit):
    page = boss.get("/admin/")

    boss_user = User.objects.get(email="boss@example.ng")
    assert all(escape(queue.name) in page.text for queue in queues_for(boss_user))
    assert page.text.count("<canvas") >= 2
    assert "5000.00" in page.text
    assert "<script>" not in page.text


def test_home_shows_figures_to_whoever_may_see_them(client):
    client.force_login(UserFactory.create(is_staff=True))

    page = client.get("/admin/")
    assert (page.status_code, "<canvas" in page.text) == (200, False)


def test_home_costs_the_same_queries_however_much_there_is(boss, django_assert_num_queries):
    queues = len(queues_for(User.objects.get(email="boss@example.ng")))
    for _ in range(3):
        started(people(2, "5000.00"))

    with django_assert_num_queries(queues + 13):
        assert boss.get("/admin/").status_code == 200


def test_no_page_of_the_desk_needs_what_its_policy_forbids(boss, deposit, ada):
    circle = started(people(2, "5000.00"))
    pages = [
        "/admin/",
        "/admin/search/?q=nobody",
        f"/admin/money/{deposit.transaction_id}/",
        f"/admin/circle/{circle.pk}/health/",
        f"/admin/circles/circle/{circle.pk}/change/",
        f"/admin/accounts/user/{ada.pk}/change/",
        f"/admin/accounts/user/{ada.pk}/reveal/",
        "/admin/accounts/user/export/",
        "/admin/accounts/tierrule/add/",
        "/admin/second-factor/codes/",
        "/admin/nothing/",
    ]

    found = {path: blocked_parts(boss.get(path).text) for path in pages}

    assert found == {path: [] for path in pages}
