"""Signatures, against vectors computed elsewhere (Smile ID's with its official SDK)."""

from datetime import UTC, datetime, timedelta

import pytest

from webhooks.signatures import is_fresh, is_paystack_signature, is_smile_id_signature

SECRET_KEY = "sk_test_contri_vector_key_0123456789abcdef"
SLASH = '{"event":"transfer.success","data":{"reason":"a/b","reference":"contri-1"}}'
SLASH_SIGNATURE = (
    "759c9728ee1cba171e3a0916bfea83c8c8781dc8fcf3a14755d32bf49655a14b"
    "f6b05b114874c7ce92720be434804c239010fb93a2c982e2ac9b38cc0dbcdcad"
)
NAMES = '{"event":"charge.success","data":{"reference":"contri-é-ọ́","amount":100,"metadata":{"name":"Ọláolú"}}}'
NAMES_SIGNATURE = (
    "96bd013bb04d2fcfbacc09b02a9fccb478350a1e87b64850b7bd5bfdf2191d7b"
    "68e23bcd251337c91d802f16094c7111054ff21a4da72dfcfdc7ed706980d1a2"
)
API_KEY = "8b0e3c4a-1111-2222-3333-444455556666"


def paystack(body, signature, key=SECRET_KEY):
    return is_paystack_signature(signature, body=body.encode(), secret_key=key)


@pytest.mark.parametrize(("body", "signature"), [(SLASH, SLASH_SIGNATURE), (NAMES, NAMES_SIGNATURE)])
def test_paystacks_own_signatures_hold_in_either_case(body, signature):
    assert paystack(body, signature)
    assert paystack(body, signature.upper())
    assert paystack(body, f" {signature} ")


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (SLASH.replace("a/b", "a\\/b"), SLASH_SIGNATURE),
        (SLASH.replace(":", ": "), SLASH_SIGNATURE),
        (SLASH, NAMES_SIGNATURE),
        (SLASH, SLASH_SIGNATURE[:-1]),
        (SLASH, SLASH_SIGNATURE + "00"),
        (SLASH, ""),
        (SLASH, "é" * 128),
        (SLASH, "ſ" * 128),
        (SLASH, "dZyXKO4cuhceOgkWv+qDyMh4Hcj886FHVdMr9JZVoUv2sFsRSHTHzpJyC+Q0gEwjkBD7k6LJguKsmzjMDbzcrQ=="),
    ],
)
def test_anything_else_does_not_hold_and_does_not_crash(body, signature):
    assert not paystack(body, signature)


def test_another_key_does_not_hold():
    assert not paystack(SLASH, SLASH_SIGNATURE, key=SECRET_KEY + "0")


@pytest.mark.parametrize(
    ("partner_id", "api_key", "timestamp", "signature"),
    [
        ("212", API_KEY, "2026-11-20T09:15:04.000Z", "XvdK5AlgeWqMpVH9QtZkHVOsw1A4ohQ/M4oRKsPIuoM="),
        ("212", API_KEY, "2026-11-20T09:15:04.000+00:00", "TfIa2tnHf+8lZ08p5wFz0j8FW50bGhHtNwUrVWZNWgM="),
        (
            "2403",
            "test_api_key_contri",
            "2026-11-20T10:15:04.123456+01:00",
            "zlWOFdwue+BSmDqkaugNgZCWiodriPXjN1/w/VX0jqc=",
        ),
    ],
)
def test_smile_ids_signatures_hold(partner_id, api_key, timestamp, signature):
    assert is_smile_id_signature(signature, timestamp=timestamp, partner_id=partner_id, api_key=api_key)


@pytest.mark.parametrize(
    ("partner_id", "timestamp", "signature"),
    [
        ("212", "2026-11-20T09:15:04.000Z", "TfIa2tnHf+8lZ08p5wFz0j8FW50bGhHtNwUrVWZNWgM="),
        ("213", "2026-11-20T09:15:04.000Z", "XvdK5AlgeWqMpVH9QtZkHVOsw1A4ohQ/M4oRKsPIuoM="),
        ("212", "", "XvdK5AlgeWqMpVH9QtZkHVOsw1A4ohQ/M4oRKsPIuoM="),
        ("212", "2026-11-20T09:15:04.000Z", ""),
        ("212", "2026-11-20T09:15:04.000Z", "é"),
        ("212", "2026-11-20T09:15:04.000Z", "xvdk5algewqmpvh9qtzkhvosw1a4ohq/m4orkspiuom="),
    ],
)
def test_smile_ids_signature_holds_for_one_spelling_of_one_moment_only(partner_id, timestamp, signature):
    assert not is_smile_id_signature(signature, timestamp=timestamp, partner_id=partner_id, api_key=API_KEY)


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_fresh(seconds):
    assert is_fresh((NOON + timedelta(seconds=seconds)).isoformat(), at=NOON)


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-20T11:54:59Z",
        "2026-11-20T12:05:01Z",
        "2026-11-20T12:00:00",
        "2020-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "yesterday",
        "",
        "1763640000",
    ],
)
def test_older_newer_and_unreadable_moments_are_not(timestamp):
    assert not is_fresh(timestamp, at=NOON)
