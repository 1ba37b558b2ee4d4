"""Short lives of the simulator, and bugs planted to see that it finds them. For long ones: `manage.py simulate`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from circles.services import payday
from contri.simulation import acts, simulation
from contri.simulation.paying import withdraw
from contri.simulation.shrinking import shrink
from contri.simulation.simulation import Outcome, Plan, simulate
from contri.simulation.trouble import FAULTS
from wallets.providers.base import Failed, Unknown, Why
from wallets.providers.paystack import Paystack

SEEDS = range(1, 21)
SHORT = Plan(1, members=2, circles=2, steps=16, minutes_a_step=450)
TIMES_OUT = "provider times out after the work"
WITHDRAWING = Plan(1, members=2, circles=0, steps=16, minutes_a_step=450, faults=frozenset({TIMES_OUT}))


@pytest.fixture(autouse=True)
def real_database(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def lived() -> dict[int, Outcome]:
    """The lives that this process has lived, by their seeds."""
    return {}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_breaks_in_a_short_life(two_people, lived, seed):
    outcome = lived[seed] = simulate(replace(SHORT, seed=seed), after=two_people)

    assert (outcome.error, outcome.step) == ("", SHORT.steps)
    assert outcome.achieved["deposits"] >= SHORT.members


def test_the_same_seed_is_the_same_life_and_another_seed_another(two_people, lived):
    # Whichever of the twenty this process has lived already.
    seed, other = [*sorted(lived), *SEEDS][:2]
    traces = [simulate(replace(SHORT, seed=one), after=two_people).trace for one in (seed, other)]
    again = lived.get(seed) or simulate(replace(SHORT, seed=seed), after=two_people)

    assert again.trace == traces[0]
    assert traces[0] != traces[1]


def test_a_fault_strikes_in_nearly_every_life(lived):
    happened = [sum(outcome.happened.values()) for outcome in lived.values()]

    assert happened.count(0) <= len(happened) / 4


def test_an_unknown_answer_taken_for_a_failure_is_found(two_people, monkeypatch):
    pay_out = Paystack.pay_out

    def hasty(self, **payment):
        answer = pay_out(self, **payment)
        return Failed(Why.DECLINED) if isinstance(answer, Unknown) else answer

    monkeypatch.setattr(acts, "ACTS", {withdraw: 1})
    # Often enough for a short life to meet it.
    monkeypatch.setitem(FAULTS, TIMES_OUT, 0.5)
    sound = simulate(WITHDRAWING, after=two_people)
    monkeypatch.setattr(Paystack, "pay_out", hasty)
    hasty_one = simulate(WITHDRAWING, after=two_people)

    assert (sound.error, sound.happened[TIMES_OUT] > 0) == ("", True)
    assert hasty_one.error.startswith("paid twice: ")
    assert hasty_one.step <= WITHDRAWING.steps


def test_a_payout_that_pays_nobody_is_found(two_people, monkeypatch):
    monkeypatch.setattr(payday, "pay_out", lambda *args, **kwargs: None)
    monkeypatch.setattr("circles.services.acts.pay_out", lambda *args, **kwargs: None)
    # Its circles never end: nobody need wait for that.
    monkeypatch.setattr(simulation, "CIRCLES_END_WITHIN", timedelta(days=12))

    outcome = simulate(replace(SHORT, faults=frozenset()), after=two_people)

    assert "nothing will move cycle" in outcome.error


def test_what_a_failure_does_not_need_is_left_out():
    def breaks_in_step_seven_when_the_web_is_killed(plan):
        is_broken = plan.steps >= 7 and 7 not in plan.without and "web is killed" in plan.faults
        return Outcome(plan, step=7 if is_broken else plan.steps, error="pots: 5 kobo are gone" if is_broken else "")

    failed = breaks_in_step_seven_when_the_web_is_killed(Plan(1, steps=100))
    short = shrink(failed, breaks_in_step_seven_when_the_web_is_killed)

    assert short.plan == Plan(1, steps=7, faults=frozenset({"web is killed"}), without=frozenset(range(1, 7)))


def test_every_fault_and_every_act_has_its_chance():
    assert all(0 < chance < 1 for chance in FAULTS.values())
    assert min(acts.ACTS.values()) > 0
