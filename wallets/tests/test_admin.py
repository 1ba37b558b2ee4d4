"""The admin of money: it shows everything, and changes nothing but by a verb with a reason."""

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from contri.core.admin import ReadOnlyAdmin
from contri.core.models import StaffRequest
from contri.core.work import WorkState
from wallets.models import BankAccount, Dispute, SuspenseItem, Withdrawal
from wallets.providers.base import Charge
from wallets.services import request_withdrawal
from wallets.services.incoming import book_stray
from wallets.tests.factories import fund, link_bank, spendable

pytestmark = pytest.mark.django_db
OURS = [model for model in site._registry if model._meta.app_label == "wallets"]


@pytest.fixture
def staff(client):
    """Signs staff in; `staff("confirm_bankaccount")` with a permission."""

    def sign_in(*codenames):
        person = UserFactory.create(is_staff=True)
        view = [p for p in Permission.objects.filter(content_type__app_label="wallets") if "view_" in p.codename]
        person.user_permissions.set([*view, *Permission.objects.filter(codename__in=codenames)])
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def withdrawal(pin_token):
    ada = UserFactory.create(tier=1)
    fund(ada, 10_000_00)
    return request_withdrawal(
        actor=ada,
        bank_account_id=link_bank(ada).pk,
        amount_kobo=3_000_00,
        pin_token=pin_token(ada),
        at=timezone.now(),
    )


def test_every_page_of_money_is_read_only():
    assert len(OURS) >= 10
    assert all(isinstance(site._registry[model], ReadOnlyAdmin) for model in OURS)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_and_row_can_be_looked_at(staff, withdrawal, model):
    browser, name = staff(), model._meta.model_name

    assert browser.get(f"/admin/wallets/{name}/").status_code == 200
    for row in model.objects.all()[:1]:
        page = browser.get(f"/admin/wallets/{name}/{row.pk}/change/")
        assert page.status_code == 200
        assert "0123456784" not in page.content.decode()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_nothing_can_be_added_or_deleted_even_by_a_superuser(client, model):
    root = User.objects.create_superuser("root@contri.test", "x", first_name="R", last_name="T")
    client.force_login(root)

    assert client.get(f"/admin/wallets/{model._meta.model_name}/add/").status_code == 403


def act(browser, model, action, row, *, reason="because", email="", otp="", follow=False):
    return browser.post(
        f"/admin/wallets/{model._meta.model_name}/",
        {"action": action, "_selected_action": [str(row.pk)], "reason": reason, "email": email, "otp": otp},
        follow=follow,
    )


def test_a_pending_bank_name_is_confirmed_with_a_reason_on_record(staff):
    account = link_bank(UserFactory.create(), status=BankAccount.Status.PENDING)
    act(staff("confirm_bankaccount"), BankAccount, "confirm", account, reason="saw the statement")

    account.refresh_from_db()
    assert account.status == BankAccount.Status.VERIFIED
    assert "saw the statement" in LogEntry.objects.get(object_id=str(account.pk)).change_message


@pytest.mark.parametrize(("permissions", "reason"), [((), "because"), (("confirm_bankaccount",), "")])
def test_without_the_permission_or_a_reason_nothing_is_confirmed(staff, permissions, reason):
    account = link_bank(UserFactory.create(), status=BankAccount.Status.PENDING)
    act(staff(*permissions), BankAccount, "confirm", account, reason=reason)

    account.refresh_from_db()
    assert account.status == BankAccount.Status.PENDING


def test_a_stuck_withdrawal_is_tried_again(staff, withdrawal):
    Withdrawal.objects.update(state=WorkState.NEEDS_REVIEW, attempts=200)
    act(staff("retry_withdrawal"), Withdrawal, "try_again", withdrawal)

    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.attempts) == (WorkState.READY, 0)


def test_a_withdrawal_under_way_is_left_alone(staff, withdrawal):
    Withdrawal.objects.update(attempts=3)
    act(staff("retry_withdrawal"), Withdrawal, "try_again", withdrawal)

    withdrawal.refresh_from_db()
    assert withdrawal.attempts == 3


def test_a_stuck_dispute_is_asked_about_again(staff):
    stuck = {"state": WorkState.NEEDS_REVIEW, "attempts": Dispute.attempt_cap}
    dispute = Dispute.objects.create(provider="paystack", code="7", reference="r", amount_kobo=100, **stuck)
    act(staff("contest_dispute"), Dispute, "try_again", dispute)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.attempts) == (WorkState.NEEDS_REVIEW, Dispute.attempt_cap)

    act(staff("retry_dispute"), Dispute, "try_again", dispute)

    dispute.refresh_from_db()
    assert (dispute.state, dispute.attempts) == (WorkState.READY, 0)


def approve(browser, request, action="approve", reason="seen it", *, follow=False):
    return browser.post(
        "/admin/core/staffrequest/",
        {"action": action, "_selected_action": [str(request.pk)], "reason": reason},
        follow=follow,
    )


def test_money_in_suspense_takes_two_people_of_staff(staff, client):
    ada = UserFactory.create(tier=1)
    item = suspense_item()

    act(staff("ask_credit_suspenseitem", "view_staffrequest"), SuspenseItem, "ask_credit", item, email=ada.email)
    asked = StaffRequest.objects.get()
    approve(client, asked)
    assert spendable(ada) == 0
    approve(staff("approve_credit_suspenseitem", "view_staffrequest"), asked)

    assert spendable(ada) == 4_900_00


def test_whoever_asked_is_told_that_somebody_else_must_approve(staff, client):
    ada = UserFactory.create(tier=1)
    item = suspense_item()
    both = staff("ask_credit_suspenseitem", "approve_credit_suspenseitem", "view_staffrequest")

    act(both, SuspenseItem, "ask_credit", item, email=ada.email)
    page = approve(client, StaffRequest.objects.get(), follow=True)

    assert "Whoever asked cannot decide" in page.content.decode()
    assert spendable(ada) == 0


def test_each_kind_is_approved_with_its_own_permission(staff):
    ada = UserFactory.create(tier=1)
    act(staff("ask_credit_suspenseitem"), SuspenseItem, "ask_credit", suspense_item(), email=ada.email)
    asked = StaffRequest.objects.get()

    approve(staff("view_staffrequest", "approve_reverse_transaction"), asked)
    assert spendable(ada) == 0
    approve(staff("view_staffrequest", "approve_credit_suspenseitem"), asked, "decline")

    asked.refresh_from_db()
    assert (asked.status, spendable(ada)) == ("declined", 0)


@transaction.atomic
def suspense_item():
    """₦4,900 that arrived under a reference of nobody's."""
    charge = Charge(
        reference="stray",
        amount=4_900_00,
        requested_amount=4_900_00,
        currency="NGN",
        is_of_this_environment=True,
        fee=0,
    )
    return book_stray(charge, provider="paystack", at=timezone.now())
