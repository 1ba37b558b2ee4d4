"""The two roles: the owner migrates, everything that serves is a member of `contri_runtime` and can do less."""

from pathlib import Path

from django.db import connection, transaction

RUNTIME_ROLE = "contri_runtime"
_GRANTS = Path(__file__).resolve().parent.parent / "sql" / "grants.sql"


@transaction.atomic
def grant_runtime_role() -> None:
    """Give the run-time role its rights on every table there is now. For the owner, after each migrate."""
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS.read_text(encoding="utf-8"))
