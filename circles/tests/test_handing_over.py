"""Leaving a circle that runs: somebody takes over the place, and nobody gains or loses by it."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry

from circles import services
from circles.errors import (
    AlreadyMemberError,
    CharterChangedError,
    InvalidStateError,
    InviteInvalidError,
    KycTierTooLowError,
    MemberRestrictedError,
    NotHostError,
)
from circles.errors.people import (
    HandoverOpenError,
    HandoverUnknownError,
    HostCannotLeaveError,
    PaydayUnderWayError,
)
from circles.handover_queries import handover_view
from circles.services.handing_over import OFFER_LASTS
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    contribution,
    forming,
    fund,
    live_until,
    membership_id,
    people,
    person,
    pot_of,
    spend,
    started,
    state_of,
    tills_of,
    wallet_of,
    wallets_of,
)
from contri.core import audit
from notifications.models import Notification
from wallets.errors import InsufficientFundsError

pytestmark = pytest.mark.django_db


@pytest.fixture
def friends():
    return people(4, "4000.00")


@pytest.fixture
def circle(friends):
    return started(friends)


@pytest.fixture
def newcomer():
    return person("4000.00")


def offer(circle, leaver, at):
    return services.offer_place(actor=leaver, circle_id=circle.pk, at=at)


def take(place, newcomer, at, version=1):
    return services.take_place(actor=newcomer, code=place.code, charter_version=version, at=at)


def recorded(place):
    record = LogEntry.objects.filter(object_id=str(place.pk)).order_by("pk")
    return [audit.details_of(entry)["what"] for entry in record]


def where_the_host_approves(friends):
    circle = forming(friends[:1], size=3, needs_approval=True)
    for friend in friends[1:]:
        member = services.join_circle(actor=friend, invite_code=circle.invite_code, at=FOUNDED)
        services.approve_member(actor=friends[0], circle_id=circle.pk, membership_id=member.pk, at=FOUNDED)
    services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED)
    return circle


def test_the_newcomer_pays_what_was_paid_and_takes_the_turn(circle, friends, newcomer):
    live_until(DUE)
    place = offer(circle, friends[2], at=DUE + DAY)

    done = take(place, newcomer, at=DUE + DAY)

    assert (done.worth_kobo, wallet_of(friends[2]), wallet_of(newcomer)) == (100_000, "4000.00", "3000.00")
    assert circle.memberships.get(user=friends[2]).status == "replaced"
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), pot_of(circle)) == ("completed", "0.00")
    assert wallets_of([*friends, newcomer]) == ["4000.00"] * 5


def test_who_had_the_pot_pays_the_newcomer_what_is_still_to_come(circle, newcomer, friends):
    services.hand_over_circle(
        actor=friends[0], circle_id=circle.pk, membership_id=membership_id(circle, friends[1]), at=FOUNDED + 2 * HOUR
    )
    live_until(DUE)
    place = offer(circle, friends[0], at=DUE + DAY)

    assert take(place, newcomer, at=DUE + DAY).worth_kobo == -300_000

    assert wallets_of([friends[0], newcomer]) == ["4000.00", "7000.00"]
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallets_of([*friends, newcomer])) == ("completed", ["4000.00"] * 5)


def test_what_is_overdue_is_paid_first_and_stays_on_the_leavers_record(newcomer):
    friends = people(4, "4000.00")
    spend(friends[2], "4000.00")
    circle = started(friends)
    live_until(DUE + 2 * DAY)
    place = offer(circle, friends[2], at=DUE + 3 * DAY)
    shown = handover_view(place.code, newcomer, at=DUE + 3 * DAY).place
    assert (shown.worth_kobo, shown.overdue_kobo, shown.to_pay_kobo) == (100_000, 100_000, 300_000)

    take(place, newcomer, at=DUE + 3 * DAY)

    late = contribution(circle, 1, friends[2])
    assert (late.status, late.late_at is not None, wallet_of(friends[2])) == ("paid", True, "0.00")
    assert contribution(circle, 2, newcomer).status == "pending"
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallet_of(newcomer)) == ("completed", "4000.00")


def the_first_spends_the_pot(circle, friends):
    """And is no longer the host, and late with a week's share; the moment after."""
    services.hand_over_circle(
        actor=friends[0], circle_id=circle.pk, membership_id=membership_id(circle, friends[1]), at=FOUNDED + 2 * HOUR
    )
    live_until(DUE)
    spend(friends[0], wallet_of(friends[0]))
    live_until(DUE + WEEK + 2 * DAY)
    return DUE + WEEK + 3 * DAY


