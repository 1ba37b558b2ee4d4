"""GET /wallet/statement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.moments import lagos_day
from wallets.models import Transaction, Withdrawal
from wallets.services import (
    request_withdrawal,
    resolve_withdrawal,
    settle_deposit,
    start_deposit,
    work_withdrawals,
)
from wallets.tests.factories import fund, link_bank, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=3)


@pytest.fixture
def get(signed_in):
    def call(person, **query):
        return signed_in(person).get("/api/v1/wallet/statement", query)

    return call


def rows(answer):
    return [line.split(",") for line in answer.content.decode().splitlines()]


def test_it_tells_every_entry_between_two_balances(ada, get, pin_token, sandbox):
    deposit = start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
    sandbox.pay(deposit.authorization_url)
    settle_deposit(reference=deposit.reference, at=timezone.now())
    sent = send(ada, UserFactory.create(tier=3), 1_000_50, pin_token=pin_token(ada), note="=HYPERLINK(1)")
    withdrawal = request_withdrawal(
        actor=ada, bank_account_id=link_bank(ada).pk, amount_kobo=2_000_00, pin_token=pin_token(ada), at=timezone.now()
    )
    request_withdrawal(
        actor=ada,
        bank_account_id=withdrawal.bank_account_id,
        amount_kobo=50_00,
        pin_token=pin_token(ada),
        at=timezone.now() + timedelta(hours=1),
    )
    work_withdrawals(at=timezone.now())
    sandbox.flush()
    resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())
    today = lagos_day(timezone.now())
    line = Transaction.objects.get(type="withdrawal", withdrawal=withdrawal)

    answer = get(ada, **{"from": today, "to": today, "format": "csv"})

    day = str(today)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="contri-{day}-{day}.csv"'
    assert rows(answer) == [
        ["date", "type", "reference", "description", "debit", "credit", "balance", "currency"],
        [day, "opening balance", "", "", "", "", "0.00", "NGN"],
        [day, "deposit", deposit.reference, "Deposit", "", "5000.00", "5000.00", "NGN"],
        [day, "transfer", sent.reference, "'=HYPERLINK(1)", "1000.50", "", "3999.50", "NGN"],
        [day, "withdrawal", withdrawal.reference, line.description, "2000.00", "", "1999.50", "NGN"],
        [day, "closing balance", "", "", "", "", "1999.50", "NGN"],
    ]
    assert (
        Withdrawal.objects.filter(status="requested").count() + Withdrawal.objects.filter(status="submitted").count()
        == 1
    )


def test_what_was_before_is_in_the_opening_balance(ada, get):
    fund(ada, 700_00)
    tomorrow = lagos_day(timezone.now()) + timedelta(days=1)

    answer = get(ada, **{"from": tomorrow, "to": tomorrow})

    assert [row[6] for row in rows(answer)[1:]] == ["700.00", "700.00"]


def test_somebody_without_a_wallet_gets_an_empty_one(ada, get):
    answer = get(ada, **{"from": "2026-01-01", "to": "2026-01-31"})
    assert [row[6] for row in rows(answer)[1:]] == ["0.00", "0.00"]


@pytest.mark.parametrize("entries", [1, 3])
def test_it_costs_the_same_queries_however_long(ada, get, signed_in, django_assert_num_queries, entries):
    for _ in range(entries):
        fund(ada, 100)
    today, client = lagos_day(timezone.now()), signed_in(ada)

    # Who it is, the wallet, the opening balance, the entries, their lines.
    with django_assert_num_queries(5):
        answer = client.get("/api/v1/wallet/statement", {"from": today, "to": today})

    assert len(rows(answer)) == entries + 3


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "2026-01-01"},
        {"from": "x", "to": "2026-01-01"},
        {"from": "2026-02-01", "to": "2026-01-01"},
        {"from": "2024-01-01", "to": "2026-01-01"},
        {"from": "9999-12-31", "to": "9999-12-31"},
        {"from": "0001-01-01", "to": "0001-01-01"},
        {"from": "2026-01-01", "to": "2026-01-01", "format": "exe"},
        {"from": "2026-01-01\x00", "to": "2026-01-01"},
    ],
)
def test_what_cannot_be_a_statement_is_refused_in_json(ada, get, query):
    answer = get(ada, **query)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "validation_error"
