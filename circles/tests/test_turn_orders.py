"""Whose turn is when: by joining, by the host's word, by a draw that anyone can check, by record."""

import hashlib
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles import draw, services
from circles.charter import charter_in_force
from circles.errors import CharterNotAcceptedError, InvalidStateError, TurnsNotAssignedError
from circles.models import PayoutOrder
from circles.tests.world import (
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    forming,
    live_until,
    membership_id,
    people,
    person,
    started,
)
from contri.core.errors import ValidationFaultsError

pytestmark = pytest.mark.django_db


def start(circle):
    return services.start_circle(actor=circle.host, circle_id=circle.pk, at=FOUNDED + HOUR)


def turns(circle):
    return [slot.membership.user for slot in circle.slots.select_related("membership__user").order_by("position")]


def check_by_hand(shown):
    """What circles/README.md tells members to do; uses nothing of ours."""

    def sha256(text):
        return hashlib.sha256(text.encode()).hexdigest()

    assert sha256(shown["seed"]) == shown["commitment"]
    lines = sorted(f"{e['membership_id']}:{e['charter_sha256']}:{e['nonce']}" for e in shown["entries"])
    mix = sha256("\n".join([shown["seed"], *lines]))
    tickets = [(e["membership_id"], hand + 1) for e in shown["entries"] for hand in range(e["hands"])]
    return [member for member, hand in sorted(tickets, key=lambda t: sha256(f"{mix}:{t[0]}:{t[1]}"))]


def test_a_draw_can_be_checked_without_our_code(signed_in):
    host = person()
    circle = forming([host], size=4, payout_order=PayoutOrder.RANDOM)
    friends = people(2)
    services.join_circle(actor=friends[0], invite_code=circle.invite_code, at=FOUNDED, hands=2, nonce="my-own-word")
    services.join_circle(actor=friends[1], invite_code=circle.invite_code, at=FOUNDED)
    path = f"/api/v1/circles/{circle.pk}/draw"
    promised = signed_in(host).get(path).json()
    assert (promised["seed"], promised["mix"], promised["tickets"]) == (None, None, [])

    start(circle)

    shown = signed_in(friends[1]).get(path).json()
    assert shown["commitment"] == promised["commitment"] == charter_in_force(circle).rules["draw_commitment"]
    assert {entry["nonce"] for entry in shown["entries"]} == {"", "my-own-word"}
    order = [str(membership_id(circle, user)) for user in turns(circle)]
    assert check_by_hand(shown) == order == [ticket["membership_id"] for ticket in shown["tickets"]]


def test_a_circle_without_a_draw_has_none_to_show(signed_in):
    host = person()
    circle = forming([host], size=2)

    answer = signed_in(host).get(f"/api/v1/circles/{circle.pk}/draw")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_draw")


def test_the_seed_stays_sealed_until_the_circle_is_locked():
    circle = forming(people(2), payout_order=PayoutOrder.RANDOM)
    assert (circle.draw_seed, len(circle.draw_commitment)) == ("", 64)

    start(circle)

    circle.refresh_from_db()
    assert draw.commitment_to(circle.draw_seed) == circle.draw_commitment


@given(st.text(), st.lists(st.uuids(), min_size=2, max_size=6, unique=True))
def test_the_order_of_entries_does_not_change_a_draw(seed, members):
    entries = [draw.Entry(member, 1, "hash", "") for member in members]

    assert draw.drawn(seed, entries) == draw.drawn(seed, entries[::-1])


def test_every_order_comes_out_about_as_often_as_any_other():
    members = [draw.Entry(membership, 1, "", "") for membership in map(draw_id, range(3))]
    seen = dict.fromkeys(permutations(range(3)), 0)
    for number in range(1200):
        order = tuple(ticket.membership_id.int for ticket in draw.drawn(str(number), members))
        seen[order] += 1

    assert all(140 < times < 260 for times in seen.values())


def draw_id(number):
    from uuid import UUID

    return UUID(int=number)


def test_the_host_assigns_turns_and_all_accept_them():
    friends = people(3)
    circle = forming(friends, payout_order=PayoutOrder.HOST_ASSIGNED)
    with pytest.raises(TurnsNotAssignedError):
        start(circle)
    order = [membership_id(circle, friend) for friend in (friends[2], friends[0], friends[1])]

    services.assign_turns(actor=friends[0], circle_id=circle.pk, order=order, at=FOUNDED)

    with pytest.raises(CharterNotAcceptedError):
        start(circle)
    for friend in friends[1:]:
        services.accept_charter(actor=friend, circle_id=circle.pk, version=2, at=FOUNDED)
    start(circle)
    assert turns(circle) == [friends[2], friends[0], friends[1]]


def test_an_order_names_everybody_once():
    friends = people(2)
    circle = forming(friends, payout_order=PayoutOrder.HOST_ASSIGNED)
    mine = membership_id(circle, friends[0])

    for wrong in ([], [mine], [mine, mine]):
        with pytest.raises(ValidationFaultsError):
            services.assign_turns(actor=friends[0], circle_id=circle.pk, order=wrong, at=FOUNDED)


def test_a_host_assigns_only_where_the_charter_says_so(signed_in):
    friends = people(2)
    circle = forming(friends)
    order = [str(membership_id(circle, friend)) for friend in friends]

    answer = signed_in(friends[0]).put(f"/api/v1/circles/{circle.pk}/payout-order", {"order": order})

    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_state")
    with pytest.raises(InvalidStateError):
        services.assign_turns(actor=friends[0], circle_id=circle.pk, order=[], at=FOUNDED)


def test_a_better_record_comes_first():
    good, late, new = person("3000.00"), person(), person()
    # Late for the first pot; made good out of their own, a week after.
    started([good, late])
    live_until(DUE + WEEK)

    circle = forming([new, late, good], at=DUE + WEEK, payout_order=PayoutOrder.RELIABILITY, cycle_start_date=LATER)
    services.start_circle(actor=new, circle_id=circle.pk, at=DUE + WEEK + HOUR)

    assert turns(circle) == [good, late, new]


LATER = (DUE + 9 * WEEK).date()