def test_who_cannot_pay_what_is_overdue_does_not_get_away(circle, newcomer, friends):
    moment = the_first_spends_the_pot(circle, friends)
    place = offer(circle, friends[0], at=moment)
    fund(friends[0], "2000.00")

    with pytest.raises(InsufficientFundsError):
        take(place, newcomer, at=moment)
    fund(friends[0], "1000.00")
    assert take(place, newcomer, at=moment).worth_kobo == -200_000
    assert (contribution(circle, 2, friends[0]).status, wallet_of(friends[0])) == ("paid", "0.00")


def test_what_was_paid_ahead_goes_with_the_place(circle, friends, newcomer):
    for number, kobo in ((1, 100_000), (3, 100_000), (4, 30_000)):
        services.contribute(
            actor=friends[2], circle_id=circle.pk, cycle_number=number, amount_kobo=kobo, at=FOUNDED + 2 * HOUR
        )
    place = offer(circle, friends[2], at=FOUNDED + 3 * HOUR)

    assert take(place, newcomer, at=FOUNDED + 3 * HOUR).worth_kobo == 230_000

    assert (wallet_of(friends[2]), wallet_of(newcomer)) == ("4000.00", "1700.00")
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallets_of([*friends, newcomer])) == ("completed", ["4000.00"] * 5)


def test_deposits_change_hands_as_well(newcomer):
    friends = people(3, "4000.00")
    circle = started(friends, deposit_kobo=50_000, reserve_kobo=20_000)
    assert wallet_of(friends[2]) == "3300.00"

    take(offer(circle, friends[2], at=FOUNDED + 2 * HOUR), newcomer, at=FOUNDED + 3 * HOUR)

    assert (wallet_of(friends[2]), wallet_of(newcomer)) == ("4000.00", "3300.00")
    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), wallets_of([*friends, newcomer])) == ("completed", ["4000.00"] * 4)


def test_where_the_host_approves_joiners_the_host_approves_a_newcomer(newcomer):
    friends = people(3, "4000.00")
    circle = where_the_host_approves(friends)
    place = offer(circle, friends[2], at=FOUNDED + HOUR)
    with pytest.raises(HandoverUnknownError):
        services.approve_handover(actor=friends[0], circle_id=circle.pk, handover_id=place.pk, at=FOUNDED + HOUR)

    assert take(place, newcomer, at=FOUNDED + HOUR).status == "asked"
    assert [told.recipient for told in Notification.objects.filter(kind="place_asked_for")] == [friends[0]]

    def approve(actor):
        return services.approve_handover(actor=actor, circle_id=circle.pk, handover_id=place.pk, at=FOUNDED + 2 * HOUR)

    with pytest.raises(InviteInvalidError):
        take(place, person("4000.00"), at=FOUNDED + HOUR)
    with pytest.raises(NotHostError):
        approve(friends[1])
    assert (approve(friends[0]).status, circle.memberships.get(user=newcomer).status) == ("done", "active")
    with pytest.raises(HandoverUnknownError):
        approve(friends[0])
    assert recorded(place) == [
        "offered their place",
        "asked to take over a place",
        "let somebody take over a place",
        "took over a place worth ₦0.00",
    ]


def test_who_came_in_by_another_place_meanwhile_is_not_let_in_twice(newcomer):
    friends = people(3, "4000.00")
    circle = where_the_host_approves(friends)
    places = [offer(circle, friend, at=FOUNDED + HOUR) for friend in friends[1:]]
    for place in places:
        take(place, newcomer, at=FOUNDED + HOUR)

    def approve(place):
        services.approve_handover(actor=friends[0], circle_id=circle.pk, handover_id=place.pk, at=FOUNDED + 2 * HOUR)

    services.pause_circle(actor=friends[0], circle_id=circle.pk, reason="a quarrel", at=FOUNDED + HOUR)
    with pytest.raises(InvalidStateError):
        approve(places[0])
    services.resume_circle(actor=friends[0], circle_id=circle.pk, reason="made up", at=FOUNDED + HOUR)
    approve(places[0])

    with pytest.raises(AlreadyMemberError):
        approve(places[1])


