"""Collecting into a circle's pot, paying it out, giving it back."""

from dataclasses import asdict
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.locking import NoTransactionError
from notifications.models import Notification
from wallets import ledger
from wallets.chart import wallet_account
from wallets.errors import AccountNotOpenError, InsufficientFundsError
from wallets.models import AccountStatus, ParkedCredit, Transaction
from wallets.queries import pot_balances, wallet_balances
from wallets.services import (
    Claim,
    collect_contributions,
    collect_into_pots,
    open_circle_accounts,
    open_wallet,
    pay_contribution,
    pay_out_pot,
    refund_from_pot,
    release_all_parked,
)
from wallets.tests.factories import freeze, fund, held, send, spendable
from wallets.tests.threads import at_once

SHARE = 10_000_00


@pytest.fixture
def circle(db):
    identity = uuid4()
    with transaction.atomic():
        open_circle_accounts(circle_id=identity)
    return identity


@pytest.fixture
def people(db):
    """Three with money for one share each."""
    members = UserFactory.create_batch(3, tier=3)
    for member in members:
        fund(member, SHARE)
    return members


def claim(person, *, key=None, amount_kobo=SHARE):
    payment_id = uuid4()
    return Claim(key or payment_id.hex, payment_id, person.pk, amount_kobo, "Cycle 1 of Yam money")


@transaction.atomic
def collect(circle, claims):
    return collect_contributions(circle_id=circle, claims=claims, at=timezone.now(), initiator_id=None)


@transaction.atomic
def pay_out(circle, person, amount_kobo, *, payout_id=None):
    payout_id = payout_id or uuid4()
    return pay_out_pot(
        circle_id=circle,
        payout_id=payout_id,
        user_id=person.pk,
        amount_kobo=amount_kobo,
        key=payout_id.hex,
        description="Payout of Yam money",
        at=timezone.now(),
    )


def pot(circle):
    return pot_balances([circle])[circle]


