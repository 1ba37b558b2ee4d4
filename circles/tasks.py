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
    for circle_id in queries.circles_owed_by(UUID(user_id), at=at):
        services.collect_from_member(circle_id=circle_id, user_id=UUID(user_id), at=at)


@shared_task(name="circles.push_message")
def push_message(message_id: str) -> None:
    """Somebody wrote in a chat: the phones of the others are told, soon."""
    services.push_message(message_id=UUID(message_id), at=timezone.now())
