"""How people come into a circle, and go while it forms."""

from datetime import timedelta

import pytest

from circles import services
from circles.errors import (
    AlreadyMemberError,
    AlreadyPutOffError,
    CharterChangedError,
    CharterNotAcceptedError,
    CircleFullError,
    CircleNotFoundError,
    CircleNotOpenError,
    InviteInvalidError,
    KycTierTooLowError,
    NotHostError,
    TooFewMembersError,
    TooManyHandsError,
)
from circles.errors.people import HostCannotLeaveError
from circles.tests.world import DAY, DUE, FOUNDED, HOUR, forming, live_until, membership_id, people, person, state_of
from contri.core.errors import ValidationFaultsError
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def join(user, circle, **rest):
    return services.join_circle(actor=user, invite_code=circle.invite_code, at=FOUNDED + HOUR, **rest)


def statuses(circle):
    return dict(circle.memberships.values_list("user__email", "status"))


def test_a_code_may_be_typed_in_any_case_and_with_dashes():
    host, joiner = people(2)
    circle = forming([host], size=2)
    typed = f" {circle.invite_code[:4].lower()}-{circle.invite_code[4:]} "

    services.join_circle(actor=joiner, invite_code=typed, at=FOUNDED + HOUR)

    assert statuses(circle) == {host.email: "active", joiner.email: "active"}


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "AAAAAAA", "A" * 64, "ÀÀÀÀÀÀÀÀ"])
def test_a_code_of_no_circle_is_refused(code):
    with pytest.raises(InviteInvalidError):
        services.join_circle(actor=person(), invite_code=code, at=FOUNDED)


def test_a_full_circle_refuses_a_new_member():
    circle = forming(people(2), size=2)

    with pytest.raises(CircleFullError):
        join(person(), circle)


def test_nobody_joins_twice():
    host, joiner = people(2)
    circle = forming([host, joiner], size=3)

    with pytest.raises(AlreadyMemberError):
        join(joiner, circle)
    with pytest.raises(AlreadyMemberError):
        join(host, circle)


def test_a_locked_circle_takes_nobody():
    friends = people(2)
    circle = forming(friends)
    services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR)

    with pytest.raises(CircleNotOpenError):
        join(person(), circle)


def test_joining_needs_the_version_that_was_read():
    host, joiner = people(2)
    circle = forming([host], size=2)
    services.change_circle(actor=host, circle_id=circle.pk, changes={"grace_days": 0}, at=FOUNDED + HOUR)

    with pytest.raises(CharterChangedError):
        join(joiner, circle, charter_version=1)
    join(joiner, circle, charter_version=2)


def test_a_pot_beyond_ones_tier_is_said_when_joining():
    host, joiner = people(2)
    circle = forming([host], amount_kobo=2_600_000, size=2)

    with pytest.raises(KycTierTooLowError):
        join(joiner, circle)
    join(person(tier=1), circle)


def test_a_pot_just_within_ones_tier_is_no_hindrance():
    circle = forming(people(1), amount_kobo=2_500_000, size=2)

    assert join(person(), circle).status == "active"


def test_one_person_holds_at_most_half_of_the_turns():
    circle = forming(people(1), size=4)

    with pytest.raises(TooManyHandsError):
        join(person(), circle, hands=3)
    assert join(person(), circle, hands=2).hands == 2


def test_hands_take_seats():
    circle = forming(people(1), size=4)
    join(person(), circle, hands=2)

    with pytest.raises(CircleFullError):
        join(person(), circle, hands=2)


def test_where_the_host_approves_a_joiner_waits():
    host, joiner, other = people(3)
    circle = forming([host, joiner, other], needs_approval=True, size=2)
    assert statuses(circle) == {host.email: "active", joiner.email: "pending", other.email: "pending"}

    services.approve_member(
        actor=host, circle_id=circle.pk, membership_id=membership_id(circle, joiner), at=FOUNDED + HOUR
    )

    assert statuses(circle)[joiner.email] == "active"
    with pytest.raises(CircleFullError):
        services.approve_member(
            actor=host, circle_id=circle.pk, membership_id=membership_id(circle, other), at=FOUNDED + HOUR
        )


def test_only_the_host_lets_people_in():
    host, joiner = people(2)
    circle = forming([host, joiner], needs_approval=True, size=2)
    waiting = membership_id(circle, joiner)

    with pytest.raises(NotHostError):
        services.approve_member(actor=joiner, circle_id=circle.pk, membership_id=waiting, at=FOUNDED)
    with pytest.raises(CircleNotFoundError):
        services.approve_member(actor=person(), circle_id=circle.pk, membership_id=waiting, at=FOUNDED)


