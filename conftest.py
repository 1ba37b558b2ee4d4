"""Fixtures for all tests."""

pytest_plugins = ["contri.tests.fixtures", "contri.sandbox.testing"]
