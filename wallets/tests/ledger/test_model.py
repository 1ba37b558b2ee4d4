"""Whatever is done in whatever order, the ledger agrees with a ledger of thirty lines of Python."""

import os
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from contri.core.errors import DomainError
from wallets import ledger
from wallets.errors import AlreadyReversedError, HoldResolvedError, InsufficientFundsError
from wallets.ledger import Balance, Leg
from wallets.services.folding import fold_ledger
from wallets.tests.ledger.books import clearing, event, ledger_findings, wallet

pytestmark = pytest.mark.django_db

START = 200
AMOUNTS = st.integers(min_value=1, max_value=120)


@dataclass
class Account:
    """The model's account: two numbers and whether it may go below zero."""

    is_free: bool = False
    booked: int = 0
    held: int = 0
    incoming: int = 0

    @property
    def available(self):
        return self.booked - self.held


@dataclass
class Hold:
    debit: UUID
    credit: UUID
    amount: int
    is_resolved: bool = False


@dataclass
class Movement:
    debit: UUID
    credit: UUID
    amount: int
    is_reversed: bool = False


@dataclass
class Model:
    """What a ledger does, without any of what makes it hard."""

    accounts: dict[UUID, Account] = field(default_factory=dict)

    def refuses(self, *moves):
        """Whether these (debit, credit, amount) cannot all be made, one after the other."""
        available = {identity: account.available for identity, account in self.accounts.items()}
        for debit, credit, amount in moves:
            available[debit] -= amount
            available[credit] += amount
            if available[debit] < 0 and not self.accounts[debit].is_free:
                return True
        return False

    def move(self, debit, credit, amount):
        self.accounts[debit].booked -= amount
        self.accounts[credit].booked += amount

    def promise(self, debit, credit, amount):
        self.accounts[debit].held += amount
        self.accounts[credit].incoming += amount


class LedgerAgreesWithModel(RuleBasedStateMachine):
    holds = Bundle("holds")
    movements = Bundle("movements")
    keys = Bundle("keys")

    def __init__(self):
        super().__init__()
        self.model = Model()
        self.people = [wallet(START) for _ in range(3)]
        self.provider = clearing()
        self.model.accounts = {account: Account(booked=START) for account in self.people}
        self.model.accounts[self.provider] = Account(
            is_free=True, booked=ledger.balances([self.provider])[self.provider].total
        )

    @property
    def everybody(self):
        return [*self.people, self.provider]

    def post(self, expected, *legs, key=None):
        """Post, and insist on exactly the refusal that the model expects."""
        arguments = {"scope": "model", "key": key or str(uuid4()), "legs": legs, **event()}
        posting, refusal = None, None
        try:
            posting = ledger.post(**arguments)
        except DomainError as error:
            refusal = type(error)
        assert refusal is expected
        return posting, arguments

    @rule(target=movements, debit=st.integers(0, 3), credit=st.integers(0, 3), amount=AMOUNTS)
    def transfer(self, debit, credit, amount):
        if debit == credit:
            return multiple()
        debit, credit = self.everybody[debit], self.everybody[credit]
        expected = InsufficientFundsError if self.model.refuses((debit, credit, amount)) else None
        posting, _ = self.post(expected, Leg(debit, credit, amount, "transfer"))
        if posting is None:
            return multiple()
        self.model.move(debit, credit, amount)
        return posting.transfer_ids[0], Movement(debit, credit, amount)

    @rule(target=keys, amounts=st.tuples(AMOUNTS, AMOUNTS))
    def transfer_on_and_on(self, amounts):
        """One event of two legs under a key that will be tried again."""
        first, second, third = self.people
        moves = [(first, second, amounts[0]), (second, third, amounts[1])]
        expected = InsufficientFundsError if self.model.refuses(*moves) else None
        posting, arguments = self.post(expected, *(Leg(*move, "transfer") for move in moves))
        if posting:
            for move in moves:
                self.model.move(*move)
        return arguments, posting, expected

    @rule(kept=keys)
    def try_again(self, kept):
        """The same key: the same answer, whatever has happened since, and nothing moves."""
        arguments, posting, expected = kept
        again, _ = self.post(expected, *arguments["legs"], key=arguments["key"])
        assert (again and again.transfer_ids) == (posting and posting.transfer_ids)

    @rule(target=holds, debit=st.integers(0, 2), credit=st.integers(0, 3), amount=AMOUNTS)
    def promise(self, debit, credit, amount):
        if debit == credit:
            return multiple()
        debit, credit = self.everybody[debit], self.everybody[credit]
        is_refused = self.model.accounts[debit].available < amount
        try:
            held = ledger.hold(scope="model", key=str(uuid4()), leg=Leg(debit, credit, amount, "withdrawal"), **event())
        except InsufficientFundsError:
            assert is_refused
            return multiple()
        assert not is_refused
        self.model.promise(debit, credit, amount)
        return held.transfer_ids[0], Hold(debit, credit, amount)

    @rule(hold=holds, share=st.integers(1, 100))
    def settle(self, hold, share):
        identity, held = hold
        amount = max(1, held.amount * share // 100)
        if self.resolved(identity, held, "settle", amount):
            self.model.promise(held.debit, held.credit, -held.amount)
            self.model.move(held.debit, held.credit, amount)

    @rule(hold=holds)
    def release(self, hold):
        identity, held = hold
        if self.resolved(identity, held, "release", None):
            self.model.promise(held.debit, held.credit, -held.amount)

    def resolved(self, identity, held, how, amount):
        arguments = {"hold_id": identity, "scope": "model", "key": str(uuid4()), **event()}
        try:
            if how == "settle":
                ledger.settle(amount=amount, **arguments)
            else:
                ledger.release(**arguments)
        except HoldResolvedError:
            assert held.is_resolved
            return False
        assert not held.is_resolved
        held.is_resolved = True
        return True

    @rule(movement=movements)
    def reverse(self, movement):
        identity, moved = movement
        expected: type[DomainError] | None = None
        if moved.is_reversed:
            expected = AlreadyReversedError
        elif self.model.refuses((moved.credit, moved.debit, moved.amount)):
            expected = InsufficientFundsError
        leg = Leg(moved.credit, moved.debit, moved.amount, "transfer", reverses_id=identity)
        posting, _ = self.post(expected, leg)
        if posting:
            moved.is_reversed = True
            self.model.move(moved.credit, moved.debit, moved.amount)

    @rule(limit=st.integers(1, 4))
    def fold(self, limit):
        fold_ledger(limit=limit)

    @invariant()
    def balances_are_the_models(self):
        balances = ledger.balances(self.everybody)
        assert balances == {
            identity: Balance(available=account.available, held=account.held, incoming=account.incoming)
            for identity, account in self.model.accounts.items()
        }
        assert all(balances[person].available >= 0 for person in self.people)

    def teardown(self):
        assert ledger_findings() == []


class InATransactionThatIsUndone(LedgerAgreesWithModel):
    """Each run of the machine leaves the test's books as it found them."""

    def __init__(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        super().__init__()

    def teardown(self):
        try:
            super().teardown()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)


# The suite always tries the same few runs; LEDGER_MODEL_RUNS=2000 tries that many new ones.
RUNS = os.environ.get("LEDGER_MODEL_RUNS")
EFFORT = settings(
    max_examples=int(RUNS or 25),
    stateful_step_count=30,
    derandomize=RUNS is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_the_ledger_agrees_with_a_small_model_of_it():
    run_state_machine_as_test(InATransactionThatIsUndone, settings=EFFORT)
