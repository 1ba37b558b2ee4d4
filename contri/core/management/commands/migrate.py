"""`manage.py migrate`, with time for a large table."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's own, without the time limits that keep requests short. Waiting for a lock stays limited: a migration
    that queues behind a long transaction would make every request queue behind itself."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Lift the limits, migrate, and put them back."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        super().handle(*args, **options)
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout; RESET idle_in_transaction_session_timeout")
