"""Fixtures of accounts' tests."""

from typing import Any

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Every test starts with nobody having called before."""
    cache.clear()


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """PINs, whose cost a test is about, keep theirs."""
    settings.PASSWORD_HASHERS = ["accounts.tests.hashers.CheapArgon2"]
