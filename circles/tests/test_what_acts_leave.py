"""All that an act of a circle leaves behind beside money: every notice, every line in the chat, every record."""

from typing import Any

import pytest

from accounts.models import User
from circles import services
from circles.models import VoteSubject
from circles.tests.leaving_behind import leaves, left_by
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    beat,
    forming,
    fund,
    live_until,
    membership_id,
    person,
    spend,
    started,
    wallet_of,
)

pytestmark = pytest.mark.django_db


def named(*names: str, naira: str = "4000.00") -> list[User]:
    return [person(naira, first_name=name, last_name="") for name in names]


def test_a_place_that_is_offered_asked_for_and_taken():
    ada, bola, chidi, dayo = named("Ada", "Bola", "Chidi", "Dayo")
    circle = forming([ada], size=3, needs_approval=True)
    for friend in (bola, chidi):
        member = services.join_circle(actor=friend, invite_code=circle.invite_code, at=FOUNDED)
        services.approve_member(actor=ada, circle_id=circle.pk, membership_id=member.pk, at=FOUNDED)
    services.start_circle(actor=ada, circle_id=circle.pk, at=FOUNDED + HOUR)
    live_until(DUE)
    at = DUE + DAY
    places = []

    offered = left_by(lambda: places.append(services.offer_place(actor=chidi, circle_id=circle.pk, at=at)))
    withdrawn = left_by(lambda: services.withdraw_place(actor=chidi, circle_id=circle.pk, at=at))
    place = services.offer_place(actor=chidi, circle_id=circle.pk, at=at)
    asked = left_by(lambda: services.take_place(actor=dayo, code=place.code, charter_version=1, at=at))
    taken = left_by(
        lambda: services.approve_handover(actor=ada, circle_id=circle.pk, handover_id=place.pk, at=at),
    )

    assert offered == leaves(["Ada: Chidi wants to leave Market women"], [], ["Chidi: offered their place"])
    assert withdrawn == leaves([], [], ["Chidi: withdrew the offer of their place"])
    assert asked == leaves(
        ["Ada: Dayo would take over a place in Market women"], [], ["Dayo: asked to take over a place"]
    )
    told = "Dayo has taken over the place of Chidi in Market women"
    assert taken == leaves(
        [f"Chidi: {told}", f"Dayo: {told}"],
        ["Dayo has taken over the place of Chidi."],
        ["Ada: let somebody take over a place", "Dayo: took over a place worth ₦1000.00"],
        "circle changed",
        "member gone",
    )


def test_a_circle_that_is_called_off():
    ada, bola = named("Ada", "Bola")
    circle = started([ada, bola], deposit_kobo=50_000, reserve_kobo=20_000)
    services.contribute(actor=bola, circle_id=circle.pk, amount_kobo=33_333, at=FOUNDED + 2 * HOUR)

    left = left_by(lambda: services.cancel_circle(actor=ada, circle_id=circle.pk, at=FOUNDED + DAY))

    names = ("Ada", "Bola")
    assert left == leaves(
        [
            f"{name}: {told}"
            for name in names
            for told in (
                "Market women was called off",
                "₦200.00 back from Market women",
                "₦500.00 back from Market women",
            )
        ],
        [
            "Bola has ₦333.33 of cycle 1 back.",
            *(f"{name} has ₦500.00 back: their deposit." for name in names),
            *(f"{name} has ₦200.00 back: their share of the reserve." for name in names),
            "The circle was called off.",
        ],
        ["Ada: cancelled the circle"],
        "circle changed",
    )
    assert services.next_moment(up_to=DUE + 9 * WEEK) is None


