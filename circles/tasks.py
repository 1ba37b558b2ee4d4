"""Celery's doors: nudges and the beat. Each may run twice, at once or in a row."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from circles import queries, services


@shared_task(name="circles.turn_circles")
def turn_circles() -> None:
    """Do what has fallen due in all circles."""
    services.turn_circles(at=timezone.now())


@shared_task(name="circles.collect_from_member")
def collect_from_member(user_id: str) -> None:
    """Take what somebody owes to their circles, now that money has come in; what they owe longest goes first."""
    at = timezone.now()
    services.pay_confirmed_charges(user_id=UUID(user_id), at=at)
    for circle_id in queries.circles_owed_by(UUID(user_id), at=at):
        services.collect_from_member(circle_id=circle_id, user_id=UUID(user_id), at=at)


@shared_task(name="circles.work_card_payments")
def work_card_payments(card_payment_id: str | None = None) -> None:
    """Charge cards that wait to be charged, and pay what has been confirmed."""
    services.work_card_payments(at=timezone.now())


@shared_task(name="circles.note_charge_back")
def note_charge_back(dispute_id: str) -> None:
    """A payment was charged back: note what it had paid."""
    services.note_charge_back(dispute_id=UUID(dispute_id), at=timezone.now())


@shared_task(name="circles.push_message")
def push_message(message_id: str) -> None:
    """Somebody wrote in a chat: the phones of the others are told, soon."""
    services.push_message(message_id=UUID(message_id), at=timezone.now())
