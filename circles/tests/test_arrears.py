"""A recipient in arrears: netted, and if their pot does not cover it, their turn moves behind somebody else's."""

import pytest

from circles import services
from circles.models import Payout
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    forming,
    live_until,
    people,
    person,
    spend,
    started,
    wallet_of,
)
from contri.core.money import naira_from_kobo
from notifications.models import Notification

pytestmark = pytest.mark.django_db
SECOND_GRACE_ENDS = DUE + WEEK + 2 * DAY


def recipients(circle):
    return [cycle.slot.membership.user for cycle in circle.cycles.order_by("number")]


def test_arrears_that_the_pot_covers_are_netted_and_no_turn_moves():
    friends = [person("1000.00"), person(), *people(2, "9000.00")]
    circle = started(friends)
    live_until(DUE + 2 * DAY)
    spend(friends[0], wallet_of(friends[0]))

    live_until(SECOND_GRACE_ENDS)

    # Two of four pay: 2,000, just what the second owes with cycle 1; their own share of it comes back to them.
    assert (recipients(circle), wallet_of(friends[1])) == (friends, "1000.00")


def test_arrears_beyond_the_pot_move_the_turn():
    friends = [person("1000.00"), person(), person("9000.00")]
    circle = started(friends)
    live_until(DUE + 2 * DAY)
    spend(friends[0], wallet_of(friends[0]))

    live_until(SECOND_GRACE_ENDS)

    # One of three pays: 1,000, and the second owes 2,000 with cycle 1. The third goes first.
    assert recipients(circle) == [friends[0], friends[2], friends[1]]
    assert Payout.objects.get(cycle__number=2).membership.user == friends[2]
    told = Notification.objects.filter(kind="turn_moved_back")
    assert {notice.recipient for notice in told} == set(friends)
    assert circle.messages.filter(event="turn_moved_back").count() == 1


@pytest.mark.parametrize(
    ("security", "is_moved"),
    [
        ({"reserve_kobo": 100_000}, False),
        ({"reserve_kobo": 50_000}, True),
        ({"deposit_kobo": 50_000}, False),
        ({"deposit_kobo": 40_000}, True),
    ],
)
def test_what_deposits_and_the_reserve_add_to_the_pot_counts_against_arrears(security, is_moved):
    [left_with_the_circle] = security.values()
    friends = [person("9000.00"), person(naira_from_kobo(left_with_the_circle)), person("9000.00")]
    circle = started(friends, **security)
    live_until(DUE + 2 * DAY)
    spend(friends[0], wallet_of(friends[0]))

    live_until(SECOND_GRACE_ENDS)

    # A reserve of 3,000 has lent 1,000 to the first pot, and adds 1,000 for whom has nothing left: 2,000 are owed, and
    # 2,000 are paid. Of deposits of 500, one has halved what is late (1,500 are owed), and one adds 500 to the pot.
    moved = [friends[0], friends[2], friends[1]]
    assert recipients(circle) == (moved if is_moved else friends)


@pytest.mark.parametrize("policy", ["pay_collected", "wait_full"])
def test_a_turn_that_moves_on_its_day_waits_for_whose_it_was(policy):
    ada, dayo, bola, chidi = [*people(2, "9000.00"), person(), person("9000.00")]
    circle = forming([ada, dayo], size=5, shortfall_policy=policy)
    for friend, hands in ((bola, 2), (chidi, 1)):
        services.join_circle(actor=friend, invite_code=circle.invite_code, at=FOUNDED + HOUR, hands=hands)
    services.start_circle(actor=ada, circle_id=circle.pk, at=FOUNDED + HOUR)

    live_until(DUE + 2 * WEEK)

    # Three of five shares are in, and six are owed for two turns: the pot is the next one's, once the others are in.
    assert recipients(circle) == [ada, dayo, chidi, bola, bola]
    assert not Payout.objects.filter(cycle__number=3).exists()


def test_offers_with_a_turn_that_moved_are_overtaken():
    friends = [person("1000.00"), person(), person("9000.00"), person("9000.00")]
    circle = started(friends, amount_kobo=100_000, shortfall_policy="pay_collected")
    swap = services.propose_swap(actor=friends[1], circle_id=circle.pk, my_turn=2, their_turn=4, at=FOUNDED + 2 * HOUR)
    live_until(DUE + 2 * DAY)
    for rich in (friends[0], friends[3]):
        spend(rich, wallet_of(rich))

    live_until(SECOND_GRACE_ENDS)

    swap.refresh_from_db()
    assert (recipients(circle)[1], swap.status) == (friends[2], "overtaken")


def test_nobody_in_good_standing_behind_them_leaves_the_turns_as_they_are():
    friends = people(3)
    circle = started(friends)

    live_until(SECOND_GRACE_ENDS)

    assert recipients(circle) == friends
