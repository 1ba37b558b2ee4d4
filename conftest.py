"""Fixtures for all tests."""

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
