"""The power cut around the commits of a contribution and of a refund. All movements: `manage.py crash_points`."""

from collections.abc import Iterator

import pytest

from contri.simulation.beginning import Beginning, beginning
from contri.simulation.crash_points import Crash, _make, crash_everywhere
from contri.simulation.movements import MOVEMENTS, PEOPLE


@pytest.fixture(scope="module")
def three_people(empty_contri, django_db_blocker) -> Iterator[Beginning]:
    with django_db_blocker.unblock(), beginning(empty_contri, PEOPLE) as start:
        yield start


@pytest.fixture(autouse=True)
def real_database(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_a_movement_killed_at_any_commit_ends_as_if_it_had_not_been(three_people):
    crashes = list(crash_everywhere(three_people, names=frozenset({"contribute", "refund"})))

    assert {(crash.movement, crash.is_after) for crash in crashes} == {
        (movement, is_after) for movement in ("contribute", "refund") for is_after in (False, True)
    }
    assert crashes == [Crash(crash.movement, crash.commit, crash.is_after, "") for crash in crashes]


def test_so_does_one_whose_process_is_really_killed(three_people):
    crashes = list(crash_everywhere(three_people, names=frozenset({"contribute"}), is_real=True))

    assert crashes == [Crash("contribute", 1, False, ""), Crash("contribute", 1, True, "")]


def test_a_cut_that_never_struck_proves_nothing(three_people):
    [movement] = [movement for movement in MOVEMENTS if movement.name == "contribute"]

    with pytest.raises(AssertionError, match="it ended before commit 99, and was not killed"):
        _make(movement, three_people, at=99)
