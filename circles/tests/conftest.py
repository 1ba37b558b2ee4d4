"""After every test here the circles and the books must still be as they must be."""

import pytest

from circles.services.audit import audit_circles
from wallets.services.audit import audit_ledger


@pytest.fixture(autouse=True)
def nothing_is_broken(request):
    """Runs last, inside the test's own transaction where it has one."""
    uses_database = request.node.get_closest_marker("django_db") is not None
    if uses_database:
        request.getfixturevalue("transactional_db" if _is_transactional(request) else "db")
    yield
    if uses_database and request.node.get_closest_marker("breaks_circles") is None:
        assert audit_circles() == []
        assert audit_ledger() == []


def _is_transactional(request):
    marker = request.node.get_closest_marker("django_db")
    return bool(marker.kwargs.get("transaction"))
