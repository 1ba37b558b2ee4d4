"""A bank takes back a payment that paid a contribution: the circle keeps it, the payer owes it and is restricted."""

from datetime import date

import pytest
from django.utils import timezone

from circles import services
from circles.errors import MemberRestrictedError
from circles.models import CardOutcome, CardPayment
from circles.tests.world import (
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    contribution,
    cycles_of,
    forming,
    fund,
    live_until,
    people,
    person,
    pot_of,
    spend,
    started,
    state_of,
    wallet_of,
    wallets_of,
)
from wallets.models import Card
from wallets.queries import wallet_balances
from wallets.services import recover_owed, review_dispute, settle_deposit, start_deposit

pytestmark = pytest.mark.django_db
EARLY = FOUNDED + 2 * HOUR


@pytest.fixture
def brought_in(sandbox):
    """`brought_in(user, naira)`: money from a card, through the provider; the deposit that it came as."""

    def call(user, kobo, **how):
        deposit = start_deposit(actor=user, amount_kobo=kobo, at=timezone.now(), **how)
        sandbox.pay(deposit.authorization_url)
        return settle_deposit(reference=deposit.reference, at=timezone.now())

    return call


@pytest.fixture
def take_back(sandbox):
    """Let the card's bank take a payment back for good."""

    def call(reference):
        number = sandbox.dispute(reference)
        sandbox.decide_dispute(number, "auto-accepted")
        return review_dispute(code=str(number), at=timezone.now())

    return call


def owed_by(user):
    return wallet_balances([user.pk])[user.pk].owed_kobo


def test_a_deposit_is_charged_back_after_it_paid_a_contribution(brought_in, take_back):
    ada = person(tier=2)
    friends = people(2, "2000.00")
    deposit = brought_in(ada, 100_000)
    circle = started([*friends, ada], size=3)
    services.contribute(actor=ada, circle_id=circle.pk, at=EARLY)
    other = forming(people(1), size=4, cycle_start_date=date(2027, 3, 1))

    take_back(deposit.reference)

    # The contribution stands and the pot goes out whole: what is missing is between Ada and Contri.
    assert (contribution(circle, 1, ada).status, owed_by(ada), wallet_of(ada)) == ("paid", 100_000, "0.00")
    live_until(DUE)
    assert (cycles_of(circle)[0], pot_of(circle), wallets_of(friends)) == ("closed", "0.00", ["4000.00", "1000.00"])
    with pytest.raises(MemberRestrictedError):
        services.join_circle(actor=ada, invite_code=other.invite_code, at=DUE)

    fund(ada, "3000.00")
    assert recover_owed(user_id=ada.pk, at=timezone.now()) == 100_000
    services.join_circle(actor=ada, invite_code=other.invite_code, at=DUE)
    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), wallet_of(ada), owed_by(ada)) == ("completed", "3000.00", 0)


def test_a_debtors_pot_pays_what_they_owe_and_the_circle_goes_on(brought_in, take_back):
    ada = person(tier=2)
    friends = people(2, "3000.00")
    deposit = brought_in(ada, 100_000)
    circle = started([ada, *friends])
    services.contribute(actor=ada, circle_id=circle.pk, at=EARLY)
    take_back(deposit.reference)

    live_until(DUE)

    assert (cycles_of(circle)[0], wallet_of(ada)) == ("closed", "3000.00")
    recover_owed(user_id=ada.pk, at=timezone.now())
    assert (wallet_of(ada), owed_by(ada)) == ("2000.00", 0)
    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["3000.00"] * 2)


def test_a_card_is_charged_back_after_it_paid_a_contribution(brought_in, take_back):
    ada = person(tier=2)
    brought_in(ada, 10_000, keeps_card=True)
    spend(ada, "100.00")
    circle = started([*people(2, "3000.00"), ada])
    receipt = services.contribute_by_card(
        actor=ada, circle_id=circle.pk, card_id=Card.objects.get(user=ada).pk, cycle_number=1, at=EARLY
    )

    dispute = take_back(receipt.charge.reference)
    for _ in range(2):
        services.note_charge_back(dispute_id=dispute.pk, at=EARLY + HOUR)

    assert CardPayment.objects.get().outcome == CardOutcome.CHARGED_BACK
    assert (contribution(circle, 1, ada).status, owed_by(ada)) == ("paid", 100_000)
    with pytest.raises(MemberRestrictedError):
        services.join_circle(actor=ada, invite_code=forming(people(1), size=4).invite_code, at=EARLY + HOUR)
    live_until(DUE)
    assert cycles_of(circle)[0] == "closed"
