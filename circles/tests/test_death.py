"""A member dies: no fee, no mark, and what is theirs goes to whom they named."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from circles import services
from circles.errors.people import NoNomineeError
from circles.models import Membership
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    contribution,
    forming,
    live_until,
    people,
    person,
    spend,
    started,
    state_of,
    wallet_of,
    wallets_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return person(is_staff=True, is_superuser=True)


@pytest.fixture
def friends():
    return people(4, "4000.00")


@pytest.fixture
def circle(friends):
    return started(friends)


@pytest.fixture
def daughter():
    return person(email_verified_at=timezone.now())


def name(user, heir):
    return services.name_nominee(
        actor=user, full_name="Amaka Okafor", relationship="daughter", email=heir.email.upper(), at=FOUNDED
    )


def die(user, boss, at):
    return services.record_death(actor=boss, user_id=user.pk, evidence="death certificate 1234", at=at)


def test_the_net_position_of_who_died_goes_to_their_nominee(circle, friends, boss, daughter):
    name(friends[2], daughter)
    live_until(DUE)

    die(friends[2], boss, at=DUE + DAY)
    live_until(DUE + 3 * WEEK)

    assert wallet_of(daughter) == "1000.00"
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["4000.00", "4000.00", "3000.00", "4000.00"])
    kept = LogEntry.objects.filter(change_message__contains="death certificate 1234").get()
    assert json.loads(kept.change_message)["reason"] == "death certificate 1234"


def test_nobody_who_died_becomes_late(circle, friends, boss):
    live_until(DUE + WEEK - DAY)
    spend(friends[2], "3000.00")
    live_until(DUE + WEEK)
    die(friends[2], boss, at=DUE + WEEK + HOUR)

    live_until(DUE + WEEK + 2 * DAY)

    assert contribution(circle, 2, friends[2]).status == "pending"
    assert Membership.objects.get(circle=circle, user=friends[2]).accelerated_at is None
    live_until(DUE + 3 * WEEK)
    assert state_of(circle) == "completed"


def test_what_they_owed_is_taken_from_what_they_get_before_the_nominee(circle, friends, boss, daughter):
    name(friends[2], daughter)
    live_until(DUE + WEEK - DAY)
    spend(friends[2], "3000.00")
    live_until(DUE + WEEK)
    die(friends[2], boss, at=DUE + WEEK + HOUR)

    live_until(DUE + 3 * WEEK)

    # They paid once; the share they owed to the second pot is paid out of their own.
    assert (wallet_of(daughter), wallets_of(friends)) == ("1000.00", ["4000.00", "4000.00", "0.00", "4000.00"])


def test_a_debt_after_the_pot_is_paid_as_far_as_the_wallet_goes_and_waived_beyond(circle, friends, boss):
    live_until(DUE)
    spend(friends[0], "5500.00")

    die(friends[0], boss, at=DUE + DAY)

    assert wallet_of(friends[0]) == "500.00"
    assert [contribution(circle, number, friends[0]).status for number in (2, 3, 4)] == ["paid", "waived", "waived"]
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallets_of(friends)[1:]) == ("completed", ["4000.00", "3000.00", "3000.00"])


def test_a_nominee_without_an_account_is_found_later(circle, friends, boss):
    services.name_nominee(
        actor=friends[2], full_name="Amaka", relationship="daughter", email="amaka@example.ng", at=FOUNDED
    )
    live_until(DUE)
    die(friends[2], boss, at=DUE + DAY)
    assert Membership.objects.get(circle=circle, user=friends[2]).payee is None
    heir = person(email="amaka@example.ng", email_verified_at=timezone.now())

    die(friends[2], boss, at=DUE + 2 * DAY)

    live_until(DUE + 2 * WEEK)
    assert wallet_of(heir) == "1000.00"


def test_an_address_that_is_not_confirmed_inherits_nothing(circle, friends, boss):
    name(friends[2], person(email_verified_at=None))

    die(friends[2], boss, at=FOUNDED + 2 * HOUR)

    assert Membership.objects.get(circle=circle, user=friends[2]).payee is None


def test_a_seat_in_a_circle_that_forms_is_free_again(friends, boss):
    circle = forming(friends)

    die(friends[2], boss, at=FOUNDED + 2 * HOUR)

    assert circle.memberships.filter(status="active").count() == 3


def test_staff_record_a_death_in_the_admin(client, boss, circle, friends):
    client.force_login(boss)
    place = circle.memberships.get(user=friends[3])

    sent = {"action": "record_death", "_selected_action": str(place.pk), "reason": "certificate 12"}
    client.post("/admin/circles/membership/", sent)

    place.refresh_from_db()
    assert place.status == "deceased"


def test_a_nominee_is_named_changed_and_withdrawn(signed_in):
    ada = signed_in(person())
    path = "/api/v1/circles/nominee"
    assert (ada.get(path).status_code, ada.get(path).json()["code"]) == (404, "no_nominee")
    sent = {"full_name": "Amaka Okafor", "relationship": "daughter", "email": "Amaka@Example.ng"}

    assert ada.put(path, sent).json() == {**sent, "email": "amaka@example.ng"}
    assert ada.put(path, {**sent, "relationship": "niece"}).json()["relationship"] == "niece"
    assert ada.put(path, {"full_name": "x"}).json()["code"] == "validation_error"
    assert ada.delete(path).status_code == 204

    assert ada.get(path).status_code == 404
    with pytest.raises(NoNomineeError):
        services.nominee_of(person())
