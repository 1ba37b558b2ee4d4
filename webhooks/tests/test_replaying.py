"""Replaying events: by staff, with a reason, on record; by command."""

import json
from html import unescape
from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.work import WorkState
from webhooks import services
from webhooks.errors import EventNotFoundError
from webhooks.models import InboundEvent, Provider
from webhooks.registry import VERBS, Verb
from webhooks.tests.senders import send_paystack

pytestmark = pytest.mark.django_db

CHANGELIST = "/admin/webhooks/inboundevent/"


@pytest.fixture
def calls(monkeypatch):
    """What a verb registered for `test.event` was called with; a reference that says so makes it fail."""
    calls = []

    def run(reference, at):
        calls.append(reference)
        if reference == "bad":
            raise RuntimeError

    monkeypatch.setitem(VERBS, (Provider.PAYSTACK, "test.event"), Verb("tests.remember", run))
    return calls


def receive(reference="good"):
    send_paystack(json.dumps({"event": "test.event", "data": {"id": reference, "reference": reference}}).encode())
    return InboundEvent.objects.get(reference=reference)


def staff_with(*permissions):
    staff = UserFactory.create(is_staff=True)
    names = ("view_inboundevent", *permissions)
    staff.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(staff)
    return staff, client


def replay(client, event, reason="the provider was away"):
    chosen = {"action": "replay", "reason": reason, "_selected_action": [str(event.id)]}
    return client.post(CHANGELIST, chosen, follow=True)


def test_staff_can_replay_an_event_with_a_reason_and_it_is_on_record(calls):
    event = receive()
    services.work_inbox(at=timezone.now())
    staff, client = staff_with("replay_event")

    assert "Done for 1." in replay(client, event).content.decode()

    entry = LogEntry.objects.get()
    said = json.loads(entry.change_message)
    assert (entry.user_id, entry.object_id) == (staff.id, str(event.id))
    assert (said["what"], said["reason"]) == ("replayed the event", "the provider was away")
    services.work_inbox(at=timezone.now())
    assert calls == ["good", "good"]


def test_without_a_reason_nothing_is_replayed(calls):
    event = receive()
    services.work_inbox(at=timezone.now())
    _, client = staff_with("replay_event")

    assert "Say why" in replay(client, event, reason=" ").content.decode()

    event.refresh_from_db()
    assert event.state == WorkState.DONE
    assert not LogEntry.objects.exists()


def test_staff_without_the_permission_can_look_and_not_replay(calls):
    event = receive()
    services.work_inbox(at=timezone.now())
    _, client = staff_with()

    assert client.get(CHANGELIST).status_code == 200
    assert client.get(f"{CHANGELIST}{event.id}/change/").status_code == 200
    replay(client, event)

    event.refresh_from_db()
    assert event.state == WorkState.DONE
    assert not LogEntry.objects.exists()


def test_reading_a_raw_body_needs_its_permission_and_a_reason_and_goes_on_record():
    event = receive()
    staff, permitted = staff_with("view_raw_body")
    _, others = staff_with()
    address = f"{CHANGELIST}{event.id}/reveal/"

    assert others.post(address, {"reason": "curious"}).status_code == 403
    assert event.body not in unescape(permitted.post(address, {"reason": " "}).text)
    assert not LogEntry.objects.exists()
    answer = permitted.post(address, {"reason": "the amounts differ"})

    assert (answer.status_code, event.body in unescape(answer.text)) == (200, True)
    assert "no-store" in answer["Cache-Control"]
    entry = LogEntry.objects.get()
    assert (entry.user_id, json.loads(entry.change_message)["reason"]) == (staff.id, "the amounts differ")


def test_the_page_of_an_event_does_not_show_its_body():
    event = receive("sensitive-reference")
    _, client = staff_with("view_raw_body")

    page = client.get(f"{CHANGELIST}{event.id}/change/").content.decode()

    assert "sensitive-reference" in page
    assert event.body not in unescape(page)


def run(*arguments):
    output = StringIO()
    try:
        call_command("replay_webhook", *arguments, stdout=output)
    except SystemExit as ended:
        return output.getvalue(), ended.code
    return output.getvalue(), 0


def test_the_command_replays_one_event(calls):
    event = receive()
    services.work_inbox(at=timezone.now())

    output, code = run(str(event.id), "--json")

    assert code == 0
    assert json.loads(output) == [
        {
            "id": str(event.id),
            "provider": "paystack",
            "event": "test.event",
            "reference": "good",
            "state": "done",
            "last_error": "",
        }
    ]
    assert calls == ["good", "good"]


def test_the_command_replays_all_that_failed_and_says_when_one_fails_again(calls):
    receive("good"), receive("bad")
    InboundEvent.objects.update(state=WorkState.NEEDS_REVIEW)

    output, code = run("--failed")

    assert code == 1
    assert calls == ["good", "bad"]
    assert "bad  ready  RuntimeError" in output
    assert output.endswith("2 event(s)\n")


def test_a_dry_run_changes_nothing(calls):
    event = receive()
    InboundEvent.objects.update(state=WorkState.NEEDS_REVIEW)

    output, code = run("--failed", "--dry-run")

    assert (code, calls) == (0, [])
    assert str(event.id) in output
    assert not LogEntry.objects.exists()


def test_an_event_that_is_not_there_is_said_to_be_so():
    with pytest.raises(CommandError, match="no such event"):
        run(str(uuid4()))

    with pytest.raises(EventNotFoundError):
        services.replay_event(actor=None, event_id=uuid4(), reason="why")
