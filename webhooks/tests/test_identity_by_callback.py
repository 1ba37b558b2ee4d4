"""Identity that callbacks tell of: the callback makes us ask, the answer decides."""

from datetime import date

import pytest
from django.utils import timezone

import accounts.services
from accounts.models import CheckStatus, IdentityCheck, IdType
from accounts.tests.factories import UserFactory
from webhooks import services
from webhooks.models import InboundEvent
from webhooks.tests.senders import callback, send_smile_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(sandbox):
    """Ada's BVN, handed in at Smile ID."""
    claim = accounts.services.Claim(
        id_type=IdType.BVN,
        id_number="22212345678",
        first_name="Ada",
        last_name="Okafor",
        date_of_birth=date(1994, 3, 2),
    )
    check = accounts.services.start_identity_check(
        actor=UserFactory.create(first_name="Ada", last_name="Okafor"), claim=claim
    )
    accounts.services.work_identity_checks()
    return check


def status_of(check):
    return IdentityCheck.objects.values_list("status", flat=True).get(pk=check.pk)


def test_smile_ids_callback_comes_to_the_jobs_own_address_and_ends_the_check(sandbox, check):
    sandbox.flush()
    (webhook,) = sandbox.new_webhooks()
    address = webhook.url.partition("://")[2].partition("/")[2]
    assert address == f"api/v1/webhooks/smileid/{accounts.services.callback_token(check.job_id)}"

    assert send_smile_id(webhook.body, f"/{address}").status_code == 200
    assert services.work_inbox(at=timezone.now()) == 1

    assert status_of(check) == CheckStatus.APPROVED
    assert InboundEvent.objects.get().handled_by == "accounts.resolve_identity_check"


def test_a_callback_alone_is_never_believed(sandbox, check):
    """Signed well, says that the number is proved; Smile ID, asked, is still at it."""
    assert send_smile_id(callback(check.job_id, ResultCode="1020")).status_code == 200
    services.work_inbox(at=timezone.now())

    assert status_of(check) == CheckStatus.PENDING


def test_a_callback_about_a_job_of_nobodys_changes_nothing(check):
    send_smile_id(callback("contri-nobodys"))

    assert services.work_inbox(at=timezone.now()) == 1
    assert status_of(check) == CheckStatus.PENDING
