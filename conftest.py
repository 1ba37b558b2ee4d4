"""Fixtures for all tests."""

import pytest
from hypothesis import settings

pytest_plugins = [
    "contri.tests.databases",
    "contri.tests.emptying",
    "contri.tests.fixtures",
    "contri.sandbox.testing",
]

# However long one example takes on a busy machine, that is no fault.
settings.register_profile("contri", deadline=None)
settings.load_profile("contri")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A whole Contri takes long to start: first, by one worker, and by no other."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
