"""The audit sees what must never be: each rule broken once by hand."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from circles.models import (
    CharterVersion,
    Circle,
    Contribution,
    ContributionPayment,
    Cycle,
    DissolutionShare,
    Membership,
    Payout,
    PayoutPayment,
    ScheduledAct,
    SecurityMovement,
    Slot,
)
from circles.services.audit import CHECKS, audit_circles
from circles.tests.world import DUE, live_until, people, started

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_circles]


@pytest.fixture
def circle():
    """A circle after its first payout."""
    circle = started(people(2, "3000.00"), deposit_kobo=10_000, reserve_kobo=10_000)
    live_until(DUE)
    return circle


def broken():
    return {finding.check for finding in audit_circles()}


def test_a_sound_circle_has_no_findings(circle):
    assert audit_circles() == []


BREAKAGES = {
    "pots": lambda: ContributionPayment.objects.earliest("pk").delete(),
    "deposits": lambda: SecurityMovement.objects.filter(kind="deposit_taken").earliest("pk").delete(),
    "reserves": lambda: SecurityMovement.objects.filter(kind="reserve_taken").earliest("pk").delete(),
    "loans": lambda: Payout.objects.update(lent_kobo=1),
    "over": lambda: Circle.objects.update(status="completed"),
    "payments": lambda: PayoutPayment.objects.all().delete(),
    "payouts": lambda: Cycle.objects.filter(number=1).update(status="short", closed_at=None),
    "dissolved": lambda: DissolutionShare.objects.create(
        circle=Circle.objects.get(), membership=Membership.objects.earliest("pk"), net_kobo=5, settled_kobo=5
    ),
    "completed": lambda: Circle.objects.update(status="completed"),
    "shape": lambda: Contribution.objects.filter(cycle__number=2).earliest("pk").delete(),
    "calendar": lambda: Cycle.objects.filter(number=2).update(planned_due_at=DUE + timedelta(days=6)),
    "handovers": lambda: Membership.objects.update(status="replaced"),
    "charters": lambda: CharterVersion.objects.update(document="{}"),
    "histories": lambda: ContributionPayment.objects.update(amount_kobo=99_999),
    "stuck": lambda: ScheduledAct.objects.filter(state="pending").update(state="dropped"),
}


@pytest.mark.parametrize("check", BREAKAGES)
def test_each_rule_that_is_broken_is_found(circle, check):
    BREAKAGES[check]()

    assert check in broken()


def test_every_check_has_been_seen_to_find_something():
    assert {check.name for check in CHECKS} == set(BREAKAGES)


def test_the_command_names_the_circle_and_fails(circle, capsys):
    call_command("audit_circles", "--json")
    assert json.loads(capsys.readouterr().out)["findings"] == []

    Cycle.objects.filter(number=2).update(delayed_days=1)
    with pytest.raises(SystemExit) as failure:
        call_command("audit_circles", "--json")

    report = json.loads(capsys.readouterr().out)
    assert (failure.value.code, report["holds"]) == (1, False)
    assert {finding["circle"] for finding in report["findings"]} == {str(circle.pk)}


IMPOSSIBLE = {
    "slot_position_once_per_circle": lambda: Slot.objects.update(position=1),
    "contribution_never_overpaid": lambda: Contribution.objects.filter(cycle__number=1).update(paid_kobo=100_001),
    "contribution_paid_means_all_of_it": lambda: Contribution.objects.filter(cycle__number=2).update(status="paid"),
    "payout_repays_what_was_lent": lambda: Payout.objects.update(repaid_kobo=1),
    "circle_security_not_negative": lambda: Circle.objects.update(deposit_kobo=-1),
    "security_movement_is_in_the_books": lambda: SecurityMovement.objects.update(transaction_id=None),
    "security_movement_positive": lambda: SecurityMovement.objects.update(amount_kobo=0),
    "payout_never_overpaid": lambda: Payout.objects.update(paid_kobo=200_001),
    "cycle_closed_knows_when": lambda: Cycle.objects.filter(number=2).update(status="closed"),
    "cycle_moments_in_order": lambda: Cycle.objects.update(opens_at=DUE + timedelta(days=99)),
    "circle_size_in_range": lambda: Circle.objects.update(size=1),
    "circle_amount_positive": lambda: Circle.objects.update(amount_kobo=0),
    "circle_runs_only_once_locked": lambda: Circle.objects.update(locked_at=None),
    "circle_paused_knows_where_from": lambda: Circle.objects.update(status="paused"),
    "act_done_knows_when": lambda: ScheduledAct.objects.update(state="done"),
}


def provoke(constraint):
    IMPOSSIBLE[constraint]()
    with connection.cursor() as cursor:
        # What is deferred is looked at when the transaction ends; look now.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("constraint", IMPOSSIBLE)
def test_the_database_itself_refuses(circle, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        provoke(constraint)


def test_a_turn_is_paid_out_once(circle):
    first = Payout.objects.get()

    with pytest.raises(IntegrityError, match="slot_id"), transaction.atomic():
        Payout.objects.create(
            cycle=circle.cycles.get(number=2),
            slot=first.slot,
            membership=first.membership,
            amount_kobo=1,
            paid_at=DUE,
        )


def test_an_act_is_written_once(circle):
    act = circle.acts.first()

    with pytest.raises(IntegrityError, match="act_once"), transaction.atomic():
        ScheduledAct.objects.create(
            circle=circle, cycle=act.cycle, kind=act.kind, number=act.number, due_at=DUE, next_try_at=DUE
        )