@pytest.mark.parametrize(("naira", "paid_at_once"), [("3050.00", "50.00"), ("3000.00", "0.00")])
def test_a_late_fee_stays_the_leavers_and_is_taken_at_once_or_when_they_have_money(newcomer, naira, paid_at_once):
    friends = people(4, "4000.00")
    circle = started(friends, late_fee_kobo=5_000)
    moment = the_first_spends_the_pot(circle, friends)
    # 1,000 are late, and 2,000 still to come for a pot that is had.
    fund(friends[0], naira)

    take(offer(circle, friends[0], at=moment), newcomer, at=moment)
    assert tills_of(circle)[2] == paid_at_once
    fund(friends[0], "50.00")
    live_until(DUE + 2 * WEEK)

    assert (tills_of(circle)[2], wallet_of(friends[0])) == ("50.00", paid_at_once)


def test_what_is_still_missing_from_a_pot_goes_to_who_took_the_place(newcomer):
    friends = [*people(3, "4000.00"), person()]
    circle = started(friends)
    services.hand_over_circle(
        actor=friends[0], circle_id=circle.pk, membership_id=membership_id(circle, friends[1]), at=FOUNDED + 2 * HOUR
    )
    live_until(DUE + 2 * DAY)
    # 3,000 of 4,000 were paid out; 1,000 of them were the recipient's own.
    assert take(offer(circle, friends[0], at=DUE + 3 * DAY), newcomer, at=DUE + 3 * DAY).worth_kobo == -200_000
    before = wallets_of([friends[0], newcomer])
    fund(friends[3], "1000.00")

    services.contribute(actor=friends[3], circle_id=circle.pk, at=DUE + 4 * DAY)

    assert (before, wallets_of([friends[0], newcomer])) == (["4000.00", "6000.00"], ["4000.00", "7000.00"])


def test_who_stopped_paying_elsewhere_is_not_let_in_though_they_asked_before(newcomer):
    friends = people(3, "4000.00")
    circle = where_the_host_approves(friends)
    place = offer(circle, friends[2], at=FOUNDED + HOUR)
    elsewhere = started([newcomer, *people(2, "4000.00")])
    take(place, newcomer, at=FOUNDED + HOUR)
    live_until(DUE)
    spend(newcomer, wallet_of(newcomer))
    live_until(DUE + WEEK + 2 * DAY)
    moment = DUE + WEEK + 3 * DAY

    def approve():
        services.approve_handover(actor=friends[0], circle_id=circle.pk, handover_id=place.pk, at=moment)

    with pytest.raises(MemberRestrictedError):
        approve()
    fund(newcomer, "9000.00")
    for _ in range(2):
        services.contribute(actor=newcomer, circle_id=elsewhere.pk, at=moment)
    approve()

    taken = circle.memberships.get(user=newcomer)
    accepted = [(yes.charter.number, yes.accepted_at) for yes in taken.acceptances.select_related("charter")]
    assert (taken.status, accepted) == ("active", [(1, moment)])


def test_not_everybody_can_take_every_place(circle, friends, newcomer):
    place = offer(circle, friends[2], at=FOUNDED + 2 * HOUR)
    moment = FOUNDED + 3 * HOUR

    with pytest.raises(AlreadyMemberError):
        take(place, friends[1], at=moment)
    with pytest.raises(CharterChangedError):
        take(place, newcomer, at=moment, version=2)
    with pytest.raises(InviteInvalidError):
        take(place, newcomer, at=FOUNDED + 2 * HOUR + OFFER_LASTS)
    live_until(DUE)
    with pytest.raises(InsufficientFundsError):
        take(place, person(), at=DUE + HOUR)
    assert circle.memberships.count() == 4
    assert services.withdraw_place(actor=friends[2], circle_id=circle.pk, at=DUE + HOUR).status == "withdrawn"
    assert recorded(place) == ["offered their place", "withdrew the offer of their place"]
    with pytest.raises(InviteInvalidError):
        take(place, newcomer, at=DUE + HOUR)


