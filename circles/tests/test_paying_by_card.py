"""Contributions by card: paid once the charge is confirmed, never charged twice, and unknown is not failed."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from circles import services
from circles.errors import ChargeUnderWayError
from circles.models import CardOutcome, CardPayment
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    contribution,
    cycles_of,
    fund,
    live_until,
    people,
    person,
    spend,
    started,
    wallet_of,
)
from contri.core.errors import ValidationFaultsError
from contri.core.work import WorkState
from wallets.errors import CardDeclinedError, CardNotFoundError, NotWaitingForReviewError
from wallets.models import Card, Deposit
from wallets.services import settle_deposit, start_deposit

GOOD_CARD = "4084084084084081"
DECLINED_LATER_CARD = "4084080000200002"
pytestmark = pytest.mark.django_db
EARLY = FOUNDED + 2 * HOUR


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def carded(sandbox):
    """`carded(number)`: somebody with this card, and an empty wallet."""

    def call(number=GOOD_CARD):
        user = person(tier=2)
        deposit = start_deposit(actor=user, amount_kobo=10_000, keeps_card=True, at=timezone.now())
        sandbox.pay(deposit.authorization_url, card_number=number)
        settle_deposit(reference=deposit.reference, at=timezone.now())
        spend(user, "100.00")
        return user

    return call


def test_a_contribution_is_paid_by_card(carded, signed_in):
    ada = carded()
    circle = started([*people(2, "3000.00"), ada])
    body = {"source": "card", "card_id": str(Card.objects.get(user=ada).pk), "cycle_number": 1}

    response = signed_in(ada).post(
        f"/api/v1/circles/{circle.pk}/contribute", body, headers={"Idempotency-Key": uuid4().hex}
    )

    answer = response.json()
    charge = Deposit.objects.get(pk=CardPayment.objects.get().deposit_id)
    assert (response.status_code, answer["status"], answer["source"]) == (201, "paid", "card")
    assert answer["charge"] == {"reference": charge.reference, "status": "succeeded", "authorization_url": None}
    assert (answer["payment"]["amount"], wallet_of(ada)) == ("1000.00", "0.00")


def test_the_same_key_charges_once(carded, signed_in, sandbox):
    ada = carded()
    circle = started([*people(2, "3000.00"), ada])
    headers = {"Idempotency-Key": uuid4().hex}

    answers = [
        signed_in(ada).post(f"/api/v1/circles/{circle.pk}/contribute", {"source": "card"}, headers=headers)
        for _ in range(2)
    ]

    assert answers[0].content == answers[1].content
    assert (answers[1]["Idempotent-Replayed"], CardPayment.objects.count()) == ("true", 1)


def test_a_part_of_it_by_card_and_never_more_than_is_owed(carded):
    ada = carded()
    circle = started([*people(2, "3000.00"), ada])

    with pytest.raises(ValidationFaultsError):
        services.contribute_by_card(actor=ada, circle_id=circle.pk, amount_kobo=100_001, at=EARLY)
    receipt = services.contribute_by_card(actor=ada, circle_id=circle.pk, amount_kobo=40_000, at=EARLY)

    assert (receipt.contribution.status, receipt.contribution.paid_kobo) == ("pending", 40_000)


def test_a_declined_card_pays_nothing_and_may_be_tried_again(carded):
    ada = carded(DECLINED_LATER_CARD)
    circle = started([*people(2, "3000.00"), ada])

    for _ in range(2):
        with pytest.raises(CardDeclinedError):
            services.contribute_by_card(actor=ada, circle_id=circle.pk, at=EARLY)

    assert [charge.outcome for charge in CardPayment.objects.all()] == [CardOutcome.DECLINED] * 2
    assert contribution(circle, 1, ada).paid_kobo == 0


def test_who_keeps_no_card_pays_with_none(carded):
    ada, bola = carded(), person("3000.00")
    circle = started([bola, ada])

    with pytest.raises(CardNotFoundError):
        services.contribute_by_card(actor=bola, circle_id=circle.pk, at=EARLY)
    with pytest.raises(CardNotFoundError):
        services.contribute_by_card(actor=bola, circle_id=circle.pk, card_id=Card.objects.get(user=ada).pk, at=EARLY)


def test_unknown_is_not_failed_and_is_never_charged_again(carded, sandbox):
    ada = carded()
    circle = started([*people(2, "3000.00"), ada])
    sandbox.inject_fault("paystack.transaction.charge_authorization", "error_500_after")
    sandbox.inject_fault("paystack.transaction.verify", "error_500")

    receipt = services.contribute_by_card(actor=ada, circle_id=circle.pk, at=EARLY)
    again = services.contribute_by_card(actor=ada, circle_id=circle.pk, at=EARLY)
    with pytest.raises(ChargeUnderWayError):
        services.contribute_by_card(actor=ada, circle_id=circle.pk, amount_kobo=50_000, at=EARLY)

    assert (receipt.payment, again.charge, CardPayment.objects.count()) == (None, receipt.charge, 1)
    settle_deposit(reference=receipt.charge.reference, at=EARLY)
    services.pay_confirmed_charges(user_id=ada.pk, at=EARLY)
    assert (contribution(circle, 1, ada).status, CardPayment.objects.get().outcome) == ("paid", "paid")


def test_one_that_was_left_to_a_person_is_looked_at_again_and_never_charged_again(carded, sandbox):
    ada, staff = carded(), person(tier=0)
    circle = started([*people(2, "3000.00"), ada])
    sandbox.inject_fault("paystack.transaction.charge_authorization", "error_500_after")
    sandbox.inject_fault("paystack.transaction.verify", "error_500")
    receipt = services.contribute_by_card(actor=ada, circle_id=circle.pk, at=EARLY)
    stuck = CardPayment.objects.get()
    with pytest.raises(NotWaitingForReviewError):
        services.retry_card_payment(actor=staff, card_payment_id=stuck.pk, reason="why not", at=EARLY)
    CardPayment.objects.update(state=WorkState.NEEDS_REVIEW, attempts=CardPayment.attempt_cap)
    settle_deposit(reference=receipt.charge.reference, at=EARLY)
    assert services.work_card_payments(at=EARLY) == 0

    services.retry_card_payment(actor=staff, card_payment_id=stuck.pk, reason="back", at=timezone.now())

    assert services.work_card_payments(at=EARLY) == 1
    assert (contribution(circle, 1, ada).status, CardPayment.objects.get().outcome) == ("paid", "paid")
    assert len(sandbox.calls("paystack.transaction.charge_authorization")) == 1


def test_what_falls_due_is_charged_to_the_default_card_where_the_wallet_holds_too_little(carded):
    ada = carded()
    circle = started([*people(2, "3000.00"), ada])

    live_until(DUE)
    charge = CardPayment.objects.get()
    assert (charge.is_automatic, charge.submitted_at, cycles_of(circle)[0]) == (True, None, "collecting")
    services.work_card_payments(at=DUE)

    paid = contribution(circle, 1, ada)
    assert (paid.status, paid.source, cycles_of(circle)[0]) == ("paid", "card", "closed")


def test_nobody_is_late_while_a_provider_has_not_answered(carded, sandbox):
    ada = carded()
    circle = started([*people(2, "3000.00"), ada], late_fee_kobo=5_000)
    live_until(DUE)
    sandbox.inject_fault("paystack.transaction.charge_authorization", "error_500_after")
    sandbox.inject_fault("paystack.transaction.verify", "error_500")
    services.work_card_payments(at=DUE)

    live_until(DUE + 2 * DAY)

    # The others' pot is paid out on the promised day; what the charge brings goes on to its recipient.
    assert (contribution(circle, 1, ada).status, cycles_of(circle)[0]) == ("pending", "paid")
    settle_deposit(reference=Deposit.objects.latest("created_at").reference, at=DUE + 2 * DAY)
    services.pay_confirmed_charges(user_id=ada.pk, at=DUE + 2 * DAY)
    assert (contribution(circle, 1, ada).late_at, cycles_of(circle)[0]) == (None, "closed")


def test_money_that_the_contribution_needs_no_more_stays_in_the_wallet(carded):
    ada = carded()
    circle = started([*people(2, "3000.00"), ada])
    live_until(DUE)
    fund(ada, "1000.00")
    services.contribute(actor=ada, circle_id=circle.pk, at=DUE + HOUR)

    services.work_card_payments(at=DUE + HOUR)

    assert (CardPayment.objects.get().outcome, wallet_of(ada)) == ("unused", "1000.00")


def test_a_share_that_came_out_of_its_recipients_pot_is_charged_to_no_card(carded):
    ada = carded()
    circle = started([ada, *people(2, "3000.00")])

    live_until(DUE + HOUR)

    assert (cycles_of(circle)[0], contribution(circle, 1, ada).status, wallet_of(ada)) == ("closed", "paid", "2000.00")
    assert CardPayment.objects.count() == 0
    # Nor is it tried again.
    assert not circle.acts.filter(state="pending", cycle__number=1).exists()
