"""Two things at the same instant: one winner, and a clear loser. Real threads, real commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from circles import services
from circles.errors import AlreadyPaidError, CircleFullError
from circles.tests.world import (
    DUE,
    FOUNDED,
    HOUR,
    cycles_of,
    forming,
    fund,
    live_until,
    people,
    person,
    pot_of,
    started,
    wallet_of,
    wallets_of,
)
from contri.core.errors import DomainError

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of these in threads of their own, let go together; what each returned or was refused with."""
    together = Barrier(len(acts))

    def perform(act):
        try:
            together.wait()
            return act()
        except DomainError as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(perform, acts))


def test_two_people_take_the_last_seat():
    circle = forming(people(2), size=3)
    rivals = people(4)

    outcomes = at_once(
        *(
            lambda rival=rival: (
                services.join_circle(actor=rival, invite_code=circle.invite_code, at=FOUNDED + HOUR).status
            )
            for rival in rivals
        )
    )

    assert sorted(map(str, outcomes)) == sorted(["active", *[str(CircleFullError)] * 3])
    assert circle.memberships.filter(status="active").count() == 3


def test_the_same_contribution_twice_at_once():
    friends = people(2, "1000.00")
    circle = started(friends)
    fund(friends[1], "1000.00")

    def pay():
        return services.contribute(
            actor=friends[1], circle_id=circle.pk, cycle_number=1, at=FOUNDED + 2 * HOUR
        ).payment.amount_kobo

    outcomes = at_once(pay, pay, pay)

    assert sorted(map(str, outcomes)) == sorted(["100000", *[str(AlreadyPaidError)] * 2])
    assert (wallet_of(friends[1]), pot_of(circle)) == ("1000.00", "1000.00")


def test_a_contribution_and_the_payout_at_the_same_instant():
    friends = people(2, "1000.00")
    late = person()
    circle = started([*friends, late])
    live_until(DUE)
    fund(late, "1000.00")
    moment = circle.cycles.get(number=1).grace_ends_at

    at_once(
        lambda: services.turn_circles(at=moment, wait=True),
        lambda: services.contribute(actor=late, circle_id=circle.pk, cycle_number=1, at=moment),
    )

    assert (cycles_of(circle)[0], pot_of(circle)) == ("closed", "0.00")
    assert wallets_of([*friends, late]) == ["3000.00", "0.00", "0.00"]


def test_the_beat_runs_four_times_at_once():
    circles = [started(people(2, "1000.00")) for _ in range(6)]

    turns = at_once(*[lambda: services.turn_circles(at=DUE)] * 4)

    assert [turn.failed for turn in turns] == [[]] * 4
    services.turn_circles(at=DUE)
    assert [(cycles_of(circle)[0], pot_of(circle)) for circle in circles] == [("closed", "0.00")] * 6
    acts = [act for circle in circles for act in circle.acts.filter(due_at__lte=DUE)]
    assert sum(turn.done for turn in turns) <= len(acts)


def test_circles_with_members_in_common_never_wait_for_each_other():
    friends = people(4, "5000.00")
    circles = [started(order) for order in (friends, friends[::-1], [*friends[2:], *friends[:2]])]

    turns = at_once(*[lambda: services.turn_circles(at=DUE, wait=True)] * 4)

    assert [turn.failed for turn in turns] == [[]] * 4
    assert [cycles_of(circle)[0] for circle in circles] == ["closed"] * 3
    assert sorted(wallets_of(friends)) == ["2000.00", "6000.00", "6000.00", "6000.00"]


def test_leaving_and_locking_at_the_same_instant():
    friends = people(2)
    circle = forming(friends)

    outcomes = at_once(
        lambda: services.leave_circle(actor=friends[1], circle_id=circle.pk, at=FOUNDED + HOUR).status,
        lambda: services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR).status,
    )

    members = circle.memberships.filter(status="active").count()
    assert (members, circle.slots.count()) in [(1, 0), (2, 2)]
    assert len([outcome for outcome in outcomes if isinstance(outcome, type)]) == 1
