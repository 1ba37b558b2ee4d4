"""GET /wallet and its history."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.moments import lagos_day, rfc3339
from wallets.models import Transaction
from wallets.tests.factories import fund, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=3)


@pytest.fixture
def bola():
    return UserFactory.create(first_name="Bola", last_name="Adeyemi", tier=3)


def test_a_new_person_sees_an_empty_wallet(ada, signed_in):
    answer = signed_in(ada).get("/api/v1/wallet")

    wallet = ada.wallets.get()
    assert answer.status_code == 200
    assert answer.json() == {"id": str(wallet.pk), "balance": "0.00", "held": "0.00", "currency": "NGN"}


def test_the_wallet_shows_what_is_in_it(ada, signed_in):
    wallet = fund(ada, 150_050)

    assert signed_in(ada).get("/api/v1/wallet").json() == {
        "id": str(wallet.pk),
        "balance": "1500.50",
        "held": "0.00",
        "currency": "NGN",
    }


def test_the_wallet_costs_three_queries(ada, signed_in, django_assert_num_queries):
    fund(ada, 100)
    client = signed_in(ada)

    # Who it is, the wallet, its accounts.
    with django_assert_num_queries(3):
        client.get("/api/v1/wallet")


def test_nobody_in_particular_sees_no_wallet(api):
    answer = api.get("/api/v1/wallet")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_line_of_the_history_has_the_fields_of_the_contract(ada, bola, signed_in, pin_token):
    fund(ada, 100_000)
    sent = send(ada, bola, 25_000, pin_token=pin_token(ada), note="For the yams")

    answer = signed_in(ada).get(f"/api/v1/wallet/transactions/{sent.pk}")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(sent.pk),
        "type": "transfer",
        "direction": "debit",
        "amount": "250.00",
        "fee": "0.00",
        "currency": "NGN",
        "status": "succeeded",
        "reference": sent.reference,
        "description": "For the yams",
        "counterparty": {"id": str(bola.pk), "display_name": "Bola A.", "avatar_url": None},
        "balance_after": "750.00",
        "circle_id": None,
        "created_at": rfc3339(sent.created_at),
        "timeline": [{"status": "succeeded", "at": rfc3339(sent.created_at)}],
        "refund": None,
    }


def test_a_line_costs_two_queries(ada, bola, signed_in, pin_token, django_assert_num_queries):
    fund(ada, 100_000)
    sent, client = send(ada, bola, 25_000, pin_token=pin_token(ada)), signed_in(ada)

    with django_assert_num_queries(2):
        client.get(f"/api/v1/wallet/transactions/{sent.pk}")


def test_somebody_elses_line_is_not_there(ada, bola, signed_in, pin_token):
    fund(ada, 100_000)
    sent = send(ada, bola, 25_000, pin_token=pin_token(ada))
    stranger = signed_in(UserFactory.create())

    hers = stranger.get(f"/api/v1/wallet/transactions/{sent.pk}")
    nobodys = stranger.get(f"/api/v1/wallet/transactions/{uuid4()}")

    assert hers.status_code == nobodys.status_code == 404
    assert {**hers.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}


@pytest.mark.parametrize("lines", [1, 3])
def test_the_history_costs_two_queries_however_long(ada, bola, signed_in, pin_token, django_assert_num_queries, lines):
    fund(ada, 100_000)
    for _ in range(lines):
        send(ada, bola, 100, pin_token=pin_token(ada))
    client = signed_in(ada)

    with django_assert_num_queries(2):
        answer = client.get("/api/v1/wallet/transactions")

    assert len(answer.json()["results"]) == lines


def test_the_history_is_newest_first_and_paged_without_losing_a_line(ada, bola, signed_in, pin_token):
    fund(ada, 100_000)
    sent = [str(send(ada, bola, kobo, pin_token=pin_token(ada)).pk) for kobo in (100, 200, 300)]
    client = signed_in(ada)

    first = client.get("/api/v1/wallet/transactions?page_size=2").json()
    second = client.get(first["next"]).json()

    assert [line["id"] for line in first["results"] + second["results"]] == sent[::-1]
    assert first["previous"] is None
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=transfer", 1),
        ("type=payout", 0),
        ("status=succeeded", 1),
        ("status=pending", 0),
        ("circle=0193a5e0-0000-7000-8000-000000000000", 0),
        ("date={today}", 1),
        ("date={yesterday}", 0),
        ("from={today}&to={today}", 1),
        ("date_from={yesterday}&date_to={yesterday}", 0),
        ("to=9999-12-31", 1),
        ("date=9999-12-31", 0),
        ("date=0001-01-01", 0),
    ],
)
def test_the_history_can_be_narrowed(ada, bola, signed_in, pin_token, query, expected):
    fund(ada, 100_000)
    send(ada, bola, 100, pin_token=pin_token(ada))
    today = lagos_day(timezone.now())
    days = {"today": today, "yesterday": today - timedelta(days=1)}

    answer = signed_in(ada).get(f"/api/v1/wallet/transactions?{query.format(**days)}")

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == expected


@pytest.mark.parametrize("query", ["type=bribe", "status=%00", "circle=x", "date=2026-02-30", "from=%00", "to=x"])
def test_a_filter_that_cannot_be_understood_is_refused(ada, signed_in, query):
    answer = signed_in(ada).get(f"/api/v1/wallet/transactions?{query}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"


def test_the_history_shows_only_ones_own_side(ada, bola, signed_in, pin_token):
    fund(ada, 100_000)
    send(ada, bola, 25_000, pin_token=pin_token(ada), note="rent")

    (line,) = signed_in(bola).get("/api/v1/wallet/transactions").json()["results"]

    assert (line["direction"], line["amount"], line["balance_after"]) == ("credit", "250.00", "250.00")
    assert line["counterparty"] == {"id": str(ada.pk), "display_name": "Ada O.", "avatar_url": None}
    assert Transaction.objects.count() == 2
