"""What staff may do to people, by verb and through the admin."""

import json
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.errors import (
    AlreadyBannedError,
    LimitsInThePastError,
    NotBannedError,
    ReasonRequiredError,
    ReviewNotPossibleError,
)
from accounts.models import TierRule, User
from accounts.services import ask_limits, ban_user, grant_tier_3, unban_user, vouch_for_address
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tiers import TierLimits, forget_rules, limits_of_tier
from contri.core.models import StaffRequest
from contri.core.two_people import SamePersonError, approve

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ada():
    return UserFactory.create(email="ada@example.ng")


@pytest.fixture
def staff():
    return UserFactory.create(email="staff@example.ng", is_staff=True)


@pytest.fixture
def desk(staff):
    """The admin, signed in to as a superuser."""
    User.objects.filter(pk=staff.pk).update(is_superuser=True)
    client = Client()
    assert client.login(username="staff@example.ng", password=PASSWORD)
    return client


def test_a_ban_ends_every_session_at_once_and_lifting_it_lets_them_log_in_again(ada, staff, signed_in, api):
    phone = signed_in(ada)

    ban_user(actor=staff, user_id=ada.pk, reason="fraud", at=NOW)
    assert phone.get("/api/v1/users/me").status_code == 401

    unban_user(actor=staff, user_id=ada.pk, reason="it was not")
    assert phone.get("/api/v1/users/me").status_code == 401
    assert api.post("/api/v1/auth/login", {"email": ada.email, "password": PASSWORD}).status_code == 200


def test_each_act_of_staff_is_in_the_audit_trail_with_its_reason(ada, staff):
    ban_user(actor=staff, user_id=ada.pk, reason="fraud", at=NOW)
    unban_user(actor=staff, user_id=ada.pk, reason="it was not")

    trail = [json.loads(entry.change_message) for entry in LogEntry.objects.filter(user=staff).order_by("pk")]
    assert [(entry["what"], entry["reason"]) for entry in trail] == [
        ("banned", "fraud"),
        ("lifted the ban", "it was not"),
    ]


def test_what_is_so_already_is_refused(ada, staff):
    with pytest.raises(NotBannedError):
        unban_user(actor=staff, user_id=ada.pk, reason="x")
    ban_user(actor=staff, user_id=ada.pk, reason="x", at=NOW)
    with pytest.raises(AlreadyBannedError):
        ban_user(actor=staff, user_id=ada.pk, reason="x", at=NOW)


def test_nothing_is_done_without_a_reason(ada, staff):
    with pytest.raises(ReasonRequiredError):
        ban_user(actor=staff, user_id=ada.pk, reason="  ", at=NOW)
    assert User.objects.get(pk=ada.pk).is_active


def test_an_address_is_verified_on_staffs_word(staff):
    waiting = UserFactory.create(verified=False)

    assert vouch_for_address(actor=staff, user_id=waiting.pk, reason="telephoned", at=NOW).is_verified


@pytest.mark.parametrize("tier", [0, 1, 3])
def test_tier_3_comes_on_top_of_tier_2_only(staff, tier):
    person = UserFactory.create(tier=tier)

    with pytest.raises(ReviewNotPossibleError):
        grant_tier_3(actor=staff, user_id=person.pk, reason="x")
    assert grant_tier_3(actor=staff, user_id=UserFactory.create(tier=2).pk, reason="x").kyc_tier == 3


def asked(staff, day, limits):
    return ask_limits(actor=staff, tier=1, effective_from=day, limits=limits, reason="the regulator's letter", at=NOW)


def test_new_limits_hold_from_a_coming_day_on_once_two_people_said_so(staff, django_capture_on_commit_callbacks):
    tighter = TierLimits(1, 2, 3, can_withdraw=False)
    request = asked(staff, date(2099, 1, 1), tighter)
    assert limits_of_tier(1, on=date(2099, 1, 1)).deposit_kobo == 5_000_000

    with django_capture_on_commit_callbacks(execute=True):
        approve(actor=UserFactory.create(), request_id=request.pk, reason="read it", at=NOW)

    assert limits_of_tier(1, on=date(2098, 12, 31)).deposit_kobo == 5_000_000
    assert limits_of_tier(1, on=date(2099, 1, 1)) == tighter
    forget_rules()


def test_whoever_asked_for_limits_cannot_approve_them(staff):
    request = asked(staff, date(2099, 1, 1), TierLimits(1, 2, 3, can_withdraw=False))

    with pytest.raises(SamePersonError):
        approve(actor=staff, request_id=request.pk, reason="mine", at=NOW)
    assert not TierRule.objects.filter(effective_from=date(2099, 1, 1)).exists()


