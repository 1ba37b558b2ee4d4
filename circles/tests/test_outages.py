"""A declared outage of a provider stops every clock; nobody is late because of it."""

import pytest
from django.core.management import CommandError, call_command

from circles import services
from circles.errors import OutageDeclaredError, OutageUnknownError
from circles.models import LateFee, Outage
from circles.services.outages import lost_to_outages
from circles.tests.world import DAY, DUE, HOUR, beat, contribution, cycles_of, fund, live_until, people, person, started

pytestmark = pytest.mark.django_db
GRACE_ENDS = DUE + 2 * DAY


@pytest.fixture
def boss():
    return person(is_staff=True, is_superuser=True)


def declare(boss, at, provider="paystack"):
    return services.declare_outage(actor=boss, provider=provider, reason="their status page says so", at=at)


def end(boss, at, provider="paystack"):
    return services.end_outage(actor=boss, provider=provider, at=at)


def test_nothing_falls_due_while_a_provider_is_away(boss):
    circle = started(people(2, "3000.00"))
    live_until(DUE - HOUR)
    declare(boss, DUE - HOUR)

    assert beat(DUE).done == 0
    assert cycles_of(circle)[0] == "collecting"
    end(boss, DUE + 3 * HOUR)
    beat(DUE + 3 * HOUR)

    assert cycles_of(circle)[0] == "closed"


def test_grace_is_longer_by_the_outage_and_costs_nobody_a_fee(boss):
    late = person()
    circle = started([*people(2, "3000.00"), late], late_fee_kobo=5_000)
    live_until(DUE + HOUR)
    declare(boss, DUE + DAY)
    end(boss, GRACE_ENDS + HOUR)

    beat(GRACE_ENDS + HOUR)
    assert (contribution(circle, 1, late).status, cycles_of(circle)[0]) == ("pending", "collecting")
    fund(late, "1000.00")
    # A day and an hour were lost, so the grace period ends that much later.
    live_until(GRACE_ENDS + DAY + HOUR)

    assert (contribution(circle, 1, late).status, LateFee.objects.count(), cycles_of(circle)[0]) == (
        "paid",
        0,
        "closed",
    )


def test_who_has_not_paid_when_the_longer_grace_ends_is_late_all_the_same(boss):
    late = person()
    circle = started([*people(2, "3000.00"), late])
    live_until(DUE + HOUR)
    declare(boss, DUE + DAY)
    end(boss, GRACE_ENDS + HOUR)

    live_until(GRACE_ENDS + DAY + HOUR)

    assert (contribution(circle, 1, late).status, cycles_of(circle)[0]) == ("late", "paid")


def test_an_outage_is_declared_once_and_ended_once(boss):
    declare(boss, DUE)

    with pytest.raises(OutageDeclaredError):
        declare(boss, DUE + HOUR)
    end(boss, DUE + HOUR)
    with pytest.raises(OutageUnknownError):
        end(boss, DUE + HOUR)
    assert Outage.objects.get().ended_at == DUE + HOUR


def test_two_outages_at_once_are_counted_once(boss):
    declare(boss, DUE)
    declare(boss, DUE + HOUR, provider="flutterwave")
    end(boss, DUE + 3 * HOUR)
    end(boss, DUE + 4 * HOUR, provider="flutterwave")

    assert lost_to_outages(DUE - DAY, DUE + DAY) == 4 * HOUR
    assert lost_to_outages(DUE + 2 * HOUR, DUE + DAY) == 2 * HOUR


def test_the_command_is_for_staff_who_may(boss, capsys):
    call_command("provider_outage", "declare", "paystack", by=boss.email, reason="down")
    assert "declared" in capsys.readouterr().out

    with pytest.raises(CommandError):
        call_command("provider_outage", "end", "paystack", by=person().email)
    call_command("provider_outage", "end", "paystack", by=boss.email)

    assert Outage.objects.get().ended_by == boss
