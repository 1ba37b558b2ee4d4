"""Payday when not everybody has paid: both policies, debts, arrears and late marks."""

from datetime import timedelta

import pytest

from circles import services
from circles.models import Debt, ShortfallPolicy
from circles.queries import total_saved
from circles.reliability import Record, records_of
from circles.tests.world import (
    DAY,
    DUE,
    HOUR,
    WEEK,
    beat,
    contribution,
    cycles_of,
    fund,
    live_until,
    people,
    person,
    pot_of,
    started,
    state_of,
    wallet_of,
    wallets_of,
)
from notifications.models import Notification

pytestmark = pytest.mark.django_db
GRACE_ENDS = DUE + 2 * DAY


def kinds_told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_within_the_days_of_grace_nobody_is_late():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)

    live_until(GRACE_ENDS - HOUR)

    assert contribution(circle, 1, friends[2]).status == "pending"
    assert (cycles_of(circle)[0], pot_of(circle)) == ("collecting", "2000.00")


def test_the_wallets_are_tried_again_at_set_hours():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)
    live_until(DUE + HOUR)
    fund(friends[2], "1000.00")

    live_until(DUE + 2 * HOUR)

    assert (cycles_of(circle)[0], wallet_of(friends[0])) == ("closed", "5000.00")


def test_a_short_pot_is_paid_on_the_promised_day_and_the_rest_is_a_debt():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)

    live_until(GRACE_ENDS)

    assert contribution(circle, 1, friends[2]).status == "late"
    assert (cycles_of(circle)[0], pot_of(circle)) == ("paid", "0.00")
    assert wallets_of(friends) == ["4000.00", "2000.00", "0.00"]
    debt = Debt.objects.get()
    assert (debt.amount_kobo, debt.contribution.membership.user, debt.payout.membership.user) == (
        100_000,
        friends[2],
        friends[0],
    )


def test_money_for_a_debt_goes_on_to_the_recipient_it_is_owed_to():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)
    live_until(GRACE_ENDS)
    fund(friends[2], "1500.00")

    services.contribute(actor=friends[2], circle_id=circle.pk, amount_kobo=30_000, at=GRACE_ENDS + HOUR)
    assert (wallet_of(friends[0]), cycles_of(circle)[0]) == ("4300.00", "paid")
    services.contribute(actor=friends[2], circle_id=circle.pk, at=GRACE_ENDS + HOUR)

    assert wallets_of(friends) == ["5000.00", "2000.00", "500.00"]
    assert (cycles_of(circle)[0], pot_of(circle)) == ("closed", "0.00")
    assert Debt.objects.get().settled_at == GRACE_ENDS + HOUR


def test_the_oldest_debt_is_paid_before_what_falls_due_now():
    friends = [*people(2, "5000.00"), person()]
    circle = started(friends)
    live_until(GRACE_ENDS)
    fund(friends[2], "1000.00")

    live_until(DUE + WEEK)

    assert contribution(circle, 1, friends[2]).status == "paid"
    assert contribution(circle, 2, friends[2]).status == "pending"


def test_debts_are_looked_for_every_day():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)
    live_until(GRACE_ENDS)
    fund(friends[2], "1000.00")

    live_until(GRACE_ENDS + DAY)

    assert cycles_of(circle)[0] == "closed"


def test_a_pot_that_waits_is_paid_when_it_is_full():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends, shortfall_policy=ShortfallPolicy.WAIT_FULL)

    live_until(GRACE_ENDS + DAY)
    assert (cycles_of(circle)[0], pot_of(circle)) == ("short", "2000.00")
    assert "pot_waits" in kinds_told(friends[0])
    fund(friends[2], "1000.00")
    live_until(GRACE_ENDS + 2 * DAY)

    assert (cycles_of(circle)[0], pot_of(circle)) == ("closed", "0.00")
    assert wallet_of(friends[0]) == "5000.00"


