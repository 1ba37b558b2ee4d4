"""A circle's chat over HTTP: whole bodies, who may do what, and nothing said twice."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from circles import services
from circles.chat_flags import flags_of
from circles.models import ChatEdit, ChatMessage, ChatReport, Membership, MembershipStatus
from circles.models.chat import private_files
from circles.tests.world import forming, membership_id, people, person
from contri.core.moments import rfc3339

pytestmark = pytest.mark.django_db


@pytest.fixture
def trio():
    return people(3)


@pytest.fixture
def circle(trio):
    return forming(trio, size=5)


@pytest.fixture
def host(trio, signed_in):
    return signed_in(trio[0])


@pytest.fixture
def bola(trio, signed_in):
    return signed_in(trio[1])


def at(circle, path=""):
    return f"/api/v1/circles/{circle.pk}/chat{path}"


def say(client, circle, body="Hello", **fields):
    return client.post(at(circle), {"body": body, **fields})


def refusal(response):
    return response.status_code, response.json()["code"]


def as_person(user):
    return {"id": str(user.pk), "display_name": user.display_name, "avatar_url": None}


def bodies(client, circle):
    return [message["body"] for message in client.get(at(circle)).json()["results"]]


def picture():
    data = BytesIO()
    Image.new("RGB", (40, 20), "green").save(data, "PNG")
    data.seek(0)
    data.name = "photo.png"
    return data


def test_what_is_said_is_in_the_history_newest_first(trio, circle, host, bola):
    answer = say(host, circle, "Good morning", client_id="a-1")
    say(bola, circle, "Good morning, host")

    message = ChatMessage.objects.get(client_id="a-1")
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(message.pk),
        "circle_id": str(circle.pk),
        "number": message.number,
        "sender": as_person(trio[0]),
        "kind": "text",
        "event": None,
        "body": "Good morning",
        "image_url": None,
        "client_id": "a-1",
        "flags": [],
        "created_at": rfc3339(message.created_at),
        "edited_at": None,
        "deleted": False,
        "hidden": False,
    }
    history = bola.get(at(circle)).json()
    assert [entry["body"] for entry in history["results"][:2]] == ["Good morning, host", "Good morning"]
    assert history["results"][1] == answer.json()
    assert [entry["kind"] for entry in history["results"][2:]] == ["system", "system"]
    assert history["results"][2]["sender"] is None
    assert history["results"][2]["event"] == "member_joined"


def test_under_one_client_id_it_is_said_once(circle, host, bola):
    first = say(host, circle, "Once", client_id="x")
    again = say(host, circle, "Once", client_id="x")
    other = say(bola, circle, "Mine", client_id="x")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert first.json() == again.json()
    assert ChatMessage.objects.filter(client_id="x").count() == 2


@pytest.mark.parametrize("body", ["", "   ", "x" * 4001, None, {"a": 1}, ["a"]])
def test_what_cannot_be_said_is_refused(circle, host, body):
    assert refusal(host.post(at(circle), {"body": body})) == (400, "validation_error")


def test_a_chat_is_its_members(circle, host, signed_in, api):
    stranger, waiting = signed_in(person()), person()
    membership = Membership.objects.create(
        circle=circle, user=waiting, status=MembershipStatus.PENDING, joined_at=timezone.now()
    )
    message_id = say(host, circle).json()["id"]
    nowhere = f"/api/v1/circles/{uuid4()}/chat"
    routes = [
        ("get", at(circle), None),
        ("post", at(circle), {"body": "hi"}),
        ("get", at(circle, "/read"), None),
        ("post", at(circle, "/read"), {"message_id": message_id}),
        ("put", at(circle, "/mute"), {"until": None}),
        ("patch", at(circle, f"/{message_id}"), {"body": "hi"}),
        ("delete", at(circle, f"/{message_id}"), None),
        ("post", at(circle, f"/{message_id}/report"), {"reason": "x"}),
        ("post", at(circle, f"/{message_id}/hide"), {"reason": "x"}),
        ("get", at(circle, f"/{message_id}/image"), None),
        ("put", f"/api/v1/circles/{circle.pk}/members/{membership.pk}/silence", {"until": None, "reason": "x"}),
    ]
    for verb, path, body in routes:
        for client in (stranger, signed_in(waiting)):
            assert refusal(getattr(client, verb)(path, body)) == (404, "not_found"), path
        assert getattr(api, verb)(path, body).status_code == 401
    assert refusal(host.get(nowhere)) == (404, "not_found")
    assert bodies(host, circle)[0] == "Hello"


def test_an_author_changes_their_words_within_a_quarter_of_an_hour(trio, circle, host, bola):
    message_id = say(host, circle, "Helo").json()["id"]

    changed = host.patch(at(circle, f"/{message_id}"), {"body": "Hello, see www.example.com"})

    assert changed.status_code == 200
    assert changed.json()["body"] == "Hello, see www.example.com"
    assert changed.json()["flags"] == ["link"]
    assert changed.json()["edited_at"] is not None
    assert ChatEdit.objects.get().body == "Helo"
    assert refusal(bola.patch(at(circle, f"/{message_id}"), {"body": "x"})) == (403, "not_author")
    ChatMessage.objects.filter(pk=message_id).update(created_at=timezone.now() - timedelta(minutes=16))
    assert refusal(host.patch(at(circle, f"/{message_id}"), {"body": "x"})) == (409, "too_late_to_change")
    assert refusal(host.delete(at(circle, f"/{message_id}"))) == (409, "too_late_to_change")
    assert bodies(bola, circle)[0] == "Hello, see www.example.com"


def test_what_is_taken_back_keeps_its_place_and_loses_its_words(circle, host, bola):
    message_id = say(host, circle, "Oh no", client_id="x").json()["id"]

    gone = host.delete(at(circle, f"/{message_id}"))

    assert (gone.status_code, gone.json()["body"], gone.json()["deleted"]) == (200, "", True)
    assert bola.get(at(circle)).json()["results"][0]["deleted"] is True
    assert ChatMessage.objects.get(pk=message_id).body == "Oh no"
    assert refusal(host.delete(at(circle, f"/{message_id}"))) == (409, "message_deleted")
    assert refusal(host.patch(at(circle, f"/{message_id}"), {"body": "x"})) == (409, "message_deleted")


def test_what_contri_wrote_nobody_touches(circle, host):
    line = ChatMessage.objects.filter(circle=circle, kind="system").earliest("number")

    for verb, path, body in [
        ("patch", f"/{line.pk}", {"body": "₦1 only"}),
        ("delete", f"/{line.pk}", None),
        ("post", f"/{line.pk}/hide", {"reason": "x"}),
        ("post", f"/{line.pk}/report", {"reason": "x"}),
    ]:
        assert refusal(getattr(host, verb)(at(circle, path), body)) == (409, "system_message")


def test_a_system_message_cannot_be_sent(circle, host):
    answer = say(host, circle, "Ada received ₦5.00", kind="system", event="pot_paid_out", sender=None, flags=[])

    assert answer.json()["kind"] == "text"
    assert answer.json()["event"] is None
    assert answer.json()["sender"] is not None


def test_a_message_of_another_circle_is_not_there(trio, circle, host):
    elsewhere = forming([trio[0], person()], size=3)
    message_id = say(host, elsewhere).json()["id"]

    for verb, path, body in [
        ("patch", f"/{message_id}", {"body": "x"}),
        ("post", f"/{message_id}/report", {"reason": "x"}),
        ("post", "/read", {"message_id": message_id}),
    ]:
        assert refusal(getattr(host, verb)(at(circle, path), body)) == (404, "message_not_found")


def test_the_host_hides_what_members_report(trio, circle, host, bola):
    message_id = say(bola, circle, "Pay to 0123456789").json()["id"]

    assert bola.post(at(circle, f"/{message_id}/report"), {"reason": "a scam"}).status_code == 204
    assert bola.post(at(circle, f"/{message_id}/report"), {"reason": "again"}).status_code == 204
    assert refusal(bola.post(at(circle, f"/{message_id}/hide"), {"reason": "x"})) == (403, "not_host")
    hidden = host.post(at(circle, f"/{message_id}/hide"), {"reason": "asks for money elsewhere"})

    assert (hidden.status_code, hidden.json()["body"], hidden.json()["hidden"]) == (200, "", True)
    report = ChatReport.objects.get()
    assert (report.reason, report.state, report.settled_by) == ("a scam", "upheld", trio[0])
    assert bola.get(at(circle)).json()["results"][0]["body"] == ""


def test_the_host_takes_a_members_word_away_and_gives_it_back(trio, circle, host, bola):
    place = f"/api/v1/circles/{circle.pk}/members/{membership_id(circle, trio[1])}/silence"
    until = rfc3339(timezone.now() + timedelta(hours=1))
    message_id = say(bola, circle, "Before").json()["id"]

    assert refusal(bola.put(place, {"until": until, "reason": "x"})) == (403, "not_host")
    assert host.put(place, {"until": until, "reason": "shouts"}).status_code == 204
    assert refusal(say(bola, circle, "Me?")) == (403, "silenced")
    assert refusal(bola.patch(at(circle, f"/{message_id}"), {"body": "x"})) == (403, "silenced")
    assert bola.get(at(circle, "/read")).json()["silenced_until"] == until
    assert host.put(place, {"until": None, "reason": "sorry"}).status_code == 204
    assert say(bola, circle, "Thank you").status_code == 201


def test_reading_goes_forward_only_and_is_counted(trio, circle, host, bola):
    first, second = (say(bola, circle, body).json()["id"] for body in ("One", "Two"))

    read = host.post(at(circle, "/read"), {"message_id": second})
    back = host.post(at(circle, "/read"), {"message_id": first})

    assert read.json() == back.json()
    assert read.json() == {
        "unread_count": 0,
        "muted_until": None,
        "silenced_until": None,
        "read_marks": [{"user": as_person(trio[0]), "message_id": second}],
    }
    say(bola, circle, "Three")
    assert host.get(at(circle, "/read")).json()["unread_count"] == 1


def test_a_chat_can_be_muted(circle, host):
    until = rfc3339(timezone.now() + timedelta(days=1))

    assert host.put(at(circle, "/mute"), {"until": until}).json()["muted_until"] == until
    assert host.put(at(circle, "/mute"), {"until": None}).json()["muted_until"] is None
    assert refusal(host.put(at(circle, "/mute"), {"until": "tomorrow"})) == (400, "validation_error")


def test_a_picture_is_for_members_only(circle, host, bola, signed_in, monkeypatch, tmp_path):
    monkeypatch.setattr(private_files(), "location", str(tmp_path))
    sent = host.post(at(circle, "/images"), {"image": picture(), "body": "My stall", "client_id": "p"}, "multipart")
    again = host.post(at(circle, "/images"), {"image": picture(), "client_id": "p"}, "multipart")

    assert (sent.status_code, again.status_code) == (201, 200)
    assert (sent.json()["kind"], sent.json()["body"]) == ("image", "My stall")
    url = sent.json()["image_url"].removeprefix("http://testserver")
    answer = bola.get(url)
    shown = Image.open(BytesIO(b"".join(answer.streaming_content)))
    assert (answer["Content-Type"], shown.format, shown.size) == ("image/jpeg", "JPEG", (40, 20))
    assert signed_in(person()).get(url).status_code == 404
    # The second try left nothing behind.
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    host.delete(at(circle, f"/{sent.json()['id']}"))
    assert bola.get(url).status_code == 404


def test_what_is_no_picture_is_refused(circle, host):
    junk = BytesIO(b"<svg/>")
    junk.name = "photo.png"

    answer = host.post(at(circle, "/images"), {"image": junk}, "multipart")

    assert refusal(answer) == (400, "validation_error")
    assert answer.json()["errors"][0]["code"] == "not_a_picture"


@pytest.mark.parametrize("messages", [1, 3])
def test_the_history_costs_the_same_however_long(trio, circle, host, messages):
    for number in range(messages):
        for user in trio:
            services.send_message(actor=user, circle_id=circle.pk, body=str(number), at=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        page = host.get(at(circle))

    assert page.status_code == 200
    assert len(queries) == 3


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        ("Send it to 0123456789 please", ["account_number"]),
        ("012 345 6789", ["account_number"]),
        ("0123-456-789", ["account_number"]),
        ("٠١٢٣٤٥٦٧٨٩", ["account_number"]),
        ("01234\u200b56789", ["account_number"]),
        ("https://evil.example/pay", ["link"]),
        ("look at WWW.pay.me", ["link"]),
        ("opay.ng/ada or 0123456789", ["account_number", "link"]),
        ("call 08031234567", []),
        ("₦5,000 on 2027-01-04 at 10:00", []),
        ("12345", []),
        ("Thank you. God bless", []),
        ("e.g. tomorrow", []),
    ],
)
def test_account_numbers_and_links_are_flagged(body, flags):
    assert flags_of(body) == flags
