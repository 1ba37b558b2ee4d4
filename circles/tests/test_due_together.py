"""The due moment of many circles at once leaves what each circle's own turn leaves, row by row."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from circles import services
from circles.models import (
    ActKind,
    ActState,
    ChatMessage,
    Contribution,
    ContributionPayment,
    Cycle,
    Payout,
    PayoutPayment,
    ScheduledAct,
)
from circles.services.due_together import collect_together
from circles.tests.world import DUE, HOUR, beat, cycles_of, fund, people, person, pot_of, started, wallet_of
from notifications.models import Notification
from wallets.models import AccountStatus, LedgerAccount, LedgerTransfer, Transaction
from wallets.queries import wallet_balances

pytestmark = pytest.mark.django_db


def namesakes(number, naira):
    """People whom no text tells apart."""
    return people(number, naira, first_name="Ada", last_name="Okafor")


def circles_before_their_due_moment(number, naira="3000.00", **rules):
    circles = [started(namesakes(3, naira), **rules) for _ in range(number)]
    beat(DUE - HOUR)
    return circles


def rows_of(circle):
    """Everything that a due moment writes about a circle, without the keys that are different every time."""
    own = {
        "cycles": Cycle.objects.filter(circle=circle).values_list("number", "status", "closed_at"),
        "contributions": Contribution.objects.filter(cycle__circle=circle).values_list(
            "cycle__number", "slot__position", "status", "paid_kobo", "paid_at", "source"
        ),
        "payments": ContributionPayment.objects.filter(contribution__cycle__circle=circle).values_list(
            "contribution__cycle__number", "contribution__slot__position", "amount_kobo", "source", "paid_at"
        ),
        "payouts": Payout.objects.filter(cycle__circle=circle).values_list(
            "cycle__number", "slot__position", "amount_kobo", "paid_kobo", "lent_kobo", "paid_at"
        ),
        "moved": PayoutPayment.objects.filter(payout__cycle__circle=circle).values_list("amount_kobo", "paid_at"),
        "acts": ScheduledAct.objects.filter(circle=circle).values_list("kind", "number", "state", "due_at", "done_at"),
        "lines": Transaction.objects.filter(circle_id=circle.pk).values_list(
            "type", "direction", "status", "amount_kobo", "fee_kobo", "description", "balance_after_kobo"
        ),
        "chat": ChatMessage.objects.filter(circle=circle).values_list("number", "event", "created_at"),
        "notices": Notification.objects.filter(action_url__contains=str(circle.pk)).values_list(
            "kind", "title", "body"
        ),
        "received": Notification.objects.filter(recipient=circle.host, kind="payout_received").values_list("title"),
        "audit": LogEntry.objects.filter(
            object_repr__in=[f"payout of {cycle.pk}" for cycle in circle.cycles.all()]
        ).values_list("action_flag", "change_message"),
    }
    return {name: sorted(map(str, rows)) for name, rows in own.items()} | {"ledger": transfers_of(circle)}


def transfers_of(circle):
    journals = Transaction.objects.filter(circle_id=circle.pk).values("journal_id")
    transfers = LedgerTransfer.objects.filter(journal__in=journals)
    return sorted(transfers.values_list("kind", "phase", "amount", "journal__scope", "journal__effective_at"))


def test_together_and_apart_leave_the_same_rows():
    together, apart = circles_before_their_due_moment(2), circles_before_their_due_moment(1)
    services.contribute(actor=together[0].host, circle_id=together[0].pk, at=DUE - HOUR)
    services.contribute(actor=apart[0].host, circle_id=apart[0].pk, at=DUE - HOUR)

    chunk = collect_together(at=DUE, but_not=[apart[0].pk], limit=100)
    # One circle alone takes its own turn.
    beat(DUE)

    assert ({act.circle_id for act in chunk.done}, chunk.left) == ({circle.pk for circle in together}, set())
    assert rows_of(together[0]) == rows_of(apart[0])
    assert cycles_of(apart[0]) == ["closed", "upcoming", "upcoming"]


def test_a_circle_in_which_somebody_cannot_pay_takes_its_own_turn():
    ordinary = circles_before_their_due_moment(2)
    short = started([*people(2, "3000.00"), person("999.99")])
    beat(DUE - HOUR)

    chunk = collect_together(at=DUE, but_not=[], limit=100)
    assert ({act.circle_id for act in chunk.done}, chunk.left) == ({one.pk for one in ordinary}, {short.pk})
    beat(DUE)

    assert (cycles_of(short)[0], pot_of(short)) == ("collecting", "2000.00")


def test_a_wallet_in_two_circles_pays_both_or_lets_one_take_its_own_turn():
    ada = person("1500.00")
    circles = [started([*people(2, "3000.00"), ada]) for _ in range(2)]
    beat(DUE - HOUR)

    chunk = collect_together(at=DUE, but_not=[], limit=100)

    assert (len(chunk.done), len(chunk.left), wallet_of(ada)) == (1, 1, "500.00")
    beat(DUE)
    assert sorted(cycles_of(circle)[0] for circle in circles) == ["closed", "collecting"]


def test_a_pot_over_the_recipients_tier_takes_its_own_turn():
    circles = [started(people(2, "25000.00"), amount_kobo=2_500_000) for _ in range(2)]
    recipient = circles[0].host
    fund(recipient, "25000.00")
    beat(DUE - HOUR)

    chunk = collect_together(at=DUE, but_not=[], limit=100)
    assert circles[0].pk in chunk.left
    beat(DUE)

    assert wallet_balances([recipient.pk])[recipient.pk].parked_kobo == 2_500_000


def test_one_circle_that_cannot_go_on_stops_no_other():
    circles = circles_before_their_due_moment(3)
    pot = LedgerAccount.objects.filter(owner_id=circles[1].pk, purpose="pot")
    pot.update(status=AccountStatus.FROZEN_DEBIT)

    turn = services.turn_circles(at=DUE)

    assert [cycles_of(circle)[0] for circle in circles] == ["closed", "collecting", "closed"]
    assert [str(circles[1].pk) in failure for failure in turn.failed] == [True]
    pot.update(status=AccountStatus.OPEN)
    beat(DUE + HOUR)
    assert cycles_of(circles[1])[0] == "closed"


def test_a_circle_that_somebody_is_at_is_passed_over_and_comes_later():
    circles = circles_before_their_due_moment(3)

    first = collect_together(at=DUE, but_not=[circles[0].pk], limit=100)
    second = collect_together(at=DUE, but_not=[], limit=100)

    assert ({act.circle_id for act in first.done}, second.done) == ({circles[1].pk, circles[2].pk}, [])
    beat(DUE)
    assert [cycles_of(circle)[0] for circle in circles] == ["closed"] * 3


def test_a_chunk_is_done_once_and_the_rest_in_the_next():
    circles = circles_before_their_due_moment(4)

    chunks = [collect_together(at=DUE, but_not=[], limit=2) for _ in range(3)]

    assert [len(chunk.done) for chunk in chunks] == [2, 2, 0]
    assert [cycles_of(circle)[0] for circle in circles] == ["closed"] * 4
    waiting = ScheduledAct.objects.filter(state=ActState.PENDING, kind=ActKind.COLLECT, due_at__lte=DUE)
    assert not waiting.exists()


def test_two_circles_and_six_cost_the_same_number_of_queries():
    counts = []
    for number in (2, 6):
        circles_before_their_due_moment(number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(collect_together(at=DUE, but_not=[], limit=100).done) == number
        counts.append(len(queries))

    # A wake-up of each circle's members after the commit comes on top; in a test there is no commit.
    assert counts[0] == counts[1]
