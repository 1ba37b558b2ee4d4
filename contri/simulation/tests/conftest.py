"""Scratch databases for simulations, copied from the tests' own empty one."""

from collections.abc import Iterator

import pytest
from django.db import connection

from contri.simulation.beginning import Beginning, beginning
from contri.simulation.scratch import template


@pytest.fixture(scope="session")
def empty_contri(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The name of an empty Contri with a virtual clock."""
    with django_db_blocker.unblock():
        # pytest-django makes a database only where some test of the run asks for one by its marker.
        is_migrated = bool(connection.introspection.table_names())
        with template(of=connection.settings_dict["NAME"] if is_migrated else "") as name:
            yield name


@pytest.fixture(scope="session")
def two_people(empty_contri, django_db_blocker) -> Iterator[Beginning]:
    """Two people who have signed up, in an empty Contri."""
    with django_db_blocker.unblock(), beginning(empty_contri, 2) as start:
        yield start
