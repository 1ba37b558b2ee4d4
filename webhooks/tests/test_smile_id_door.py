"""POST /webhooks/smileid: a signature that does not cover the body, and what makes up for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services import callback_token
from webhooks.models import InboundEvent, UsedSignature, WebhookRefusal
from webhooks.tests.senders import SMILE_ID, callback, send_smile_id

pytestmark = pytest.mark.django_db


def assert_turned_away(answer):
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    assert WebhookRefusal.objects.get().count == 1


def test_a_callback_is_written_down_first_and_answered_200():
    body = callback("contri-job-7")

    answer = send_smile_id(body)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    event = InboundEvent.objects.get()
    assert (event.provider, event.event, event.reference) == ("smileid", "job.result", "contri-job-7")
    assert event.body.encode() == body
    assert b"22212345678" not in bytes(event.sealed_body or b"")


def test_the_same_callback_again_is_answered_200_and_only_counted():
    body = callback()

    assert [send_smile_id(body).status_code for _ in range(3)] == [200, 200, 200]

    assert InboundEvent.objects.get().deliveries == 3


def test_a_used_signature_is_no_good_for_another_body():
    at = timezone.now()
    send_smile_id(callback("contri-job-1", at))

    answer = send_smile_id(callback("contri-job-2", at))

    assert_turned_away(answer)
    assert InboundEvent.objects.get().reference == "contri-job-1"


def test_a_body_that_was_altered_after_its_first_use_is_turned_away():
    at = timezone.now()
    send_smile_id(callback(at=at))

    assert_turned_away(send_smile_id(callback(at=at, ResultCode="1022")))


def test_provisional_and_final_are_two_callbacks_of_one_job():
    at = timezone.now()

    for seconds, code in ((0, "0812"), (1, "1020")):
        assert send_smile_id(callback(at=at + timedelta(seconds=seconds), ResultCode=code)).status_code == 200

    assert InboundEvent.objects.count() == 2


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365])
def test_an_old_or_future_timestamp_is_turned_away(minutes):
    assert_turned_away(send_smile_id(callback(at=timezone.now() + timedelta(minutes=minutes))))


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "bm9uc2Vuc2U="},
        {"signature": ""},
        {"signature": None},
        {"signature": 7},
        {"signature": "é"},
        {"timestamp": "2026-11-20T09:15:04.000Z"},
        {"timestamp": None},
        {"timestamp": ["x"]},
    ],
)
def test_what_is_not_signed_by_them_is_turned_away(changes):
    assert_turned_away(send_smile_id(callback(**changes)))

    assert not InboundEvent.objects.exists()
    assert not UsedSignature.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_what_cannot_be_read_is_not_signed_either(body):
    assert_turned_away(send_smile_id(body))


@pytest.mark.parametrize("params", [{}, None, [], {"job_id": 7}, {"job_id": ""}, {"job_id": "\x00"}])
def test_signed_without_a_job_is_400_and_nothing_is_kept(params):
    answer = send_smile_id(callback(PartnerParams=params))

    assert (answer.status_code, answer.json()["code"]) == (400, "event_unreadable")
    assert not InboundEvent.objects.exists()


def test_a_photo_of_a_megabyte_and_a_half_comes_through_and_more_than_two_does_not():
    assert send_smile_id(callback(Photo="x" * 1_500_000)).status_code == 200
    assert send_smile_id(callback(Photo="x" * 2_100_000)).status_code == 413


def test_a_jobs_own_address_takes_that_job_only():
    address = f"{SMILE_ID}/{callback_token('contri-job-1')}"

    assert send_smile_id(callback("contri-job-1"), address).status_code == 200
    assert_turned_away(send_smile_id(callback("contri-job-2"), address))


@pytest.mark.parametrize("token", ["x", "%C3%A9", "0" * 64])
def test_a_made_up_address_takes_nothing(token):
    assert_turned_away(send_smile_id(callback(), f"{SMILE_ID}/{token}"))

    assert not InboundEvent.objects.exists()


def test_signatures_that_are_long_past_are_not_kept():
    UsedSignature.objects.create(
        signature_hash=b"old", body_hash=b"x", used_at=timezone.now() - timedelta(hours=1, seconds=1)
    )
    UsedSignature.objects.create(signature_hash=b"recent", body_hash=b"x", used_at=timezone.now())

    send_smile_id(callback())

    assert UsedSignature.objects.count() == 2
    assert not UsedSignature.objects.filter(signature_hash=b"old").exists()
