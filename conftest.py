"""Fixtures for all tests."""

pytest_plugins = ["contri.tests.fixtures", "contri.tests.emptying", "contri.sandbox.testing"]