def test_who_was_removed_and_still_has_a_turn_takes_no_other_place(circle, friends):
    boss = person(is_staff=True, is_superuser=True)
    removed: dict[str, Any] = {
        "circle_id": circle.pk,
        "membership_id": membership_id(circle, friends[3]),
        "reason": "a fraud",
    }
    services.expel_member(actor=boss, at=FOUNDED + 2 * HOUR, **removed)

    with pytest.raises(AlreadyMemberError):
        take(offer(circle, friends[2], at=FOUNDED + 2 * HOUR), friends[3], at=FOUNDED + 3 * HOUR)


def test_an_offer_that_nobody_took_in_time_stands_in_the_way_of_no_other(circle, friends, newcomer):
    lapsed = offer(circle, friends[2], at=FOUNDED + 2 * HOUR)
    later = FOUNDED + 2 * HOUR + OFFER_LASTS

    assert take(offer(circle, friends[2], at=later), newcomer, at=later).status == "done"

    lapsed.refresh_from_db()
    assert lapsed.status == "withdrawn"


def test_a_newcomers_tier_must_carry_the_pot():
    rich = people(2, "30000.00", tier=1)
    circle = started(rich, amount_kobo=2_600_000)
    place = offer(circle, rich[1], at=FOUNDED + 2 * HOUR)

    with pytest.raises(KycTierTooLowError):
        take(place, person("30000.00"), at=FOUNDED + 3 * HOUR)
    assert take(place, person("30000.00", tier=1), at=FOUNDED + 3 * HOUR).status == "done"


def test_a_place_is_not_offered_twice_nor_by_the_host_nor_taken_on_its_payday(newcomer):
    friends = [*people(2, "1000.00"), person()]
    circle = started(friends)
    with pytest.raises(HostCannotLeaveError):
        offer(circle, friends[0], at=FOUNDED + 2 * HOUR)
    with pytest.raises(InvalidStateError):
        offer(forming(friends[:2], size=3), friends[1], at=FOUNDED + 2 * HOUR)
    place = offer(circle, friends[1], at=DUE + 3 * DAY)
    with pytest.raises(HandoverOpenError):
        offer(circle, friends[1], at=DUE + 3 * DAY)
    live_until(DUE + WEEK)

    with pytest.raises(PaydayUnderWayError):
        take(place, newcomer, at=DUE + WEEK + HOUR)


def test_a_place_changes_hands_over_http(signed_in, circle, friends, newcomer):
    path = f"/api/v1/circles/{circle.pk}/handovers"
    live_until(DUE)
    offered = signed_in(friends[2]).post(path)
    assert (offered.status_code, offered.json()["status"]) == (201, "offered")
    place = f"/api/v1/circles/handovers/{offered.json()['code'].lower()}"

    stranger = signed_in(newcomer)
    shown = stranger.get(place).json()
    assert {name: shown[name] for name in ("worth", "to_pay", "needs_approval", "warnings")} == {
        "worth": "1000.00",
        "to_pay": "3000.00",
        "needs_approval": False,
        "warnings": [],
    }
    assert [turn["number"] for turn in shown["turns"]] == [3]
    sent = {"charter_version": shown["charter"]["version"]}
    assert stranger.post(f"{place}/take", sent).json()["code"] == "idempotency_key_required"
    key = {"Idempotency-Key": str(uuid4())}
    taken = [stranger.post(f"{place}/take", sent, headers=key) for _ in range(2)]

    assert (taken[0].status_code, taken[0].json()["worth"]) == (200, "1000.00")
    assert taken[0].content == taken[1].content
    assert signed_in(friends[0]).get(path).json() == [taken[0].json()]
    assert signed_in(friends[2]).get(path).status_code == 404
    assert signed_in(friends[2]).get(place).json()["code"] == "invite_invalid"