def test_a_recipients_own_contribution_comes_out_of_the_pot():
    friends = [person(), *people(2, "3000.00")]
    circle = started(friends)

    live_until(DUE)

    assert (cycles_of(circle)[0], pot_of(circle)) == ("closed", "0.00")
    assert wallets_of(friends) == ["2000.00", "2000.00", "2000.00"]
    payout = circle.cycles.get(number=1).payout
    assert (payout.amount_kobo, payout.paid_kobo) == (300_000, 300_000)
    assert list(payout.payments.order_by("pk").values_list("amount_kobo", flat=True)) == [200_000, 100_000]


def test_a_recipient_in_arrears_pays_earlier_recipients_out_of_their_own_pot():
    friends = [person("3000.00"), person(), person("3000.00")]
    circle = started(friends)
    live_until(GRACE_ENDS)
    assert wallets_of(friends) == ["4000.00", "0.00", "2000.00"]

    live_until(GRACE_ENDS + WEEK)

    # Cycle 2 brings its recipient 2,000; of it 1,000 go to cycle 1's recipient and 1,000 are their own share.
    assert wallets_of(friends) == ["4000.00", "1000.00", "1000.00"]
    assert cycles_of(circle) == ["closed", "closed", "upcoming"]


def test_a_pot_that_nobody_paid_into_pays_nothing_and_owes_everything():
    friends = people(2)
    circle = started(friends)

    live_until(GRACE_ENDS)

    assert (cycles_of(circle)[0], pot_of(circle)) == ("paid", "0.00")
    assert Debt.objects.count() == 2


def test_a_circle_is_not_complete_while_somebody_owes():
    friends = [*people(2, "5000.00"), person()]
    circle = started(friends)
    live_until(DUE + 2 * WEEK + 3 * DAY)
    # The last turn was the debtor's own: 2,000 from the others went into their arrears.
    assert (state_of(circle), cycles_of(circle)) == ("active", ["closed", "closed", "paid"])

    fund(friends[2], "1000.00")
    live_until(DUE + 2 * WEEK + 4 * DAY)

    assert (state_of(circle), cycles_of(circle)) == ("completed", ["closed", "closed", "closed"])
    assert wallets_of(friends) == ["5000.00", "5000.00", "1000.00"]
    assert [total_saved(friend) for friend in friends] == [300_000, 300_000, 300_000]


def test_being_late_stays_on_the_record_and_heals():
    friends = [*people(2, "3000.00"), person()]
    started(friends)
    live_until(GRACE_ENDS)
    ids = [friend.pk for friend in friends]
    assert list(records_of(ids, at=GRACE_ENDS).values()) == [Record(on_time=1), Record(on_time=1), Record(late=1)]

    fund(friends[2], "1000.00")
    live_until(GRACE_ENDS + DAY)

    cured = records_of(ids, at=GRACE_ENDS + DAY)[friends[2].pk]
    assert (cured, cured.score) == (Record(cured=1), 50)


def test_members_are_told_what_happens_to_their_money():
    friends = [*people(2, "3000.00"), person()]
    started(friends)
    live_until(GRACE_ENDS)

    assert kinds_told(friends[0]) == [
        "member_joined",
        "member_joined",
        "circle_started",
        "contribution_reminder",
        "contribution_reminder",
        "contribution_reminder",
        "contribution_collected",
        "payout_received",
    ]
    assert kinds_told(friends[2]) == [
        "circle_started",
        "contribution_reminder",
        "contribution_reminder",
        "contribution_reminder",
        "contribution_failed",
        "contribution_late",
        "pot_paid_out",
    ]


def test_a_beat_that_was_down_over_the_grace_period_marks_nobody_late():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)
    live_until(DUE - HOUR)
    back = GRACE_ENDS + DAY

    beat(back)
    assert contribution(circle, 1, friends[2]).status == "pending"
    assert (cycles_of(circle)[0], wallet_of(friends[0])) == ("paid", "4000.00")

    live_until(back + 2 * DAY - timedelta(seconds=1))
    assert contribution(circle, 1, friends[2]).status == "pending"
    live_until(back + 2 * DAY)
    assert contribution(circle, 1, friends[2]).status == "late"


def test_no_grace_means_late_at_the_due_moment():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends, grace_days=0)

    live_until(DUE)

    assert (contribution(circle, 1, friends[2]).status, cycles_of(circle)[0]) == ("late", "paid")
