"""Fixtures for all tests."""

pytest_plugins = [
    "contri.tests.databases",
    "contri.tests.emptying",
    "contri.tests.fixtures",
    "contri.sandbox.testing",
]
