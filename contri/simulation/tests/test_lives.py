"""Short lives of the simulator, and bugs planted to see that it finds them. For long ones: `manage.py simulate`."""

from dataclasses import replace

import pytest

from circles.services import payday
from contri.simulation.shrinking import shrink
from contri.simulation.simulation import Outcome, Plan, simulate
from contri.simulation.trouble import FAULTS
from wallets.providers.base import Failed, Unknown, Why
from wallets.providers.paystack import Paystack

SHORT = Plan(1, members=2, circles=2, steps=8, minutes_a_step=900)
# Nobody founds a circle here, so that they withdraw the sooner.
WITHDRAWING = Plan(4, members=2, circles=0, steps=14, minutes_a_step=600, faults=frozenset())


@pytest.fixture(autouse=True)
def real_database(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.mark.parametrize("seed", range(1, 21))
def test_nothing_breaks_in_a_short_life(empty_contri, seed):
    outcome = simulate(replace(SHORT, seed=seed), template=empty_contri)

    assert (outcome.error, outcome.step) == ("", SHORT.steps)
    assert sum(outcome.happened.values()) > 0
    assert outcome.achieved["deposits"] >= SHORT.members


def test_the_same_seed_is_the_same_life_and_another_seed_another(empty_contri):
    lives = [simulate(replace(SHORT, seed=seed), template=empty_contri) for seed in (1, 1, 2)]

    assert lives[0].trace == lives[1].trace
    assert lives[0].trace != lives[2].trace


def test_an_unknown_answer_taken_for_a_failure_is_found(empty_contri, monkeypatch):
    pay_out = Paystack.pay_out

    def hasty(self, **payment):
        answer = pay_out(self, **payment)
        return Failed(Why.DECLINED) if isinstance(answer, Unknown) else answer

    monkeypatch.setattr(Paystack, "pay_out", hasty)

    outcome = simulate(WITHDRAWING, template=empty_contri)

    assert outcome.error.startswith("clearing says")


def test_a_payout_that_pays_nobody_is_found(empty_contri, monkeypatch):
    monkeypatch.setattr(payday, "pay_out", lambda *args, **kwargs: None)
    monkeypatch.setattr("circles.services.acts.pay_out", lambda *args, **kwargs: None)

    outcome = simulate(replace(SHORT, faults=frozenset()), template=empty_contri)

    assert outcome.error != ""


def test_what_a_failure_does_not_need_is_left_out():
    def breaks_in_step_seven_when_the_web_is_killed(plan):
        is_broken = plan.steps >= 7 and 7 not in plan.without and "web is killed" in plan.faults
        return Outcome(plan, step=7 if is_broken else plan.steps, error="pots: 5 kobo are gone" if is_broken else "")

    failed = breaks_in_step_seven_when_the_web_is_killed(Plan(1, steps=100))
    short = shrink(failed, breaks_in_step_seven_when_the_web_is_killed)

    assert short.plan == Plan(1, steps=7, faults=frozenset({"web is killed"}), without=frozenset(range(1, 7)))


def test_every_fault_has_its_chance():
    assert all(0 < chance < 1 for chance in FAULTS.values())
