"""The audit trail: what it keeps, that nobody can change it, and that a change made all the same shows."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from contri.core import audit
from contri.core.audit_chain import audit_trail_tampering, chain_all, chain_audit
from contri.core.context import call_context
from contri.core.locking import lock_row
from contri.core.models import AuditLink, AuditUnchained

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail():
    """Three chained rows."""
    ada = UserFactory.create()
    for what in ("one", "two", "three"):
        audit.record(ada, ada, what)
    chain_all()
    return list(LogEntry.objects.order_by("pk"))


def by_force(sql, *parameters):
    """What the database's administrator could do: switch the guards off first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("django_admin_log", "audit_link"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("django_admin_log", "audit_link"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def findings():
    return [(found.entry, found.finding) for found in audit_trail_tampering()]


def test_a_row_tells_who_what_why_from_where_and_what_it_was_before():
    ada, staff = UserFactory.create(), UserFactory.create()
    locked = lock_row(User.objects.all(), ada.pk)
    locked.kyc_tier, locked.first_name, locked.email = 2, "Adaeze", "other@example.ng"

    with call_context(request_id="request-77", address="192.0.2.1"):
        audit.record(staff, locked, "looked again", reason="letter")

    entry = LogEntry.objects.get()
    assert (entry.user_id, entry.object_id) == (staff.pk, str(ada.pk))
    assert audit.details_of(entry) == {
        "what": "looked again",
        "request_id": "request-77",
        "address": "192.0.2.1",
        "reason": "letter",
        "before": {"kyc_tier": 0},
        "after": {"kyc_tier": 2},
    }, "names and addresses are personal: that they changed is nobody's business here"


def test_moments_and_references_are_kept_as_text():
    ada, host = UserFactory.create(), UserFactory.create()
    locked = lock_row(User.objects.all(), ada.pk)
    locked.banned_at, locked.referred_by = datetime(2027, 1, 4, 17, tzinfo=UTC), host

    audit.record(None, locked, "banned")

    assert audit.details_of(LogEntry.objects.get())["after"] == {
        "banned_at": "2027-01-04T17:00:00Z",
        "referred_by": str(host.pk),
    }


def test_a_row_that_was_not_locked_says_nothing_of_changes():
    ada = UserFactory.create()
    ada.kyc_tier = 2

    audit.record(None, ada, "looked")

    assert audit.details_of(LogEntry.objects.get()).keys() == {"what", "request_id", "address"}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE django_admin_log SET change_message = 'nothing'",
        "DELETE FROM django_admin_log",
        "UPDATE audit_link SET digest = ''",
        "DELETE FROM audit_link",
    ],
)
def test_nobody_changes_or_deletes_a_row(trail, sql):
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert list(LogEntry.objects.order_by("pk")) == trail


def test_every_row_is_chained_once_and_the_chain_holds(trail):
    assert (chain_audit(), AuditUnchained.objects.count()) == (0, 0)
    assert list(AuditLink.objects.order_by("pk").values_list("pk", "entry_id")) == [
        (position, entry.pk) for position, entry in enumerate(trail, start=1)
    ]
    assert findings() == []


def test_a_row_that_commits_late_still_gets_its_link(trail):
    by_force("INSERT INTO django_admin_log SELECT 1000, action_time, object_id, object_repr, action_flag,"
             " change_message, content_type_id, user_id FROM django_admin_log LIMIT 1")  # fmt: skip
    AuditUnchained.objects.create(pk=1000)
    chain_all()
    audit.record(None, UserFactory.create(), "of a lower number, and later")

    assert (chain_all(), findings()) == (1, [])


def test_a_changed_row_shows_and_only_that_one(trail):
    by_force("UPDATE django_admin_log SET object_repr = 'somebody else' WHERE id = %s", trail[1].pk)

    assert findings() == [(trail[1].pk, "the row, or its link, was changed")]


def test_a_row_taken_away_shows(trail):
    by_force("DELETE FROM django_admin_log WHERE id = %s", trail[1].pk)

    assert findings() == [(trail[1].pk, "the row is gone")]


def test_a_row_taken_away_with_its_link_shows(trail):
    by_force("DELETE FROM django_admin_log WHERE id = %s", trail[1].pk)
    by_force("DELETE FROM audit_link WHERE entry_id = %s", trail[1].pk)

    assert findings() == [(trail[2].pk, "links 2 to 2 are missing")]


def test_a_row_taken_away_before_it_was_chained_shows(trail):
    audit.record(None, UserFactory.create(), "four")
    entry = LogEntry.objects.latest("pk").pk
    by_force("DELETE FROM django_admin_log WHERE id = %s", entry)

    assert (chain_all(), findings()) == (0, [(entry, "the row was taken away before it was chained")])


def test_a_row_slipped_in_shows(trail):
    by_force("INSERT INTO django_admin_log SELECT 1000, action_time, object_id, object_repr, action_flag,"
             " change_message, content_type_id, user_id FROM django_admin_log LIMIT 1")  # fmt: skip

    assert findings() == [(1000, "the row is in no chain and does not wait for one")]


def test_the_command_says_so_and_compares_with_a_link_kept_elsewhere(trail):
    newest = AuditLink.objects.latest("pk")
    kept = f"{newest.position}:{bytes(newest.digest).hex()}"

    assert verify("--kept", kept) == {
        "is_intact": True,
        "chained": 3,
        "digest": bytes(newest.digest).hex(),
        "waiting": 0,
        "findings": [],
    }
    by_force("DELETE FROM audit_link WHERE position = 3")
    by_force("DELETE FROM django_admin_log WHERE id = %s", trail[2].pk)
    assert verify()["is_intact"], "an end that was cut off leaves a shorter chain that holds"
    assert verify("--kept", kept)["findings"] == [
        {"position": 3, "entry": 0, "finding": "the link that was kept is not in the chain"}
    ]


def verify(*options):
    output = StringIO()
    with suppress(SystemExit):
        call_command("verify_audit", "--json", *options, stdout=output)
    return json.loads(output.getvalue())
