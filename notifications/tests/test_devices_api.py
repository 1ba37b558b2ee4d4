"""Devices over HTTP: a token belongs to whoever registered it last."""

import pytest

from notifications.models import Device
from notifications.tests.people import a_person

TOKEN = "cXJ:APA91bH_-9/=+.token"

pytestmark = pytest.mark.django_db


def register(client, token=TOKEN, platform="android"):
    return client.post("/api/v1/devices", {"token": token, "platform": platform})


def test_a_new_token_is_201_and_a_known_one_200(signed_in):
    client = signed_in(a_person())

    new, known = register(client), register(client, platform="ios")

    assert (new.status_code, known.status_code) == (201, 200)
    assert {"token": TOKEN, "platform": "android"}.items() <= new.json().items()
    assert Device.objects.get().platform == "ios"
    assert known.json()["created_at"] == new.json()["created_at"]
    assert known.json()["last_seen_at"] > new.json()["last_seen_at"]


def test_a_token_moves_to_whoever_registers_it_last(signed_in):
    ada, bola = a_person(), a_person()
    register(signed_in(ada))

    assert register(signed_in(bola)).status_code == 200

    assert Device.objects.get().user_id == bola.id


def test_a_device_can_be_forgotten_and_forgetting_again_answers_the_same(signed_in):
    client = signed_in(a_person())
    register(client)

    assert [client.delete(f"/api/v1/devices/{TOKEN}").status_code for _ in range(2)] == [204, 204]

    assert not Device.objects.exists()


def test_somebody_elses_device_stays_and_nothing_tells_that_it_is_there(signed_in):
    ada, bola = a_person(), a_person()
    register(signed_in(ada))

    answer = signed_in(bola).delete(f"/api/v1/devices/{TOKEN}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert Device.objects.get().user_id == ada.id


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["token", "platform"]),
        ({"token": TOKEN, "platform": "windows"}, ["platform"]),
        ({"token": "", "platform": "ios"}, ["token"]),
        ({"token": "two words", "platform": "ios"}, ["token"]),
        ({"token": "naïve", "platform": "ios"}, ["token"]),
        ({"token": "x" * 2049, "platform": "ios"}, ["token"]),
        ({"token": ["x"], "platform": {}}, ["token", "platform"]),
        ({"token": None, "platform": None}, ["token", "platform"]),
    ],
)
def test_what_is_no_device_is_refused(signed_in, body, fields):
    answer = signed_in(a_person()).post("/api/v1/devices", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert [fault["field"] for fault in answer.json()["errors"]] == fields
    assert not Device.objects.exists()


@pytest.mark.parametrize("token", ["%00", "%F0%9F%98%80", "a%20b", "x" * 5000, "a/b/c"])
def test_forgetting_anything_at_all_is_204(signed_in, token):
    assert signed_in(a_person()).delete(f"/api/v1/devices/{token}").status_code == 204


def test_nobody_registers_devices_without_end(signed_in):
    client = signed_in(a_person())

    statuses = [register(client, token=f"token-{number}").status_code for number in range(61)]

    assert statuses == [201] * 60 + [429]
    assert Device.objects.count() == 60


def test_the_longest_token_can_be_kept(signed_in):
    assert register(signed_in(a_person()), token="x" * 2048).status_code == 201
