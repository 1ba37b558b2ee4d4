"""Who may call what: every call of the API, and what each kind of caller is told.

The calls are read off the URLconf: one without its row here fails. Staff have no power over the API: to it they are
strangers like any other, and what they may do is tried at the staff desk. What a stranger is told about a thing that is
there is what anybody is told about a thing that is not, byte for byte but the request's id.
"""

import pytest

from contri.tests.casting import ROLES, ROWS, STAFF
from contri.tests.routes import api_calls

pytestmark = pytest.mark.django_db

OF_SOMEBODY = [row for row in ROWS if "<uuid:" in row.call.route]
OUTSIDERS = ("stranger", "ex-member", *STAFF)


def test_every_call_has_its_row():
    assert sorted(row.call for row in ROWS) == api_calls()


def test_members_are_told_what_their_rows_say(cast):
    inside = [who for who in ROLES if who not in OUTSIDERS]
    found = {row.call: {who: cast.told(who, row)[0] for who in inside} for row in ROWS}

    assert found == {row.call: {who: row.told[who] for who in inside} for row in ROWS}


def test_outsiders_are_told_what_their_rows_say_and_of_what_is_somebodys_that_it_is_not_there(cast):
    found = {row: {who: cast.told(who, row) for who in OUTSIDERS} for row in ROWS}

    assert {row.call: {who: told[0] for who, told in by.items()} for row, by in found.items()} == {
        row.call: {who: row.told[who if who in ROLES else "stranger"] for who in OUTSIDERS} for row in ROWS
    }
    nowhere = {row: cast.told("stranger", row, at={}) for row in OF_SOMEBODY}
    assert {row.call: found[row] for row in OF_SOMEBODY} == {
        row.call: dict.fromkeys(OUTSIDERS, nowhere[row]) for row in OF_SOMEBODY
    }


def test_from_ones_own_circle_no_way_leads_into_anothers(cast):
    own = {"circle_id": cast.things.in_circle("another")["circle_id"]}
    inside = [row for row in OF_SOMEBODY if row.call.route.count("<uuid:") > 1]
    found = {row.call: cast.told("host elsewhere", row, at=cast.things.in_circle(row.circle) | own) for row in inside}

    assert found == {row.call: cast.told("host elsewhere", row, at=own) for row in inside}


def test_without_a_token_there_is_an_answer_only_where_a_signature_or_a_secret_takes_its_place():
    open_to_all = {row.call.route for row in ROWS if row.told["anonymous"] != 401}

    assert {route.partition("/")[0] for route in open_to_all} == {"auth", "webhooks"}


def test_every_thing_of_somebodys_is_there_for_its_owner():
    hidden = [row.call for row in OF_SOMEBODY if {row.told["member"], row.told["host"]} == {404}]

    assert hidden == []
