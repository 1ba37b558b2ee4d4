"""The worker's side of the inbox: one verb an event, once, and what happens when it fails."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contri.core.work import WorkState
from wallets.errors import ProviderUnavailableError
from webhooks import services
from webhooks.models import InboundEvent, Provider
from webhooks.registry import VERBS, Verb
from webhooks.tasks import work_inbox as work_inbox_task
from webhooks.tests.senders import charge_success, send_paystack

pytestmark = pytest.mark.django_db

NOON = timezone.now()


@pytest.fixture
def calls(monkeypatch):
    """What a verb registered for `test.event` was called with."""
    calls = []
    verb = Verb("tests.remember", lambda reference, at: calls.append((reference, at)))
    monkeypatch.setitem(VERBS, (Provider.PAYSTACK, "test.event"), verb)
    return calls


@pytest.fixture
def failing(monkeypatch):
    """A verb for `test.event` that raises what it is told to."""

    def fail_with(fault):
        def run(reference, at):
            raise fault

        monkeypatch.setitem(VERBS, (Provider.PAYSTACK, "test.event"), Verb("tests.fail", run))

    return fail_with


def receive(number=1, event="test.event", **data):
    send_paystack(json.dumps({"event": event, "data": {"id": number, "reference": f"ref-{number}", **data}}).encode())
    return InboundEvent.objects.get(dedupe_key=f"{event}:{number}")


def make_due():
    InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_verb_gets_the_reference_and_the_moment_and_nothing_of_the_body(calls):
    event = receive(amount=1_000_000_00)

    assert services.work_event(event_id=event.id, at=NOON)

    assert calls == [("ref-1", NOON)]
    event.refresh_from_db()
    assert (event.state, event.handled_by, event.attempts) == (WorkState.DONE, "tests.remember", 1)


def test_an_event_is_worked_off_once(calls):
    event = receive()

    assert services.work_event(event_id=event.id, at=NOON)
    assert not services.work_event(event_id=event.id, at=NOON)
    assert services.work_inbox(at=NOON) == 0
    receive()
    assert services.work_inbox(at=NOON) == 0

    assert len(calls) == 1


def test_a_sweep_works_off_everything_that_is_due(calls):
    for number in (1, 2, 3):
        receive(number)

    assert services.work_inbox(at=NOON) == 3

    assert [reference for reference, _ in calls] == ["ref-1", "ref-2", "ref-3"]


def test_the_workers_task_takes_one_event_or_all(calls):
    first, _ = receive(1), receive(2)

    work_inbox_task(str(first.id))
    assert [reference for reference, _ in calls] == ["ref-1"]
    work_inbox_task()
    assert [reference for reference, _ in calls] == ["ref-1", "ref-2"]


def test_an_event_that_we_do_not_know_is_kept_without_effect(calls):
    event = receive(event="invoice.create")

    assert services.work_event(event_id=event.id, at=NOON)

    event.refresh_from_db()
    assert (event.state, event.handled_by) == (WorkState.DONE, "")
    assert calls == []


def test_an_event_that_names_no_reference_is_left_to_a_person(calls):
    event = receive(reference="")

    assert not services.work_event(event_id=event.id, at=NOON)

    event.refresh_from_db()
    assert (event.state, event.last_error) == (WorkState.NEEDS_REVIEW, "names no reference")


def test_a_provider_that_does_not_answer_makes_an_event_wait(failing, calls):
    failing(ProviderUnavailableError("no answer in 10 s"))
    event = receive()

    assert not services.work_event(event_id=event.id, at=NOON)

    event.refresh_from_db()
    assert (event.state, event.last_error) == (WorkState.READY, "provider_unavailable: no answer in 10 s")
    assert event.due_at > timezone.now()


def test_a_bad_event_holds_none_of_the_others_up(failing, monkeypatch):
    failing(RuntimeError("a bug of ours about ada@example.com"))
    seen = []
    monkeypatch.setitem(VERBS, (Provider.PAYSTACK, "good.event"), Verb("tests.good", lambda ref, at: seen.append(ref)))
    bad = receive(1)
    receive(2, event="good.event")

    assert services.work_inbox(at=NOON) == 1

    bad.refresh_from_db()
    assert seen == ["ref-2"]
    # Only the name of the fault is kept: its text may quote anything.
    assert (bad.state, bad.last_error) == (WorkState.READY, "RuntimeError")


def test_after_the_last_try_a_person_is_asked_and_a_replay_starts_over(failing, calls, monkeypatch):
    failing(ProviderUnavailableError())
    event = receive()
    InboundEvent.objects.update(attempts=InboundEvent.attempt_cap - 1)

    services.work_inbox(at=NOON)
    event.refresh_from_db()
    assert event.state == WorkState.NEEDS_REVIEW
    make_due()
    assert services.work_inbox(at=NOON) == 0

    monkeypatch.setitem(
        VERBS, (Provider.PAYSTACK, "test.event"), Verb("tests.remember", lambda ref, at: calls.append(ref))
    )
    services.replay_event(actor=None, event_id=event.id, reason="it woke up")
    assert services.work_inbox(at=NOON) == 1
    assert calls == ["ref-1"]


def test_a_worker_that_died_leaves_the_event_to_the_next(calls):
    event = receive()
    InboundEvent.objects.update(attempts=1, due_at=timezone.now() + timedelta(seconds=60))
    assert services.work_inbox(at=NOON) == 0

    make_due()
    assert services.work_inbox(at=NOON) == 1

    event.refresh_from_db()
    assert (event.state, event.attempts) == (WorkState.DONE, 2)


def test_an_idle_sweep_is_one_question(django_assert_num_queries):
    with django_assert_num_queries(3):  # savepoint, what is due, release
        services.work_inbox(at=NOON)


def test_every_event_that_moves_money_or_identity_has_its_verb():
    assert {key: verb.name for key, verb in VERBS.items()} == {
        ("paystack", "charge.success"): "wallets.settle_deposit",
        ("paystack", "transfer.success"): "wallets.resolve_withdrawal",
        ("paystack", "transfer.failed"): "wallets.resolve_withdrawal",
        ("paystack", "transfer.reversed"): "wallets.resolve_withdrawal",
        ("paystack", "refund.processed"): "wallets.resolve_refunds",
        ("paystack", "refund.failed"): "wallets.resolve_refunds",
        ("paystack", "refund.needs-attention"): "wallets.resolve_refunds",
        ("paystack", "charge.dispute.create"): "wallets.review_dispute",
        ("paystack", "charge.dispute.remind"): "wallets.review_dispute",
        ("paystack", "charge.dispute.resolve"): "wallets.review_dispute",
        ("flutterwave", "charge.completed"): "wallets.settle_deposit",
        ("flutterwave", "transfer.completed"): "wallets.resolve_withdrawal",
        ("smileid", "job.result"): "accounts.resolve_identity_check",
    }


@pytest.mark.django_db(transaction=True)
def test_an_event_is_worked_off_only_after_it_is_written_down(monkeypatch):
    """The nudge goes out after commit, with the id only; a repeated event nudges nobody."""
    nudged = []
    monkeypatch.setattr(work_inbox_task, "apply_async", lambda args, **_: nudged.append(args))

    send_paystack(charge_success())
    send_paystack(charge_success())

    assert nudged == [(str(InboundEvent.objects.get().id),)]
