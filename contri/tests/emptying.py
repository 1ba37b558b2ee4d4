"""Emptying the tables after a test that commits, in a fifth of the time that Django's own `flush` takes.

Flushing builds all content types, permissions and roles anew, a query or several for each model. They are the same
before and after every test, so they stay; what else Contri cannot run without is written again.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from accounts.founding_rows import write_founding_rows

STAYING = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}


@pytest.fixture(autouse=True, scope="session")
def tables_are_emptied_quickly() -> Iterator[None]:
    """All tables are emptied by one statement, but for those that no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: _empty_tables())
        yield


def _empty_tables() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # What a test's threads began may still be ending.
        cursor.execute("SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = '60s'")
        cursor.execute(f"TRUNCATE {', '.join(_tables())}")
    write_founding_rows()


@cache
def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [connection.ops.quote_name(name) for name in names if name not in STAYING]
