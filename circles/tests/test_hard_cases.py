"""Cases that circles elsewhere have died of, as far as other tests do not name them."""

from datetime import timedelta

import pytest

from accounts.registries import action_required_sources, obligations
from accounts.services import ban_user, unban_user
from circles import services
from circles.errors import InviteInvalidError, NotHostError
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    cycles_of,
    forming,
    fund,
    live_until,
    people,
    person,
    pot_of,
    started,
    state_of,
    wallets_of,
)
from wallets.queries import wallet_balances
from wallets.services import release_all_parked

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return person(is_staff=True, is_superuser=True)


def parked(user):
    return wallet_balances([user.pk])[user.pk].parked_kobo


def test_a_turns_holder_is_banned_on_payday_and_the_circle_goes_on(boss):
    friends = people(3, "3000.00")
    circle = started(friends)
    live_until(DUE - HOUR)
    ban_user(actor=boss, user_id=friends[0].pk, reason="a stolen identity", at=DUE - HOUR)

    live_until(DUE + WEEK)

    assert cycles_of(circle) == ["closed", "closed", "upcoming"]
    assert (parked(friends[0]), wallets_of(friends)) == (300_000, ["1000.00", "4000.00", "1000.00"])
    unban_user(actor=boss, user_id=friends[0].pk, reason="cleared")
    release_all_parked(at=DUE + WEEK + HOUR)
    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["3000.00", "3000.00", "3000.00"])


def test_a_pot_over_the_holders_tier_waits_for_them_and_the_circle_goes_on():
    friends = people(2, "25000.00")
    circle = started(friends, amount_kobo=2_500_000)
    fund(friends[0], "25000.00")

    live_until(DUE)

    assert (cycles_of(circle)[0], pot_of(circle), parked(friends[0])) == ("closed", "0.00", 2_500_000)


def test_an_invite_that_leaked_is_replaced():
    host, joiner = people(2)
    circle = forming([host], size=2)
    leaked = circle.invite_code
    fresh = services.renew_invite(actor=host, circle_id=circle.pk, at=FOUNDED).invite_code

    with pytest.raises(InviteInvalidError):
        services.join_circle(actor=joiner, invite_code=leaked, at=FOUNDED)
    services.join_circle(actor=joiner, invite_code=fresh, at=FOUNDED)
    with pytest.raises(NotHostError):
        services.renew_invite(actor=joiner, circle_id=circle.pk, at=FOUNDED)


def test_an_invite_runs_out():
    circle = forming(people(1), size=3)
    until = FOUNDED + DAY
    code = services.renew_invite(actor=circle.host, circle_id=circle.pk, at=FOUNDED, expires_at=until).invite_code
    services.join_circle(actor=person(), invite_code=code, at=until - timedelta(seconds=1))

    with pytest.raises(InviteInvalidError):
        services.join_circle(actor=person(), invite_code=code, at=until)


def test_an_invite_is_good_for_so_many_people_only():
    circle = forming(people(1), size=4)
    code = services.renew_invite(actor=circle.host, circle_id=circle.pk, at=FOUNDED, uses=1).invite_code
    services.join_circle(actor=person(), invite_code=code, at=FOUNDED)

    with pytest.raises(InviteInvalidError):
        services.join_circle(actor=person(), invite_code=code, at=FOUNDED)


def test_an_account_with_an_unfinished_circle_has_obligations():
    friends = people(2, "2000.00")
    circle = started(friends)
    told = [reason for said in obligations.ask(friends[1]) for reason in said]
    assert "The circle Market women is scheduled." in told

    live_until(DUE + WEEK)

    assert state_of(circle) == "completed"
    assert not [reason for said in obligations.ask(friends[1]) for reason in said if "circle" in reason]


def test_people_are_told_what_to_do_next():
    host, waiting = people(2, "1000.00")
    forming([host, waiting], needs_approval=True, size=3)
    late = person()
    started([*people(1, "9000.00"), late])
    live_until(DUE - HOUR)

    def codes(user):
        return [action.code for said in action_required_sources.ask(user) for action in said]

    assert "approve_member" in codes(host)
    live_until(DUE)
    assert "contribution_due" in codes(late)
    live_until(DUE + 2 * DAY)
    assert "contribution_late" in codes(late)
    assert "approve_member" not in codes(waiting)