def test_a_circle_that_is_dissolved_in_the_middle_of_a_vote():
    ada, bola = named("Ada", "Bola")
    boss = person(is_staff=True, first_name="Staff", last_name="")
    circle = started([ada, bola])
    live_until(DUE)
    vote = services.open_vote(
        actor=bola, circle_id=circle.pk, subject=VoteSubject.PAUSE, reason="a quarrel", at=DUE + HOUR
    )

    left = left_by(
        lambda: services.dissolve_circle(actor=boss, circle_id=circle.pk, reason="the host is gone", at=DUE + DAY)
    )

    vote.refresh_from_db()
    assert vote.status == "overtaken"
    assert left == leaves(
        [f"{name}: Market women is being dissolved" for name in ("Ada", "Bola")],
        ["The circle is being dissolved. There are no more payouts."],
        ["Staff: dissolved the circle (the host is gone)"],
        "circle changed",
    )


def test_a_circle_that_expires():
    forming(named("Ada", "Bola"), size=3)
    live_until(DUE - HOUR)

    left = left_by(lambda: beat(DUE))

    assert left == leaves(
        ["Ada: Market women did not come together", "Bola: Market women did not come together"],
        ["The circle did not come together in time."],
        ["Contri: expired the circle (not full at its start date)"],
        "circle changed",
    )


def test_a_member_who_is_taken_out():
    boss = person(is_staff=True, is_superuser=True, first_name="Boss", last_name="")
    ada, bola, chidi = named("Ada", "Bola", "Chidi")
    circle = started([ada, bola, chidi])
    services.contribute(actor=chidi, circle_id=circle.pk, cycle_number=2, at=FOUNDED + 2 * HOUR)
    live_until(DUE)
    out: dict[str, Any] = {"circle_id": circle.pk, "membership_id": membership_id(circle, chidi), "reason": "a fraud"}

    left = left_by(lambda: services.expel_member(actor=boss, at=DUE + DAY, **out))

    assert left == leaves(
        [],
        [
            "Chidi has ₦1000.00 of cycle 2 back.",
            "Chidi is no longer a member. Their turns are settled on their days.",
        ],
        ["Boss: removed a member (a fraud)"],
        "circle changed",
        "member gone",
    )


def test_a_pot_that_is_short_and_what_comes_in_later():
    ada, bola, chidi = named("Ada", "Bola", "Chidi")
    circle = started([ada, bola, chidi], deposit_kobo=30_000, reserve_kobo=10_000, late_fee_kobo=5_000)
    spend(chidi, wallet_of(chidi))
    live_until(DUE + DAY)

    short = left_by(lambda: live_until(DUE + 2 * DAY))
    fund(chidi, "1000.00")
    late = left_by(lambda: services.contribute(actor=chidi, circle_id=circle.pk, at=DUE + 3 * DAY))

    assert short == leaves(
        [
            "Ada: ₦2600.00 from Market women",
            "Bola: Ada received the pot of Market women",
            "Chidi: A late fee of ₦50.00 for Market women",
            "Chidi: Ada received the pot of Market women",
            "Chidi: Your contribution to Market women is late",
            "Chidi: ₦300.00 of your deposit paid Market women",
        ],
        [
            "Late for cycle 1: Chidi",
            "₦300.00 of Chidi's deposit paid for cycle 1.",
            "The reserve added ₦300.00 to the pot of cycle 1.",
            "Ada received the pot of cycle 1: ₦2600.00.",
        ],
        ["Contri: marked unpaid contributions late", "Contri: paid out ₦2600.00"],
        "circle changed",
        "paid out",
    )
    assert late == leaves(
        ["Ada: ₦400.00 from Market women"],
        [
            "Chidi paid ₦700.00 for cycle 1.",
            "Ada received ₦400.00 more of cycle 1, paid in later.",
            "₦300.00 of cycle 1, paid in later, went back to the reserve.",
            "Chidi paid a late fee of ₦50.00.",
        ],
        ["Chidi: paid ₦700.00"],
        "circle changed",
    )