def test_the_database_itself_takes_no_limits_without_an_approved_request(staff):
    with pytest.raises(IntegrityError, match="tier_rule_by_two"), transaction.atomic():
        TierRule.objects.create(tier=1, effective_from=date(2099, 1, 1), can_withdraw=True)

    request = asked(staff, date(2099, 1, 1), TierLimits(1, 2, 3, can_withdraw=False))
    with transaction.atomic():
        rule = TierRule.objects.create(tier=1, effective_from=date(2099, 1, 1), can_withdraw=True, request=request)
        with pytest.raises(DatabaseError, match="takes two people"), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    assert not TierRule.objects.filter(pk=rule.pk).exists()


def test_the_database_itself_takes_only_the_limits_that_two_people_decided(staff):
    request, other = asked(staff, date(2099, 1, 1), TierLimits(1, 2, 3, can_withdraw=False)), UserFactory.create()
    StaffRequest.objects.filter(pk=request.pk).update(status="approved", decided_by=other, decided_at=NOW)
    said = {"tier": 1, "deposit_kobo": 1, "balance_kobo": 2, "daily_outflow_kobo": 3, "can_withdraw": False}

    def rule(day, **other):
        return TierRule(effective_from=day, request=request, **(said | other))

    refused_at_commit(rule(date(2099, 1, 1), deposit_kobo=None).save)
    refused_at_commit(rule(date(2098, 1, 1)).save)
    refused_at_commit(lambda: TierRule.objects.filter(tier=1).update(daily_outflow_kobo=None))
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        TierRule.objects.filter(tier=1).delete()
    committed(rule(date(2099, 1, 1)).save)


def committed(act):
    """Do it, and have what is checked at commit checked now."""
    with transaction.atomic(), connection.cursor() as cursor:
        act()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_at_commit(act):
    with pytest.raises(DatabaseError, match="takes two people"):
        committed(act)


def test_limits_cannot_change_backwards(staff):
    with pytest.raises(LimitsInThePastError):
        asked(staff, date(2026, 1, 1), TierLimits(1, 2, 3, can_withdraw=False))


# --- the admin


@pytest.mark.parametrize("page", ["user", "identitycheck", "session", "tierrule"])
def test_every_list_of_the_admin_opens(desk, ada, page):
    assert desk.get(f"/admin/accounts/{page}/").status_code == 200


def test_a_person_can_be_looked_at_and_not_edited(desk, ada):
    page = desk.get(f"/admin/accounts/user/{ada.pk}/change/")

    assert (page.status_code, 'name="email"' in page.text, "argon2" in page.text) == (200, False, False)


def test_an_action_bans_with_a_reason(desk, ada):
    chosen = {"action": "ban", "_selected_action": [str(ada.pk)]}

    desk.post("/admin/accounts/user/", chosen)
    assert User.objects.get(pk=ada.pk).banned_at is None

    desk.post("/admin/accounts/user/", {**chosen, "reason": "fraud"})
    assert User.objects.get(pk=ada.pk).banned_at is not None


def test_staff_without_the_permission_are_not_offered_the_action(ada, staff):
    staff.user_permissions.add(Permission.objects.get(codename="view_user"))
    client = Client()
    client.login(username="staff@example.ng", password=PASSWORD)

    client.post("/admin/accounts/user/", {"action": "ban", "_selected_action": [str(ada.pk)], "reason": "spite"})

    assert User.objects.get(pk=ada.pk).is_active


def test_limits_are_asked_for_through_the_admin(desk):
    body = {"tier": 1, "effective_from": "2099-01-01", "deposit_kobo": 100, "can_withdraw": "on", "reason": "a letter"}

    assert desk.post("/admin/accounts/tierrule/add/", {**body, "effective_from": "2020-01-01"}).status_code == 200
    assert desk.post("/admin/accounts/tierrule/add/", {**body, "reason": ""}).status_code == 200
    assert desk.post("/admin/accounts/tierrule/add/", body).status_code == 302

    assert [request.terms for request in StaffRequest.objects.all()] == [
        {
            "tier": 1,
            "effective_from": "2099-01-01",
            "deposit_kobo": 100,
            "balance_kobo": None,
            "daily_outflow_kobo": None,
            "can_withdraw": True,
        }
    ]
    assert not TierRule.objects.filter(effective_from=date(2099, 1, 1)).exists()
