"""The power cut around every commit of a contribution and of a refund. All movements: `manage.py crash_points`."""

from contri.simulation.crash_points import Crash, crash_everywhere


def test_a_movement_killed_at_any_commit_ends_as_if_it_had_not_been(empty_contri, django_db_blocker):
    with django_db_blocker.unblock():
        crashes = list(crash_everywhere(template=empty_contri, names=frozenset({"contribute", "refund"})))

    assert {(crash.movement, crash.is_after) for crash in crashes} == {
        (movement, is_after) for movement in ("contribute", "refund") for is_after in (False, True)
    }
    assert crashes == [Crash(crash.movement, crash.commit, crash.is_after, "") for crash in crashes]
