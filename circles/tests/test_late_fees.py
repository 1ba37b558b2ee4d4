"""Late fees: once, booked to where the charter says, and never for what was not the member's doing."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from circles import services
from circles.models import FeeGoesTo, LateFee, Payout
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    beat,
    contribution,
    forming,
    fund,
    live_until,
    people,
    person,
    spend,
    started,
    state_of,
    tills_of,
    wallet_of,
)
from contri.core.money import naira_from_kobo
from notifications.models import Notification
from wallets import chart
from wallets.models import Transaction
from wallets.tests.factories import account_balance

pytestmark = pytest.mark.django_db
GRACE_ENDS = DUE + 2 * DAY
FEE: dict[str, Any] = {"late_fee_kobo": 5_000}


@pytest.fixture
def late():
    return person()


def late_circle(late, **rules):
    circle = started([*people(2, "9000.00"), late], **{**FEE, **rules})
    live_until(GRACE_ENDS)
    return circle


def test_a_late_contribution_costs_the_fee_of_the_charter_once(late):
    circle = late_circle(late)
    fund(late, "1100.00")

    live_until(GRACE_ENDS + 3 * DAY)

    fee = LateFee.objects.get()
    assert (fee.amount_kobo, fee.paid_kobo, fee.contribution) == (5_000, 5_000, contribution(circle, 1, late))
    assert (wallet_of(late), tills_of(circle)) == ("50.00", ("0.00", "0.00", "50.00"))
    line = Transaction.objects.get(wallet__user=late, type="fee")
    assert (line.amount_kobo, line.direction, line.description) == (5_000, "debit", "Market women: late fee")


def test_the_contribution_comes_before_the_fee(late):
    circle = late_circle(late)
    fund(late, "999.00")
    live_until(GRACE_ENDS + DAY)
    assert (wallet_of(late), LateFee.objects.get().paid_kobo) == ("999.00", 0)
    fund(late, "1.00")

    live_until(GRACE_ENDS + 2 * DAY)

    assert (contribution(circle, 1, late).status, wallet_of(late)) == ("paid", "0.00")
    assert LateFee.objects.get().open_kobo == 5_000


def test_who_pays_late_by_themselves_pays_the_fee_with_it(late):
    circle = late_circle(late)
    fund(late, "1050.00")

    services.contribute(actor=late, circle_id=circle.pk, at=GRACE_ENDS + HOUR)

    assert (wallet_of(late), LateFee.objects.get().open_kobo) == ("0.00", 0)


def test_where_the_charter_says_so_the_fee_is_contris(late):
    circle = late_circle(late, late_fee_to=FeeGoesTo.CONTRI)
    before = account_balance(chart.fees_account())
    fund(late, "1050.00")

    live_until(GRACE_ENDS + DAY)

    earned = account_balance(chart.fees_account()) - before
    assert (naira_from_kobo(earned), tills_of(circle)) == ("50.00", ("0.00", "0.00", "0.00"))


def test_the_recipient_is_spared_for_what_comes_out_of_their_own_pot():
    friends = [person(), person(), person("9000.00")]
    started(friends, **FEE)

    live_until(GRACE_ENDS)

    assert [fee.membership.user for fee in LateFee.objects.all()] == [friends[1]]


def test_a_recipient_in_arrears_pays_their_fee_out_of_their_pot():
    friends = [person("9000.00"), person(), person("9000.00")]
    circle = started(friends, **FEE)

    live_until(DUE + WEEK)

    # 2,000 of the others: 1,000 for cycle 1, 1,000 for their own share, which comes back to them; 50 of it are the fee.
    assert (wallet_of(friends[1]), tills_of(circle)) == ("950.00", ("0.00", "0.00", "50.00"))


def test_no_fee_for_what_a_beat_that_was_down_caused(late):
    circle = started([*people(2, "9000.00"), late], **FEE)
    live_until(DUE - HOUR)
    back = GRACE_ENDS + DAY
    beat(back)
    fund(late, "1000.00")

    live_until(back + DAY)

    assert (contribution(circle, 1, late).status, LateFee.objects.count()) == ("paid", 0)


def test_the_member_is_told(late):
    late_circle(late)

    notice = Notification.objects.get(recipient=late, kind="late_fee_charged")
    assert notice.title == "A late fee of ₦50.00 for Market women"


def circle_of_a_runaway(late, **rules):
    """Took the first pot, spent it, and paid nothing any more."""
    fund(late, naira_from_kobo(100_000 + rules.get("deposit_kobo", 0)))
    circle = started([late, *people(2, "9000.00")], **{**FEE, **rules})
    live_until(DUE)
    spend(late, "3000.00")
    live_until(DUE + WEEK + 2 * DAY)
    return circle


def test_a_fee_that_is_open_at_the_end_comes_out_of_the_deposit(late):
    circle = circle_of_a_runaway(late, deposit_kobo=300_000)

    live_until(DUE + 2 * WEEK)

    fee = LateFee.objects.get()
    assert (state_of(circle), fee.paid_kobo, fee.waived_at) == ("completed", 5_000, None)
    # Of 3,000 two paid cycles 2 and 3.
    assert (wallet_of(late), tills_of(circle)) == ("950.00", ("0.00", "0.00", "0.00"))


def test_what_nothing_covers_at_the_end_is_written_off(late):
    circle = circle_of_a_runaway(late)
    fund(late, "2000.00")

    live_until(DUE + 2 * WEEK)

    fee = LateFee.objects.get()
    assert (state_of(circle), fee.paid_kobo, fee.waived_at) == ("completed", 0, DUE + 2 * WEEK)
    assert LogEntry.objects.filter(object_id=str(fee.pk), change_message__contains="wrote off").exists()


def test_what_a_deposit_covers_of_several_fees_is_paid_and_the_rest_written_off():
    # Turns 2 and 3 are one person's. Their two shares of the last cycle take 2,000 of a deposit of 2,070.
    friends = people(3, "8000.00")
    circle = forming(friends[:1], size=4, deposit_kobo=103_500, **FEE)
    for friend, hands in ((friends[1], 2), (friends[2], 1)):
        services.join_circle(actor=friend, invite_code=circle.invite_code, at=FOUNDED + HOUR, hands=hands)
    services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR)
    swap = services.propose_swap(actor=friends[2], circle_id=circle.pk, my_turn=3, their_turn=4, at=FOUNDED + 2 * HOUR)
    services.accept_swap(actor=friends[1], circle_id=circle.pk, swap_id=swap.pk, at=FOUNDED + 3 * HOUR)
    live_until(DUE + 2 * WEEK)
    spend(friends[1], wallet_of(friends[1]))

    live_until(DUE + 3 * WEEK + 2 * DAY)

    fees = LateFee.objects.order_by("charged_at", "pk")
    assert [(fee.paid_kobo, fee.waived_at) for fee in fees] == [(5_000, None), (2_000, DUE + 3 * WEEK + 2 * DAY)]
    assert LogEntry.objects.get(change_message__contains="wrote off").object_id == str(fees[1].pk)
    # The reserve is two fees' 70.00, shared among those in good standing.
    assert (state_of(circle), wallet_of(friends[1])) == ("completed", "0.00")
    assert [wallet_of(friend) for friend in (friends[0], friends[2])] == ["8035.00", "8035.00"]


def test_fees_in_the_reserve_make_a_short_pot_good_where_nothing_else_fills_it(late):
    circle = late_circle(late)
    fund(late, "1050.00")
    live_until(GRACE_ENDS + DAY)
    assert tills_of(circle)[2] == "50.00"

    live_until(GRACE_ENDS + WEEK)

    payout = Payout.objects.get(cycle__number=2)
    assert (payout.amount_kobo, payout.paid_kobo, payout.lent_kobo) == (300_000, 205_000, 5_000)
