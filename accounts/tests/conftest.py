"""Fixtures of accounts' tests."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Every test starts with nobody having called before."""
    cache.clear()
