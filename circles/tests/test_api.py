"""Circles over HTTP: whole bodies, codes, and as many queries for three as for one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from circles.charter import charter_in_force
from circles.models import Circle, Slot
from circles.tests.world import forming, fund, live_until, people, person, started, wallet_of
from contri.core.moments import lagos_day, rfc3339

pytestmark = pytest.mark.django_db

NOWHERE = f"/api/v1/circles/{uuid4()}"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def start_day(now):
    return lagos_day(now) + timedelta(days=10)


@pytest.fixture
def body(start_day):
    return {
        "name": "Market women",
        "amount": "1000.00",
        "frequency": "weekly",
        "cycle_start_date": start_day.isoformat(),
        "size": 3,
    }


def at(circle, path=""):
    return f"/api/v1/circles/{circle.pk}{path}"


def as_person(user):
    return {"id": str(user.pk), "display_name": user.display_name, "avatar_url": None}


def refusal(response):
    return response.status_code, response.json()["code"]


def faults(response):
    return response.status_code, [(fault["field"], fault["code"]) for fault in response.json()["errors"]]


def test_a_circle_is_founded(signed_in, body):
    host = person()

    response = signed_in(host).post("/api/v1/circles", body)

    circle = Circle.objects.get()
    code = f"{circle.invite_code[:4]}-{circle.invite_code[4:]}"
    membership = circle.memberships.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": str(circle.pk),
        "name": "Market women",
        "amount": "1000.00",
        "currency": "NGN",
        "frequency": "weekly",
        "cycle_start_date": body["cycle_start_date"],
        "due_time": "18:00",
        "status": "forming",
        "size": 3,
        "seats_taken": 1,
        "payout_order": "join_order",
        "shortfall_policy": "pay_collected",
        "grace_days": 2,
        "needs_approval": False,
        "late_fee": "0.00",
        "late_fee_to": "reserve",
        "deposit": "0.00",
        "reserve": "0.00",
        "security_taken_at": "locking",
        "charter_version": 1,
        "charter_accepted": True,
        "invite_code": code,
        "invite_url": f"http://testserver/join/{code}",
        "host": as_person(host),
        "my_membership": {
            "id": str(membership.pk),
            "role": "host",
            "status": "active",
            "hands": 1,
            "joined_at": rfc3339(membership.joined_at),
            "payout_order": None,
            "turns": [],
        },
        "current_cycle": None,
        "pot_balance": "0.00",
        "deposits_balance": "0.00",
        "reserve_balance": "0.00",
        "renews": None,
        "renewal": None,
        "warnings": [],
        "created_at": rfc3339(circle.created_at),
    }


def test_a_circle_is_founded_with_a_fee_a_deposit_and_a_reserve(signed_in, body):
    asked = {"late_fee": "50.00", "late_fee_to": "contri", "deposit": "500.00", "reserve": "0.00"}

    response = signed_in(person()).post("/api/v1/circles", {**body, **asked})

    answer = response.json()
    assert (response.status_code, {name: answer[name] for name in asked}) == (201, asked)
    rules = Circle.objects.get().charters.get().rules
    assert {name: rules.get(name) for name in asked} == asked


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("late_fee", "-1.00", "invalid"),
        ("deposit", "1000000000.01", "max_value"),
        ("reserve", None, "null"),
        ("late_fee_to", "host", "invalid_choice"),
        ("security_taken_at", "never", "invalid_choice"),
        ("name", "", "blank"),
        ("name", "a" * 81, "max_length"),
        ("name", None, "null"),
        ("amount", "0.00", "not_positive"),
        ("amount", "-5.00", "invalid"),
        ("amount", "1.001", "invalid"),
        ("amount", "١٠٠", "invalid"),
        ("amount", "1000000000.01", "max_value"),
        ("frequency", "yearly", "invalid_choice"),
        ("cycle_start_date", "2020-01-31", "in_the_past"),
        ("cycle_start_date", "2027-02-30", "invalid"),
        ("cycle_start_date", "9999-12-31", "too_far_ahead"),
        ("cycle_start_date", 20270131, "invalid"),
        ("size", 1, "min_value"),
        ("size", 101, "max_value"),
        ("size", True, "invalid"),
        ("size", "٣", "invalid"),
        ("size", 2.5, "invalid"),
        ("grace_days", 8, "max_value"),
        ("payout_order", "by_beauty", "invalid_choice"),
    ],
)
def test_what_no_circle_can_be_is_refused(signed_in, body, field, value, code):
    response = signed_in(person()).post("/api/v1/circles", {**body, field: value})

    assert faults(response) == (400, [(field, code)])
    assert not Circle.objects.exists()


def test_what_is_decided_elsewhere_cannot_be_sent(signed_in, body):
    sent = {**body, "status": "active", "host": str(uuid4()), "pot_balance": "9999.00", "invite_code": "AAAA-AAAA"}

    answer = signed_in(person()).post("/api/v1/circles", sent).json()

    assert (answer["status"], answer["pot_balance"]) == ("forming", "0.00")
    assert answer["invite_code"] != "AAAA-AAAA"


def test_joining_answers_with_the_circle_and_ones_place(signed_in, now, start_day):
    host, joiner = people(2)
    circle = forming([host], at=now, size=2, cycle_start_date=start_day)

    response = signed_in(joiner).post("/api/v1/circles/join", {"invite_code": circle.invite_code.lower()})

    answer = response.json()
    assert response.status_code == 201
    assert (answer["circle"]["id"], answer["circle"]["seats_taken"]) == (str(circle.pk), 2)
    assert answer["membership"] == answer["circle"]["my_membership"]
    assert (answer["membership"]["role"], answer["membership"]["status"]) == ("member", "active")


def test_joining_is_refused_with_stable_codes(signed_in, now, start_day):
    host, joiner = people(2)
    circle = forming([host, joiner], at=now, size=2, cycle_start_date=start_day)
    code = {"invite_code": circle.invite_code}

    def joining(user, **sent):
        return refusal(signed_in(user).post("/api/v1/circles/join", {**code, **sent}))

    assert joining(person(), invite_code="AAAA-AAAA") == (404, "invite_invalid")
    assert joining(joiner) == (409, "already_member")
    assert joining(person()) == (409, "circle_full")
    assert joining(person(), charter_version=7) == (409, "charter_changed")
    signed_in(host).post(at(circle, "/start"))
    assert joining(person()) == (409, "circle_not_open")


def test_a_pot_beyond_the_joiners_tier_is_403(signed_in, now, start_day):
    circle = forming([person(tier=1)], at=now, size=2, amount_kobo=2_600_000, cycle_start_date=start_day)
    joiner = signed_in(person())

    seen = joiner.get(f"/api/v1/circles/invites/{circle.invite_code}").json()
    assert seen["warnings"] == ["kyc_tier_too_low"]
    refused = joiner.post("/api/v1/circles/join", {"invite_code": circle.invite_code})
    assert refusal(refused) == (403, "kyc_tier_too_low")


def test_guessing_invite_codes_is_limited(signed_in):
    guesser = signed_in(person())

    answers = [guesser.post("/api/v1/circles/join", {"invite_code": f"AAAA-AA{n:02d}"}) for n in range(22, 62)]
    answers += [guesser.get(f"/api/v1/circles/invites/AAAAAA{n}") for n in range(22, 24)]

    assert {answer.status_code for answer in answers[:40]} == {404}
    assert refusal(answers[-1]) == (429, "rate_limited")
    assert int(answers[-1]["Retry-After"]) > 0


def test_an_invite_shows_what_to_know_before_joining(signed_in, now, start_day):
    host = person()
    circle = forming([host], at=now, size=3, cycle_start_date=start_day)
    charter = charter_in_force(circle)

    response = signed_in(person()).get(f"/api/v1/circles/invites/{circle.invite_code}")

    assert response.json() == {
        "name": "Market women",
        "amount": "1000.00",
        "currency": "NGN",
        "frequency": "weekly",
        "cycle_start_date": start_day.isoformat(),
        "size": 3,
        "seats_left": 2,
        "host": as_person(host),
        "host_reliability": {"score": None, "on_time": 0, "cured": 0, "late": 0, "defaulted": 0, "healed": 0},
        "charter": {
            "version": 1,
            "sha256": charter.sha256,
            "document": charter.document,
            "rules": charter.rules,
            "created_at": rfc3339(charter.created_at),
        },
        "exposure": "2000.00",
        "exposure_by_turn": [
            {"position": 1, "exposure": "2000.00"},
            {"position": 2, "exposure": "1000.00"},
            {"position": 3, "exposure": "0.00"},
        ],
        "affordability": {
            "upfront": "0.00",
            "each_cycle": "1000.00",
            "in_total": "3000.00",
            "a_month": "4345.24",
            "elsewhere_a_month": "0.00",
            "in_wallet": "0.00",
        },
        "warnings": [],
    }


def test_an_invite_shows_what_a_circle_would_ask_beside_what_others_ask_already(signed_in, now, start_day):
    circle = forming(people(1), at=now, size=3, cycle_start_date=start_day, deposit_kobo=50_000, reserve_kobo=10_000)
    busy = person("599.99")
    forming([busy], at=now, size=3, cycle_start_date=start_day, frequency="monthly", amount_kobo=200_000)

    answer = signed_in(busy).get(f"/api/v1/circles/invites/{circle.invite_code}").json()

    assert answer["affordability"] == {
        "upfront": "600.00",
        "each_cycle": "1000.00",
        "in_total": "3000.00",
        "a_month": "4345.24",
        "elsewhere_a_month": "2000.00",
        "in_wallet": "599.99",
    }
    assert answer["warnings"] == ["wallet_too_low"]


def test_a_started_circle_shows_its_turns(signed_in, now, start_day):
    friends = people(2, "3000.00")
    circle = forming(friends, at=now, cycle_start_date=start_day)

    answer = signed_in(friends[0]).post(at(circle, "/start")).json()

    first = circle.cycles.get(number=1)
    assert (answer["status"], answer["my_membership"]["payout_order"]) == ("scheduled", 1)
    assert answer["current_cycle"] == {
        "number": 1,
        "status": "upcoming",
        "opens_at": rfc3339(first.opens_at),
        "due_at": f"{start_day.isoformat()}T17:00:00Z",
        "grace_ends_at": f"{(start_day + timedelta(days=2)).isoformat()}T17:00:00Z",
        "recipient": as_person(friends[0]),
        "expected": "2000.00",
        "collected": "0.00",
        "discount": "0.00",
        "payout": None,
    }


def test_lifecycle_calls_are_refused_with_stable_codes(signed_in, now, start_day):
    friends = people(2)
    circle = forming(friends, at=now, size=3, cycle_start_date=start_day)
    host, member, stranger = (signed_in(user) for user in (*friends, person()))

    assert refusal(host.post(at(circle, "/start"))) == (409, "too_few_members")
    for path in ("/start", "/cancel"):
        assert refusal(member.post(at(circle, path))) == (403, "not_host")
        assert refusal(stranger.post(at(circle, path))) == refusal(stranger.post(NOWHERE + path)) == (404, "not_found")
    assert refusal(member.patch(at(circle), {"name": "Mine"})) == (403, "not_host")
    assert host.patch(at(circle), {"size": 2}).json()["charter_version"] == 2
    assert refusal(host.post(at(circle, "/start"))) == (409, "charter_not_accepted")
    assert member.post(at(circle, "/charter/accept"), {"version": 2}).status_code == 200
    assert host.post(at(circle, "/start")).status_code == 200
    assert refusal(host.patch(at(circle), {"name": "Other"})) == (409, "invalid_state")
    assert refusal(member.post(at(circle, "/leave"))) == (409, "replacement_required")
    assert host.post(at(circle, "/cancel")).json()["status"] == "cancelled"


@pytest.mark.parametrize(
    "path", ["", "/members", "/cycles", "/contributions", "/charter"], ids=lambda path: path or "circle"
)
def test_a_stranger_sees_of_a_circle_what_is_seen_of_none(signed_in, now, start_day, path):
    friends = people(2)
    circle = started(friends, at=now, cycle_start_date=start_day)
    stranger = signed_in(person())

    there, nowhere = (stranger.get(where + path).json() for where in (at(circle), NOWHERE))

    assert {**there, "request_id": ""} == {**nowhere, "request_id": ""}
    assert signed_in(friends[1]).get(at(circle, path)).status_code == 200


def test_members_are_listed_by_turn(signed_in, now, start_day):
    friends = people(2)
    circle = started(friends, at=now, cycle_start_date=start_day)

    answer = signed_in(friends[1]).get(at(circle, "/members")).json()

    ids = dict(circle.memberships.values_list("user_id", "pk"))
    nothing_yet = {"score": None, "on_time": 0, "cured": 0, "late": 0, "defaulted": 0, "healed": 0}
    assert answer == [
        {
            "id": str(ids[friend.pk]),
            "user": as_person(friend),
            "role": role,
            "status": "active",
            "hands": 1,
            "payout_order": turn,
            "turns": [turn],
            "reliability": nothing_yet,
        }
        for turn, (friend, role) in enumerate(zip(friends, ("host", "member"), strict=True), start=1)
    ]


def test_cycles_show_what_came_in_and_what_was_paid_out(signed_in, now, start_day):
    friends = people(2, "3000.00")
    circle = started(friends, at=now, cycle_start_date=start_day)
    live_until(circle.cycles.get(number=1).due_at)

    answer = signed_in(friends[0]).get(at(circle, "/cycles")).json()

    payout = circle.cycles.get(number=1).payout
    assert [(one["number"], one["status"], one["collected"]) for one in answer] == [
        (1, "closed", "2000.00"),
        (2, "upcoming", "0.00"),
    ]
    assert answer[0]["payout"] == {
        "id": str(payout.pk),
        "amount": "2000.00",
        "paid_amount": "2000.00",
        "from_reserve": "0.00",
        "paid_at": rfc3339(payout.paid_at),
    }


def test_contributing_answers_with_the_contribution(signed_in, now, start_day):
    friends = people(2, "3000.00")
    circle = started(friends, at=now, cycle_start_date=start_day)
    payer = signed_in(friends[1])

    response = payer.post(at(circle, "/contribute"), {"amount": "400.00"}, headers={"Idempotency-Key": "one"})

    answer = response.json()
    payment = answer.pop("payment")
    assert response.status_code == 201
    assert answer == {
        "id": answer["id"],
        "cycle_number": 1,
        "member": as_person(friends[1]),
        "amount": "1000.00",
        "paid_amount": "400.00",
        "status": "pending",
        "due_at": f"{start_day.isoformat()}T17:00:00Z",
        "paid_at": None,
        "source": "wallet",
        "charge": None,
    }
    assert payment["amount"] == "400.00"
    line = payer.get(f"/api/v1/wallet/transactions/{payment['transaction_id']}").json()
    assert (line["type"], line["direction"], line["amount"], line["circle_id"]) == (
        "contribution",
        "debit",
        "400.00",
        str(circle.pk),
    )


def test_one_key_pays_once(signed_in, now, start_day):
    friends = people(2, "3000.00")
    circle = started(friends, at=now, cycle_start_date=start_day)
    payer = signed_in(friends[1])

    answers = [payer.post(at(circle, "/contribute"), headers={"Idempotency-Key": "one"}) for _ in range(3)]

    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true", "true"]
    assert wallet_of(friends[1]) == "2000.00"


def test_contributing_is_refused_with_stable_codes(signed_in, now, start_day):
    friends = people(2)
    circle = started(friends, at=now, cycle_start_date=start_day)
    payer = signed_in(friends[1])

    def pay(sent=None, key="", client=payer):
        headers = {"Idempotency-Key": key or str(uuid4())}
        return client.post(at(circle, "/contribute"), sent or {}, headers=headers)

    assert refusal(payer.post(at(circle, "/contribute"))) == (400, "idempotency_key_required")
    assert refusal(pay(key="kept")) == (409, "insufficient_funds")
    fund(friends[1], "5000.00")
    assert refusal(pay(key="kept")) == (409, "insufficient_funds")
    assert refusal(pay({"amount": "1.00"}, key="kept")) == (422, "idempotency_key_reused")
    assert faults(pay({"amount": "1000.01"})) == (400, [("amount", "more_than_owed")])
    assert faults(pay({"amount": "0"})) == (400, [("amount", "not_positive")])
    assert faults(pay({"source": "gold"})) == (400, [("source", "invalid_choice")])
    assert refusal(pay({"cycle_number": 3})) == (404, "cycle_unknown")
    assert pay({"cycle_number": 2}).status_code == 201
    assert refusal(pay({"cycle_number": 2})) == (409, "already_paid")
    assert refusal(pay(client=signed_in(person()))) == (404, "not_found")


def test_contributions_are_paged_and_narrowed(signed_in, now, start_day):
    friends = people(3)
    circle = started(friends, at=now, cycle_start_date=start_day)
    member = signed_in(friends[1])

    page = member.get(at(circle, "/contributions?page_size=4")).json()
    rest = member.get(page["next"]).json()
    seen = [one["id"] for one in page["results"] + rest["results"] + member.get(rest["next"]).json()["results"]]
    assert (len(page["results"]), len(seen), len(set(seen))) == (4, 9, 9)
    assert page["results"][0]["cycle_number"] == 3

    mine = member.get(at(circle, f"/contributions?member={friends[1].pk}&cycle_number=2")).json()["results"]
    assert [(one["cycle_number"], one["member"]["id"]) for one in mine] == [(2, str(friends[1].pk))]
    for wrong in ("status=gold", "cycle_number=zero", "member=me"):
        assert member.get(at(circle, f"/contributions?{wrong}")).status_code == 400


@pytest.mark.parametrize(
    ("path", "number"),
    [("", 8), ("/members", 6), ("/cycles", 3), ("/contributions", 3), ("/charter", 3)],
    ids=lambda value: value or "circle",
)
def test_a_large_circle_costs_as_many_queries_as_a_small_one(signed_in, now, start_day, path, number):
    for size in (2, 4):
        friends = people(size)
        circle = started(friends, at=now, cycle_start_date=start_day)
        client = signed_in(friends[0])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at(circle, path)).status_code == 200
        assert len(queries) == number, [query["sql"][:200] for query in queries]


@pytest.mark.parametrize("circles", [1, 3])
def test_the_list_of_circles_costs_the_same_however_long(signed_in, now, start_day, circles):
    friends = people(2)
    for _ in range(circles):
        started(friends, at=now, cycle_start_date=start_day)
    client = signed_in(friends[0])

    with CaptureQueriesContext(connection) as queries:
        listed = client.get("/api/v1/circles").json()

    assert len(listed["results"]) == circles
    assert len(queries) == 8, [query["sql"][:200] for query in queries]


def test_someone_who_left_sees_the_circle_no_more(signed_in, now, start_day):
    friends = people(2)
    circle = forming(friends, at=now, cycle_start_date=start_day)
    member = signed_in(friends[1])
    assert member.post(at(circle, "/leave")).json()["status"] == "left"

    assert refusal(member.get(at(circle))) == (404, "not_found")
    assert member.get("/api/v1/circles").json()["results"] == []


def test_the_dashboard_knows_what_comes_next(signed_in, now, start_day):
    friends = people(2, "3000.00")
    circle = started(friends, at=now, cycle_start_date=start_day)
    live_until(circle.cycles.get(number=1).due_at)

    part = signed_in(friends[1]).get("/api/v1/users/dashboard").json()

    second = start_day + timedelta(days=7)
    assert {name: part[name] for name in ("total_saved", "active_circles", "next_payout", "next_contribution")} == {
        "total_saved": "1000.00",
        "active_circles": 1,
        "next_payout": {
            "circle_id": str(circle.pk),
            "circle_name": "Market women",
            "amount": "2000.00",
            "date": second.isoformat(),
        },
        "next_contribution": {
            "circle_id": str(circle.pk),
            "circle_name": "Market women",
            "amount": "1000.00",
            "due_at": f"{second.isoformat()}T17:00:00Z",
        },
    }


def test_the_turns_of_a_circle_are_the_members_in_order_of_joining(signed_in, now, start_day):
    friends = people(3)
    circle = started(friends, at=now, cycle_start_date=start_day)

    turns = Slot.objects.filter(circle=circle).values_list("position", "membership__user_id")

    assert dict(turns) == {number: friend.pk for number, friend in enumerate(friends, start=1)}
