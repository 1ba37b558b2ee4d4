"""What Contri itself writes into a circle's chat: every move of its money, in the transaction of the move."""

import pytest
from django.db import transaction

from circles import chat_texts, services
from circles.models import Chat, ChatMessage
from circles.services.chat_lines import write_in_chat
from circles.tests.world import DAY, DUE, FOUNDED, WEEK, forming, fund, live_until, people, person, started
from contri.core.locking import NoTransactionError
from wallets.errors import InsufficientFundsError

pytestmark = pytest.mark.django_db


def lines(circle):
    return list(ChatMessage.objects.filter(circle=circle).order_by("number").values_list("body", flat=True))


def money_lines(circle):
    events = [text.event for text in (chat_texts.CIRCLE_STARTED, chat_texts.MEMBER_JOINED)]
    money = ChatMessage.objects.filter(circle=circle).exclude(event__in=events)
    return list(money.order_by("number").values_list("event", "body"))


@pytest.fixture
def ada_and_bola():
    ada, bola = people(2, "2000.00")
    ada.first_name, ada.last_name, bola.first_name, bola.last_name = "Ada", "Obi", "Bola", "Ojo"
    for user in (ada, bola):
        user.save()
    return [ada, bola]


def test_a_whole_life_is_told_in_order(ada_and_bola):
    circle = started(ada_and_bola)

    live_until(DUE + WEEK)

    assert lines(circle) == [
        "Bola O. joined.",
        "The circle is complete. The first contribution is due on 2027-01-04.",
        "Paid for cycle 1: Ada O. ₦1000.00, Bola O. ₦1000.00.",
        "Ada O. received the pot of cycle 1: ₦2000.00.",
        "Paid for cycle 2: Ada O. ₦1000.00, Bola O. ₦1000.00.",
        "Bola O. received the pot of cycle 2: ₦2000.00.",
        "The circle has gone all the way round.",
    ]


def test_part_payments_late_ones_and_what_is_passed_on_are_told_with_their_amounts(ada_and_bola):
    ada, bola = ada_and_bola
    chidi = person(first_name="Chidi", last_name="Eze")
    circle = started([ada, bola, chidi])
    services.contribute(actor=ada, circle_id=circle.pk, amount_kobo=400_00, at=FOUNDED + DAY)

    live_until(DUE + 2 * DAY)
    fund(chidi, "1000.00")
    services.collect_from_member(circle_id=circle.pk, user_id=chidi.pk, at=DUE + 3 * DAY)

    assert money_lines(circle) == [
        ("contribution_paid", "Ada O. paid ₦400.00 for cycle 1."),
        ("contributions_collected", "Paid for cycle 1: Ada O. ₦600.00, Bola O. ₦1000.00."),
        ("contributions_late", "Late for cycle 1: Chidi E."),
        ("pot_paid_out", "Ada O. received the pot of cycle 1: ₦2000.00."),
        ("contributions_collected", "Paid for cycle 1: Chidi E. ₦1000.00."),
        ("rest_passed_on", "Ada O. received ₦1000.00 more of cycle 1, paid in later."),
    ]


def test_refunds_are_told(ada_and_bola):
    ada, _ = ada_and_bola
    circle = started(ada_and_bola)
    services.contribute(actor=ada, circle_id=circle.pk, at=FOUNDED + DAY)

    services.cancel_circle(actor=ada, circle_id=circle.pk, at=FOUNDED + 2 * DAY)

    assert money_lines(circle) == [
        ("contribution_paid", "Ada O. paid ₦1000.00 for cycle 1."),
        ("contribution_refunded", "Ada O. has ₦1000.00 of cycle 1 back."),
        ("circle_cancelled", "The circle was called off."),
    ]


def test_what_did_not_happen_is_not_told():
    ada, poor = people(2)
    circle = started([ada, poor])
    before = lines(circle)

    with pytest.raises(InsufficientFundsError):
        services.contribute(actor=poor, circle_id=circle.pk, at=FOUNDED + DAY)

    assert lines(circle) == before


@pytest.mark.django_db(transaction=True)
def test_a_line_wants_the_transaction_of_its_act():
    circle = forming(people(2), size=3)

    with pytest.raises(NoTransactionError):
        write_in_chat(circle, chat_texts.CIRCLE_PAUSED, at=FOUNDED)


def test_numbers_have_no_gaps_even_when_an_act_is_undone(ada_and_bola):
    circle = forming(ada_and_bola, size=3)

    with transaction.atomic():
        write_in_chat(circle, chat_texts.CIRCLE_PAUSED, at=FOUNDED)
        transaction.set_rollback(True)
    with transaction.atomic():
        write_in_chat(circle, chat_texts.CIRCLE_COMPLETED, at=FOUNDED)

    numbers = ChatMessage.objects.filter(circle=circle).order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2]
    assert Chat.objects.get(circle=circle).last_number == 2