def test_the_last_pot_of_a_circle():
    ada, bola = named("Ada", "Bola")
    started([ada, bola], deposit_kobo=50_000, reserve_kobo=20_000)
    live_until(DUE + WEEK - HOUR)

    left = left_by(lambda: live_until(DUE + WEEK))

    both = ("Market women has gone all the way round", "Paid: cycle 2 of Market women")
    back = ("₦200.00 back from Market women", "₦500.00 back from Market women")
    assert left == leaves(
        [
            "Ada: Bola received the pot of Market women",
            *(f"{name}: {told}" for name in ("Ada", "Bola") for told in (*both, *back)),
            "Bola: ₦2000.00 from Market women",
        ],
        [
            "Paid for cycle 2: Ada ₦1000.00, Bola ₦1000.00.",
            "Bola received the pot of cycle 2: ₦2000.00.",
            "Ada has ₦500.00 back: their deposit.",
            "Bola has ₦500.00 back: their deposit.",
            "Ada has ₦200.00 back: their share of the reserve.",
            "Bola has ₦200.00 back: their share of the reserve.",
            "The circle has gone all the way round.",
        ],
        ["Contri: completed the circle", "Contri: paid out ₦2000.00"],
        "circle changed",
        "paid out",
    )


def test_a_recipient_in_arrears_whose_turn_moves():
    ada, bola, chidi = named("Ada", "Bola", "Chidi", naira="0")
    fund(ada, "1000.00")
    fund(chidi, "9000.00")
    started([ada, bola, chidi])
    live_until(DUE + 2 * DAY)
    spend(ada, wallet_of(ada))
    live_until(DUE + WEEK + DAY)

    left = left_by(lambda: live_until(DUE + WEEK + 2 * DAY))

    moved = "Chidi receives the pot of Market women before Bola"
    assert left == leaves(
        [
            "Ada: All that you still owe Market women is due now",
            "Ada: Chidi received the pot of Market women",
            f"Ada: {moved}",
            "Ada: Your contribution to Market women is late",
            "Bola: Chidi received the pot of Market women",
            f"Bola: {moved}",
            "Bola: Your contribution to Market women is late",
            f"Chidi: {moved}",
            "Chidi: ₦1000.00 from Market women",
        ],
        [
            "Late for cycle 2: Ada, Bola",
            "Chidi receives the pot of cycle 2: Bola owes more than it would bring, and waits for cycle 3.",
            "Chidi received the pot of cycle 2: ₦1000.00.",
        ],
        [
            "Contri: let everything they owe fall due: they have been paid out",
            "Contri: marked unpaid contributions late",
            "Contri: moved the turn of Bola to cycle 3: in arrears",
            "Contri: paid out ₦1000.00",
        ],
        "circle changed",
        "paid out",
    )


def test_a_bid_and_the_pot_that_it_won():
    ada, bola, chidi = named("Ada", "Bola", "Chidi")
    circle = forming([ada, bola, chidi], payout_order="auction")
    made: dict[str, Any] = {"circle_id": circle.pk, "discount_kobo": 20_001, "at": FOUNDED + HOUR}

    bid = left_by(lambda: services.bid_for_turn(actor=bola, **made))
    services.start_circle(actor=ada, circle_id=circle.pk, at=DUE - DAY)
    live_until(DUE - HOUR)
    won = left_by(lambda: live_until(DUE))

    assert bid == leaves([], [], ["Bola: bid for a turn"])
    assert won == leaves(
        [
            "Ada: Bola received the pot of Market women",
            "Ada: Paid: cycle 1 of Market women",
            "Ada: ₦100.00 from Market women",
            "Bola: Paid: cycle 1 of Market women",
            "Bola: ₦2799.99 from Market women",
            "Chidi: Bola received the pot of Market women",
            "Chidi: Paid: cycle 1 of Market women",
            "Chidi: ₦100.01 from Market women",
        ],
        [
            "Paid for cycle 1: Ada ₦1000.00, Bola ₦1000.00, Chidi ₦1000.00.",
            "Bola received the pot of cycle 1: ₦2799.99.",
            "Bola gave up ₦200.01 of cycle 1; the others share it.",
        ],
        ["Contri: paid out ₦2799.99"],
        "circle changed",
        "paid out",
    )
