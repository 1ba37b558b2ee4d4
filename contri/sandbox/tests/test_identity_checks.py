"""Smile ID: signatures, results by number, callbacks."""

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime

import httpx
import pytest

from contri.sandbox.smileid.signature import sign

JOB = "kyc-7c9e6679-0002"
BVN = "22212345678"


def signature_of(timestamp):
    message = f"{timestamp}{os.environ['SMILE_ID_PARTNER_ID']}sid_request".encode()
    digest = hmac.new(os.environ["SMILE_ID_API_KEY"].encode(), message, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


@pytest.fixture
def smile(sandbox):
    def call(operation, **body):
        timestamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        signed = {
            "partner_id": os.environ["SMILE_ID_PARTNER_ID"],
            "timestamp": timestamp,
            "signature": signature_of(timestamp),
        }
        return httpx.post(f"{sandbox.base_url}/smileid/v1/{operation}", json={**signed, **body})

    return call


def question(**more):
    return {
        "country": "NG",
        "id_type": "BVN",
        "id_number": BVN,
        "first_name": "Ada",
        "last_name": "Obi",
        "dob": "1994-03-02",
        "callback_url": "http://testserver/api/v1/webhooks/smileid",
        "partner_params": {"job_id": JOB, "user_id": "usr_42", "job_type": 5},
        **more,
    }


def status_of(smile, job=JOB):
    return smile("job_status", job_id=job, user_id="usr_42").json()


def test_a_job_is_taken_in_completed_later_and_called_back(smile, sandbox):
    taken = smile("async_id_verification", **question())
    before = status_of(smile)

    sandbox.flush()
    after = status_of(smile)
    (webhook,) = sandbox.webhooks()

    assert (taken.status_code, taken.json()["success"]) == (200, True)
    assert (before["job_complete"], before["result"], before["code"]) == (False, {}, "2302")
    assert (after["job_complete"], after["job_success"]) == (True, True)
    result = json.loads(webhook.body)
    assert (webhook.provider, webhook.url) == ("smileid", "http://testserver/api/v1/webhooks/smileid")
    assert result["signature"] == signature_of(result["timestamp"])
    stamps = ("timestamp", "signature")
    assert {name: value for name, value in after["result"].items() if name not in stamps} == {
        name: value for name, value in result.items() if name not in stamps
    }
    assert {name: value for name, value in result.items() if name not in stamps} == {
        "JSONVersion": "1.0.0",
        "SmileJobID": taken.json()["smile_job_id"],
        "PartnerParams": {"job_id": JOB, "user_id": "usr_42", "job_type": 5},
        "ResultType": "ID Verification",
        "ResultText": "Exact Match",
        "ResultCode": "1020",
        "IsFinalResult": "true",
        "Actions": {
            "Verify_ID_Number": "Verified",
            "Return_Personal_Info": "Returned",
            "Names": "Exact Match",
            "DOB": "Exact Match",
            "Gender": "Not Provided",
            "Phone_Number": "Not Provided",
            "ID_Verification": "Completed",
        },
        "Country": "NG",
        "IDType": "BVN",
        "IDNumber": BVN,
        "ExpirationDate": "NaN-NaN-NaN",
        "FullName": "Ada Obi",
        "DOB": "1994-03-02",
        "Photo": "",
        "PhoneNumber": "",
        "Gender": "",
        "Source": "ID API",
    }


@pytest.mark.parametrize(
    ("number", "code", "text", "success"),
    [
        (BVN, "1020", "Exact Match", True),
        ("00000000000", "1012", "ID Number Validated", True),
        ("00000000001", "1013", "ID Number Not Found", False),
        ("00000000002", "1014", "Unsupported ID Number Format", False),
        ("00000000003", "1015", "Database Unavailable", False),
        ("00000000004", "1012", "ID Number Validated", True),
        ("10130000001", "1013", "ID Number Not Found", False),
        ("10150000001", "1015", "Database Unavailable", False),
        ("10210000001", "1021", "Partial Match", True),
        ("10220000001", "1022", "No Match", False),
        ("2221234567", "1014", "Unsupported ID Number Format", False),
        ("2221234567x", "1014", "Unsupported ID Number Format", False),
    ],
)
def test_the_number_decides_the_result(smile, number, code, text, success):
    answer = smile("id_verification", **question(id_number=number)).json()

    assert (answer["ResultCode"], answer["ResultText"]) == (code, text)
    assert answer["signature"] == signature_of(answer["timestamp"])
    assert status_of(smile)["job_success"] is success


def test_an_issuer_that_says_nothing_names_nobody(smile):
    answer = smile("id_verification", **question(id_number="00000000001")).json()

    assert (answer["FullName"], answer["DOB"], answer["Actions"]["Names"]) == ("", "", "Not Applicable")


def test_a_job_id_can_be_used_once(smile):
    smile("async_id_verification", **question())

    again = smile("async_id_verification", **question())

    assert (again.status_code, again.json()) == (
        400,
        {"error": "A job already exists for this job id", "code": "2215"},
    )


@pytest.mark.parametrize("wrong", [{"signature": "x"}, {"signature": "ü"}, {"timestamp": "now"}, {"partner_id": "999"}])
def test_a_signature_that_does_not_fit_is_refused(smile, wrong):
    answer = smile("async_id_verification", **{**question(), **wrong})

    assert (answer.status_code, answer.json()) == (400, {"error": "You are not authorized to do that.", "code": "2205"})
    assert status_of(smile)["code"] == "2314"


@pytest.mark.parametrize("wrong", [{"callback_url": ""}, {"partner_params": {}}, {"id_number": ""}, {"country": None}])
def test_an_incomplete_question_is_refused(smile, wrong):
    answer = smile("async_id_verification", **{**question(), **wrong})

    assert (answer.status_code, answer.json()["code"]) == (400, "2213")


@pytest.mark.parametrize(
    ("api_key", "timestamp", "partner_id", "signature"),
    [
        (
            "8b0e3c4a-1111-2222-3333-444455556666",
            "2026-11-20T09:15:04.000Z",
            "212",
            "XvdK5AlgeWqMpVH9QtZkHVOsw1A4ohQ/M4oRKsPIuoM=",
        ),
        (
            "8b0e3c4a-1111-2222-3333-444455556666",
            "2026-11-20T09:15:04.000+00:00",
            "212",
            "TfIa2tnHf+8lZ08p5wFz0j8FW50bGhHtNwUrVWZNWgM=",
        ),
        ("k", "2020-01-01T00:00:00Z", "001", "MsfhcY6gJhGOv6orCSpZVpzQmP8KCwQqss0jIa0734Y="),
    ],
)
def test_signatures_are_those_of_the_official_library(api_key, timestamp, partner_id, signature):
    """The vectors were computed with smile-id-core 3.0.1."""
    assert sign(api_key, timestamp, partner_id) == signature
