"""A circle that has gone all the way round goes on as a new one."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry

from circles import services
from circles.errors import CircleRenewedError, InvalidStateError, MemberRestrictedError, NotHostError
from circles.models import Circle, PayoutOrder
from circles.tests.test_races import at_once
from circles.tests.world import DUE, HOUR, WEEK, live_until, people, spend, started, state_of, wallet_of
from contri.core.errors import ValidationFaultsError
from notifications.models import Notification

OVER = DUE + 2 * WEEK + HOUR
NEXT = date(2027, 2, 1)


def completed(friends, **rules):
    circle = started(friends, **rules)
    live_until(OVER)
    assert state_of(circle) == "completed"
    return circle


def renew(circle, actor, **changes):
    return services.renew_circle(
        actor=actor, circle_id=circle.pk, changes={"cycle_start_date": NEXT, **changes}, at=OVER
    )


@pytest.mark.django_db
def test_a_completed_circle_goes_on_with_its_rules_and_invites_everybody():
    friends = people(3, "3000.00")
    old = completed(friends, grace_days=4, late_fee_kobo=5_000)

    new = renew(old, friends[0], size=4)

    assert (new.name, new.host, new.renews_id, new.status) == ("Market women", friends[0], old.pk, "forming")
    assert (new.cycle_start_date, new.size, new.grace_days, new.late_fee_kobo) == (NEXT, 4, 4, 5_000)
    assert [member.user for member in new.memberships.all()] == [friends[0]]
    told = Notification.objects.filter(kind="circle_renewed").order_by("pk")
    assert [notice.recipient for notice in told] == friends[1:]
    assert all(f"{new.invite_code[:4]}-{new.invite_code[4:]}" in notice.body for notice in told)
    assert f"renewed the circle as {new.pk}" in LogEntry.objects.filter(object_id=old.pk).latest("pk").change_message
    services.join_circle(actor=friends[1], invite_code=new.invite_code, at=OVER)
    assert new.memberships.count() == 2


@pytest.mark.django_db
def test_a_draw_is_drawn_anew_and_assigned_turns_are_assigned_anew():
    friends = people(3, "3000.00")
    old = completed(friends, payout_order=PayoutOrder.RANDOM)

    new = renew(old, friends[0])

    assert new.draw_commitment not in ("", old.draw_commitment)
    assert (new.draw_seed, new.assigned_order) == ("", [])


@pytest.mark.django_db
def test_a_circle_is_renewed_once_by_its_host_and_only_when_it_is_completed():
    friends = people(3, "3000.00")
    running = started(friends)
    with pytest.raises(InvalidStateError):
        renew(running, friends[0])
    live_until(OVER)

    with pytest.raises(NotHostError):
        renew(running, friends[1])
    with pytest.raises(ValidationFaultsError):
        renew(running, friends[0], cycle_start_date=date(2027, 1, 4))
    renew(running, friends[0])
    with pytest.raises(CircleRenewedError):
        renew(running, friends[0])
    assert Circle.objects.filter(renews=running).count() == 1


@pytest.mark.django_db
def test_a_host_who_owes_another_circle_renews_none():
    friends = people(3, "4000.00")
    old = completed(friends)
    started([friends[0], *people(1, "2000.00")], at=OVER, cycle_start_date=NEXT)
    live_until(DUE + 4 * WEEK)
    spend(friends[0], wallet_of(friends[0]))
    live_until(DUE + 6 * WEEK)

    with pytest.raises(MemberRestrictedError):
        renew(old, friends[0], cycle_start_date=date(2027, 6, 1))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_circle_is_renewed_twice_at_once():
    friends = people(3, "3000.00")
    old = completed(friends)

    outcomes = at_once(*(lambda: renew(old, friends[0]).renews_id for _ in range(3)))

    assert sorted(map(str, outcomes)) == sorted([str(old.pk), *[str(CircleRenewedError)] * 2])


@pytest.mark.django_db
def test_renewing_over_http_links_both_circles(signed_in):
    friends = people(3, "3000.00")
    old = completed(friends)
    host, member = signed_in(friends[0]), signed_in(friends[1])
    path = f"/api/v1/circles/{old.pk}/renew"

    assert host.post(path, {}).json()["errors"][0]["field"] == "cycle_start_date"
    refused = member.post(path, {"cycle_start_date": "2030-02-01"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_host")
    response = host.post(path, {"cycle_start_date": "2030-02-01", "name": "Second round", "amount": "2000.00"})

    new = response.json()
    assert response.status_code == 201
    assert (new["name"], new["amount"], new["renews"], new["renewal"]) == ("Second round", "2000.00", str(old.pk), None)
    seen = member.get(f"/api/v1/circles/{old.pk}").json()
    assert seen["renewal"] == {
        "id": new["id"],
        "name": "Second round",
        "status": "forming",
        "invite_code": new["invite_code"],
    }
    again = host.post(path, {"cycle_start_date": "2030-02-01"})
    assert (again.status_code, again.json()["code"]) == (409, "already_renewed")
    assert member.post("/api/v1/circles/join", {"invite_code": new["invite_code"]}).status_code == 201
