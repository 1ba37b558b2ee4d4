"""Turns go to who gives up most of their pot; the others share what is given up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from circles import services
from circles.charter import charter_in_force
from circles.errors import BidsClosedError, BidsOpenError, InvalidStateError, NoAuctionError
from circles.models import PayoutOrder
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    forming,
    fund,
    live_until,
    people,
    person,
    pot_of,
    state_of,
    wallets_of,
)
from contri.core.errors import ValidationFaultsError
from contri.core.moments import lagos_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def friends():
    return people(4, "4000.00")


@pytest.fixture
def circle(friends):
    return forming(friends, payout_order=PayoutOrder.AUCTION)


def bid(circle, user, kobo, at=FOUNDED + 2 * HOUR):
    return services.bid_for_turn(actor=user, circle_id=circle.pk, discount_kobo=kobo, at=at)


def start(circle, at=DUE - DAY):
    return services.start_circle(actor=circle.host, circle_id=circle.pk, at=at)


def turns(circle):
    return [slot.membership.user for slot in circle.slots.select_related("membership__user").order_by("position")]


def test_the_highest_bid_has_the_first_turn_and_the_others_share_it(circle, friends):
    for friend, kobo in zip(friends, (0, 30_000, 70_000, 10_000), strict=True):
        bid(circle, friend, kobo)
    start(circle, at=FOUNDED + 3 * HOUR)
    assert turns(circle) == [friends[2], friends[1], friends[3], friends[0]]

    live_until(DUE)

    # 4,000.00 less 700.00; of these each other turn has a third, and the last what does not divide.
    assert wallets_of(friends) == ["3233.34", "3233.33", "6300.00", "3233.33"]
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), pot_of(circle)) == ("completed", "0.00")
    assert wallets_of(friends) == ["4366.68", "3966.66", "3433.33", "4233.33"]


def test_equal_bids_go_by_time_and_no_bid_is_a_bid_of_nothing(circle, friends):
    bid(circle, friends[3], 20_000)
    bid(circle, friends[1], 20_000, at=FOUNDED + 3 * HOUR)
    # Bidding again counts from then.
    bid(circle, friends[3], 20_000, at=FOUNDED + 4 * HOUR)

    start(circle)

    assert turns(circle) == [friends[1], friends[3], friends[0], friends[2]]


def test_the_last_turn_and_second_hands_cost_nothing():
    host, other = people(2, "9000.00")
    circle = forming([host], size=5, payout_order=PayoutOrder.AUCTION)
    third = person("9000.00")
    for member in (other, third):
        services.join_circle(actor=member, invite_code=circle.invite_code, hands=2, at=FOUNDED)
    for member in (host, other, third):
        bid(circle, member, 5_000)

    start(circle)

    given_up = list(circle.slots.order_by("position").values_list("discount_kobo", flat=True))
    assert given_up == [5_000, 5_000, 5_000, 0, 0]


def test_a_bid_leaves_the_recipient_the_charters_floor(circle, friends):
    assert charter_in_force(circle).rules["auction_floor_percent"] == 80
    bid(circle, friends[1], 80_000)

    with pytest.raises(ValidationFaultsError, match=r"At most ₦800\.00"):
        bid(circle, friends[1], 80_001)


def test_bids_close_by_the_charter_or_when_everybody_has_bid(circle, friends):
    bid(circle, friends[0], 0)
    with pytest.raises(BidsOpenError):
        start(circle, at=DUE - DAY - timedelta(seconds=1))
    with pytest.raises(BidsClosedError):
        bid(circle, friends[1], 1_000, at=DUE - DAY)

    start(circle, at=DUE - DAY)

    with pytest.raises(InvalidStateError):
        bid(circle, friends[1], 1_000, at=DUE - DAY)


def test_a_changed_charter_wants_new_bids(circle, friends):
    bid(circle, friends[3], 50_000)
    services.change_circle(actor=friends[0], circle_id=circle.pk, changes={"grace_days": 1}, at=FOUNDED + 3 * HOUR)
    for friend in friends[1:]:
        services.accept_charter(actor=friend, circle_id=circle.pk, version=2, at=FOUNDED + 3 * HOUR)

    start(circle)

    assert turns(circle) == friends


def test_who_is_not_paid_in_full_gives_up_only_what_came_in(friends):
    friends = [*people(3, "4000.00"), person()]
    circle = forming(friends, payout_order=PayoutOrder.AUCTION)
    bid(circle, friends[0], 60_000)
    start(circle)

    live_until(DUE + 2 * DAY)

    # 3,000.00 came in; the recipient's part is 3,400.00.
    assert (wallets_of(friends), pot_of(circle)) == (["6000.00", "3000.00", "3000.00", "0.00"], "0.00")
    fund(friends[3], "1000.00")
    live_until(DUE + 3 * DAY)
    assert (wallets_of(friends), pot_of(circle)) == (["6400.00", "3200.00", "3200.00", "200.00"], "0.00")


def test_bids_are_sealed_until_turns_are_written(signed_in):
    now = timezone.now()
    friends = people(2, "4000.00")
    circle = forming(
        friends, at=now, payout_order=PayoutOrder.AUCTION, cycle_start_date=lagos_day(now) + timedelta(days=10)
    )
    path = f"/api/v1/circles/{circle.pk}/auction"
    mine = signed_in(friends[0]).put(path, {"discount": "150.00"})
    assert (mine.status_code, mine.json()["discount"]) == (200, "150.00")
    assert signed_in(friends[1]).put(path, {"discount": "0"}).status_code == 200

    sealed = signed_in(friends[1]).get(path).json()
    assert (sealed["most"], sealed["bids_made"], sealed["mine"]["discount"], sealed["bids"]) == (
        "400.00",
        2,
        "0.00",
        [],
    )
    refused = signed_in(friends[1]).put(path, {"discount": "400.01"}).json()
    assert refused["errors"][0]["code"] == "below_floor"
    assert signed_in(person()).get(path).status_code == 404
    signed_in(friends[0]).post(f"/api/v1/circles/{circle.pk}/start")

    opened = signed_in(friends[1]).get(path).json()
    assert [one["discount"] for one in opened["bids"]] == ["150.00", "0.00"]
    assert signed_in(friends[1]).get(f"/api/v1/circles/{circle.pk}/cycles").json()[0]["discount"] == "150.00"


def test_where_there_is_no_auction_nobody_bids(signed_in):
    friends = people(2)
    circle = forming(friends)

    with pytest.raises(NoAuctionError):
        bid(circle, friends[0], 0)
    assert signed_in(friends[0]).get(f"/api/v1/circles/{circle.pk}/auction").json()["code"] == "no_auction"