@pytest.mark.django_db
class TestCollecting:
    def test_everybody_pays_and_sees_it(self, circle, people):
        claims = [claim(person) for person in people]

        outcomes = collect(circle, claims)

        assert [outcome.payment_id for outcome in outcomes] == [c.payment_id for c in claims]
        assert all(outcome.paid for outcome in outcomes)
        assert pot(circle) == 3 * SHARE
        line = Transaction.objects.get(pk=outcomes[0].transaction_id)
        assert (line.wallet.user, line.type, line.direction, line.status) == (
            people[0],
            "contribution",
            "debit",
            "succeeded",
        )
        assert (line.amount_kobo, line.balance_after_kobo, line.circle_id) == (SHARE, 0, circle)
        assert line.description == "Cycle 1 of Yam money"

    def test_who_has_too_little_is_passed_over_and_nothing_is_half(self, circle, people):
        poor = UserFactory.create()
        fund(poor, SHARE - 1)

        outcomes = collect(circle, [claim(people[0]), claim(poor), claim(people[1])])

        assert [outcome.paid for outcome in outcomes] == [True, False, True]
        assert outcomes[1].transaction_id is None
        assert (pot(circle), spendable(poor)) == (2 * SHARE, SHARE - 1)
        assert Transaction.objects.count() == 2

    def test_who_never_opened_a_wallet_is_passed_over(self, circle):
        assert [outcome.paid for outcome in collect(circle, [claim(UserFactory.create())])] == [False]

    def test_a_frozen_wallet_is_passed_over(self, circle, people):
        freeze(people[0])

        assert [outcome.paid for outcome in collect(circle, [claim(p) for p in people])] == [False, True, True]

    def test_who_pays_by_hand_is_told_what_is_in_the_way(self, circle, people):
        freeze(people[0])

        for person, refusal in ((people[0], AccountNotOpenError), (UserFactory.create(), InsufficientFundsError)):
            with pytest.raises(refusal), transaction.atomic():
                pay_contribution(circle_id=circle, **asdict(claim(person)), at=timezone.now())

    def test_the_same_claim_again_is_paid_and_costs_nothing_more(self, circle, people):
        claims = [claim(person) for person in people]
        first = collect(circle, claims)
        fund(people[0], SHARE)

        assert collect(circle, claims) == first
        assert (pot(circle), spendable(people[0])) == (3 * SHARE, SHARE)

    def test_a_claim_that_was_passed_over_can_be_paid_later_under_its_key(self, circle):
        person = UserFactory.create()
        one = claim(person)
        collect(circle, [one])
        fund(person, SHARE)

        assert [outcome.paid for outcome in collect(circle, [one])] == [True]
        assert (pot(circle), spendable(person)) == (SHARE, 0)

    def test_somebody_with_two_hands_pays_as_many_as_they_can(self, circle, people):
        fund(people[0], SHARE // 2)
        outcomes = collect(circle, [claim(people[0]), claim(people[0])])

        assert [outcome.paid for outcome in outcomes] == [True, False]
        assert spendable(people[0]) == SHARE // 2

    def test_each_line_of_two_hands_shows_its_own_balance(self, circle, people):
        fund(people[0], SHARE)
        outcomes = collect(circle, [claim(people[0]), claim(people[0])])

        lines = [Transaction.objects.get(pk=outcome.transaction_id) for outcome in outcomes]
        assert [line.balance_after_kobo for line in lines] == [SHARE, 0]

    @pytest.mark.parametrize("members", [1, 3])
    def test_it_costs_the_same_queries_however_many_pay(self, circle, people, django_assert_num_queries, members):
        claims = [claim(person) for person in people[:members]]

        # Wallets locked, all posted, balances after, all lines; a savepoint for each of two blocks, of which the outer
        # one is the transaction itself outside of tests.
        with django_assert_num_queries(6), transaction.atomic():
            collect_contributions(circle_id=circle, claims=claims, at=timezone.now(), initiator_id=None)

    def test_collecting_nothing_is_nothing(self, circle):
        assert collect(circle, []) == []

    def test_it_needs_the_callers_transaction(self, circle, people, transactional_db):
        now, mine = timezone.now(), claim(people[0])
        for act in (
            partial(collect_contributions, claims=[], initiator_id=None, circle_id=circle),
            partial(pay_contribution, **asdict(mine), circle_id=circle),
            partial(collect_into_pots, movements=[], wallets={}),
        ):
            with pytest.raises(NoTransactionError):
                act(at=now)


@pytest.mark.django_db
class TestPayingOne:
    def pay(self, circle, person, *, amount_kobo=SHARE, key="one", payment_id=None):
        with transaction.atomic():
            return pay_contribution(
                circle_id=circle,
                payment_id=payment_id or uuid4(),
                user_id=person.pk,
                amount_kobo=amount_kobo,
                key=key,
                description="Cycle 1",
                at=timezone.now(),
            )

    def test_the_money_is_in_the_pot(self, circle, people):
        line = self.pay(circle, people[0])

        assert (line.type, line.direction, line.amount_kobo, line.balance_after_kobo) == (
            "contribution",
            "debit",
            SHARE,
            0,
        )
        assert (pot(circle), spendable(people[0])) == (SHARE, 0)

    def test_again_under_the_same_key_is_the_same_line(self, circle, people):
        fund(people[0], SHARE)
        payment_id = uuid4()
        first = self.pay(circle, people[0], payment_id=payment_id)

        assert self.pay(circle, people[0], payment_id=payment_id) == first
        assert (pot(circle), spendable(people[0])) == (SHARE, SHARE)

    def test_with_too_little_nothing_moves(self, circle, people):
        with pytest.raises(InsufficientFundsError):
            self.pay(circle, people[0], amount_kobo=SHARE + 1)
        assert (pot(circle), spendable(people[0])) == (0, SHARE)


@pytest.mark.django_db
class TestPayingOut:
    @pytest.fixture
    def full_pot(self, circle, people):
        collect(circle, [claim(person) for person in people])
        return circle

    def test_the_pot_is_in_the_recipients_wallet(self, full_pot, people):
        line = pay_out(full_pot, people[0], 3 * SHARE)

        assert (line.type, line.direction, line.amount_kobo, line.balance_after_kobo, line.circle_id) == (
            "payout",
            "credit",
            3 * SHARE,
            3 * SHARE,
            full_pot,
        )
        assert (pot(full_pot), spendable(people[0])) == (0, 3 * SHARE)

    def test_the_same_payout_again_pays_nothing_more(self, full_pot, people):
        payout_id = uuid4()
        first = pay_out(full_pot, people[0], SHARE, payout_id=payout_id)

        assert pay_out(full_pot, people[0], SHARE, payout_id=payout_id) == first
        assert (pot(full_pot), spendable(people[0])) == (2 * SHARE, SHARE)

    def test_a_pot_cannot_be_overdrawn(self, full_pot, people):
        with pytest.raises(InsufficientFundsError):
            pay_out(full_pot, people[0], 3 * SHARE + 1)
        assert pot(full_pot) == 3 * SHARE

    def test_a_refund_goes_back_to_who_paid(self, full_pot, people):
        with transaction.atomic():
            line = refund_from_pot(
                circle_id=full_pot,
                refund_id=uuid4(),
                user_id=people[1].pk,
                amount_kobo=SHARE,
                key="back",
                description="Yam money never began",
                at=timezone.now(),
            )
        assert (line.type, line.direction) == ("refund", "credit")
        assert (pot(full_pot), spendable(people[1])) == (2 * SHARE, SHARE)

    def test_what_goes_over_the_tiers_limit_is_held_and_released_as_it_fits(self, full_pot, people, pin_token):
        winner = UserFactory.create(tier=0)
        fund(winner, 40_000_00)

        line = pay_out(full_pot, winner, 3 * SHARE)

        # Tier 0 holds ₦50,000.
        assert (line.amount_kobo, line.balance_after_kobo) == (3 * SHARE, 50_000_00)
        assert (spendable(winner), held(winner)) == (50_000_00, 20_000_00)
        assert "₦20,000.00 is held for you" in Notification.objects.values_list("title", flat=True)
        assert release_all_parked(at=timezone.now()) == 0

        send(winner, people[0], 15_000_00, pin_token=pin_token(winner))
        assert release_all_parked(at=timezone.now()) == 1
        assert (spendable(winner), held(winner)) == (50_000_00, 5_000_00)

        winner.kyc_tier = 3
        winner.save(update_fields=["kyc_tier"])
        assert release_all_parked(at=timezone.now()) == 1
        assert (spendable(winner), held(winner)) == (55_000_00, 0)
        assert release_all_parked(at=timezone.now()) == 0

    @pytest.mark.parametrize("how", ["banned", "frozen"])
    def test_a_payout_to_somebody_banned_or_frozen_is_held_and_the_circle_goes_on(self, full_pot, people, how):
        winner = people[0]
        with transaction.atomic():
            account = wallet_account(open_wallet(user_id=winner.pk).pk)
            if how == "frozen":
                ledger.set_status(account, AccountStatus.FROZEN)
            else:
                winner.is_active = False
                winner.save(update_fields=["is_active"])

        pay_out(full_pot, winner, 3 * SHARE)

        assert (pot(full_pot), spendable(winner), held(winner)) == (0, 0, 3 * SHARE)
        assert release_all_parked(at=timezone.now()) == 0

        with transaction.atomic():
            ledger.set_status(account, AccountStatus.OPEN)
            winner.is_active = True
            winner.save(update_fields=["is_active"])
        release_all_parked(at=timezone.now())
        assert (spendable(winner), held(winner)) == (3 * SHARE, 0)
        assert ParkedCredit.objects.get().released_kobo == 3 * SHARE


@pytest.mark.django_db
def test_balances_of_many_cost_the_same_queries_as_of_one(people, circle, django_assert_num_queries):
    for some in (people[:1], people):
        with django_assert_num_queries(2):
            wallet_balances([person.pk for person in some])
    for circles in ([circle], [circle, uuid4(), uuid4()]):
        with django_assert_num_queries(1):
            pot_balances(circles)
    assert pot_balances([uuid4()]).popitem()[1] == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_collecting_paying_and_spending_at_once_neither_locks_up_nor_loses_a_kobo(circle, people, pin_token):
    for person in people:
        fund(person, 9 * SHARE)
    tokens = [pin_token(person) for person in people for _ in range(4)]
    pairs = [(payer, people[(number + 1) % 3]) for number, payer in enumerate(people) for _ in range(4)]

    calls = [partial(collect_all, circle, people)] * 4
    calls += [partial(send, *pair, SHARE, pin_token=token) for pair, token in zip(pairs, tokens, strict=True)]
    at_once(calls)

    assert pot(circle) == 12 * SHARE
    assert sum(balance.available_kobo for balance in wallet_balances([p.pk for p in people]).values()) == 18 * SHARE


def collect_all(circle, people):
    collect(circle, [claim(person) for person in people])