def test_leaving_a_forming_circle_frees_the_seat():
    host, joiner = people(2)
    circle = forming([host, joiner])

    services.leave_circle(actor=joiner, circle_id=circle.pk, at=FOUNDED + HOUR)

    assert statuses(circle) == {host.email: "active", joiner.email: "left"}
    with pytest.raises(CircleNotFoundError):
        services.leave_circle(actor=joiner, circle_id=circle.pk, at=FOUNDED + HOUR)


def test_who_left_may_come_back():
    host, joiner = people(2)
    circle = forming([host, joiner])
    services.leave_circle(actor=joiner, circle_id=circle.pk, at=FOUNDED + HOUR)

    join(joiner, circle)

    assert statuses(circle) == {host.email: "active", joiner.email: "active"}


def test_the_host_does_not_leave_a_circle_that_forms():
    host = person()
    circle = forming([host], size=2)

    with pytest.raises(HostCannotLeaveError):
        services.leave_circle(actor=host, circle_id=circle.pk, at=FOUNDED)


def test_the_host_turns_a_member_away_while_the_circle_forms():
    host, joiner = people(2)
    circle = forming([host, joiner])

    services.remove_member(
        actor=host,
        circle_id=circle.pk,
        membership_id=membership_id(circle, joiner),
        reason="not known to us",
        at=FOUNDED,
    )

    assert statuses(circle)[joiner.email] == "removed"


def test_a_changed_rule_has_to_be_accepted_again_before_the_start():
    host, joiner = people(2)
    circle = forming([host, joiner])
    services.change_circle(actor=host, circle_id=circle.pk, changes={"grace_days": 0}, at=FOUNDED + HOUR)

    with pytest.raises(CharterNotAcceptedError):
        services.start_circle(actor=host, circle_id=circle.pk, at=FOUNDED + HOUR)
    with pytest.raises(CharterChangedError):
        services.accept_charter(actor=joiner, circle_id=circle.pk, version=1, at=FOUNDED + HOUR)
    services.accept_charter(actor=joiner, circle_id=circle.pk, version=2, at=FOUNDED + HOUR)
    services.start_circle(actor=host, circle_id=circle.pk, at=FOUNDED + HOUR)


def test_a_new_name_is_no_new_rule():
    host, joiner = people(2)
    circle = forming([host, joiner])

    changed = services.change_circle(actor=host, circle_id=circle.pk, changes={"name": "Traders"}, at=FOUNDED)

    assert (changed.name, changed.charter_number) == ("Traders", 1)


def test_a_circle_does_not_shrink_below_its_members():
    friends = people(3)
    circle = forming(friends)

    with pytest.raises(ValidationFaultsError, match="More seats than that are taken already"):
        services.change_circle(actor=friends[0], circle_id=circle.pk, changes={"size": 2}, at=FOUNDED)


def test_a_circle_with_empty_seats_does_not_start():
    host, joiner = people(2)
    circle = forming([host, joiner], size=3)

    with pytest.raises(TooFewMembersError):
        services.start_circle(actor=host, circle_id=circle.pk, at=FOUNDED + HOUR)


def test_turns_go_by_joining_and_second_hands_come_last():
    host, joiner = people(2)
    circle = forming([host], size=4)
    join(joiner, circle, hands=2)
    last = person()
    services.join_circle(actor=last, invite_code=circle.invite_code, at=FOUNDED + HOUR + timedelta(minutes=1))

    services.start_circle(actor=host, circle_id=circle.pk, at=FOUNDED + 2 * HOUR)

    in_order = circle.slots.order_by("position").values_list("membership__user__email", flat=True)
    assert list(in_order) == [host.email, joiner.email, last.email, joiner.email]


def test_the_start_is_put_off_once_when_others_have_joined():
    host, joiner = people(2)
    circle = forming([host], size=3)

    def put_off(days):
        later = circle.cycle_start_date + timedelta(days=days)
        return services.change_circle(actor=host, circle_id=circle.pk, changes={"cycle_start_date": later}, at=FOUNDED)

    put_off(1)
    put_off(2)
    join(joiner, circle)
    assert put_off(9).charter_number == 4

    with pytest.raises(AlreadyPutOffError):
        put_off(10)
    assert put_off(8).charter_number == 5


def test_a_circle_that_is_not_full_is_told_a_day_before_it_expires():
    host, joiner = people(2)
    circle = forming([host, joiner], size=3)

    live_until(DUE - DAY)

    for friend in (host, joiner):
        assert Notification.objects.filter(recipient=friend, kind="circle_not_full").count() == 1
    live_until(DUE)
    assert state_of(circle) == "expired"


def test_who_was_removed_does_not_come_back_by_the_code_alone():
    host, joiner = people(2)
    circle = forming([host, joiner], size=3)
    services.remove_member(
        actor=host, circle_id=circle.pk, membership_id=membership_id(circle, joiner), reason="a quarrel", at=FOUNDED
    )

    assert join(joiner, circle).status == "pending"
