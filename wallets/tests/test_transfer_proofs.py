"""What the call that moves money asks of its caller: session, ban, key and PIN token, in that call itself."""

import json
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import PinToken, Session, User
from accounts.services import ban_user
from accounts.tests.factories import UserFactory
from accounts.tokens import read_access
from contri.core.models import IdempotencyRecord
from notifications import kinds
from notifications.models import Notification
from wallets.models import Transaction
from wallets.services import transfer_call
from wallets.tests.factories import fund, spendable
from wallets.tests.threads import at_once

URL = "/api/v1/wallet/transfer"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    person = UserFactory.create(tier=3)
    fund(person, 100_000)
    return person


@pytest.fixture
def bola():
    return UserFactory.create(tier=3)


@pytest.fixture
def transfer(ada, bola, signed_in, pin_token):
    """`transfer(…)`: ₦1 from ada to bola; whatever is given replaces what would have gone through."""
    client, token = signed_in(ada), pin_token(ada)

    def call(*, key="once", token=token, client=client, body=None):
        body = {"recipient_id": str(bola.pk), "amount": "1.00"} if body is None else body
        headers = {"Idempotency-Key": key, "X-Pin-Token": token}
        return client.post(URL, body, format="json", headers={k: v for k, v in headers.items() if v is not None})

    return call


def end_sessions(ada):
    Session.objects.filter(user=ada).update(ended_at=timezone.now())


def let_sessions_run_out(ada):
    Session.objects.filter(user=ada).update(expires_at=timezone.now() - timedelta(seconds=1))


def ban(ada):
    ban_user(actor=UserFactory.create(), user_id=ada.pk, reason="Stolen.", at=timezone.now())


def close(ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)


SIGNED_OUT = [end_sessions, let_sessions_run_out, ban, close]


@pytest.mark.parametrize("happens", SIGNED_OUT)
def test_whoever_is_not_signed_in_any_more_moves_nothing(ada, bola, transfer, happens):
    assert transfer(key="before").status_code == 201
    happens(ada)

    answer = transfer()

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_authenticated"
    assert (spendable(ada), spendable(bola)) == (99_900, 100)


@pytest.mark.parametrize("happens", SIGNED_OUT)
def test_they_hear_nothing_about_the_rest_of_their_request(ada, transfer, happens):
    assert transfer().status_code == 201
    happens(ada)

    answers = [
        transfer(),
        transfer(key=""),
        transfer(key="once", body={"amount": "2.00"}),
        transfer(key="other", body={"amount": "nothing"}),
        transfer(key="other", body={"recipient_id": str(uuid4()), "amount": "1.00"}),
        transfer(key="other", token=None),
    ]

    assert {answer.status_code for answer in answers} == {401}


@pytest.mark.parametrize("happens", SIGNED_OUT)
def test_what_happens_after_the_first_look_is_seen_by_the_call_that_moves(ada, bola, transfer, monkeypatch, happens):
    see = transfer_call.see

    def see_and_then(**asked):
        seen = see(**asked)
        happens(ada)
        return seen

    monkeypatch.setattr(transfer_call, "see", see_and_then)

    assert transfer().status_code == 401
    assert (spendable(ada), spendable(bola)) == (100_000, 0)
    assert PinToken.objects.filter(user=ada, used_at=None).exists()
    assert not IdempotencyRecord.objects.exists()


def test_a_pin_token_used_after_the_first_look_is_not_used_again(ada, bola, transfer, monkeypatch):
    see = transfer_call.see

    def see_and_then(**asked):
        seen = see(**asked)
        PinToken.objects.filter(user=ada).update(used_at=timezone.now())
        return seen

    monkeypatch.setattr(transfer_call, "see", see_and_then)

    answer = transfer()

    assert (answer.status_code, answer.json()["code"]) == (403, "pin_token_invalid")
    assert (spendable(ada), spendable(bola)) == (100_000, 0)
    assert not IdempotencyRecord.objects.exists()


def test_an_expired_pin_token_moves_nothing(ada, bola, transfer):
    PinToken.objects.filter(user=ada).update(expires_at=timezone.now())

    answer = transfer()

    assert (answer.status_code, answer.json()["code"]) == (403, "pin_token_invalid")
    assert spendable(bola) == 0


def test_without_a_good_pin_token_nobody_learns_who_can_be_paid(transfer):
    nobody = {"recipient_id": str(uuid4()), "amount": "1.00"}

    answer = transfer(token="no-token-of-ours", body=nobody)

    assert (answer.status_code, answer.json()["code"]) == (403, "pin_token_invalid")
    assert transfer(body=nobody).json()["code"] == "recipient_not_found"


def test_a_token_without_a_signature_of_ours_asks_the_database_nothing(transfer, django_assert_num_queries):
    stranger = APIClient()
    stranger.credentials(HTTP_AUTHORIZATION="Bearer junk")

    with django_assert_num_queries(0):
        assert transfer(client=stranger).status_code == 401
        assert transfer(client=APIClient()).status_code == 401


def test_a_session_of_somebody_else_does_not_speak_for_its_bearer(ada, bola, signed_in):
    token = read_access(signed_in(bola)._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer "))
    assert token is not None

    [(ours,)] = _rows("SELECT account_is_signed_in(%s, %s)", bola.pk, token.session_id)
    [(not_ours,)] = _rows("SELECT account_is_signed_in(%s, %s)", ada.pk, token.session_id)

    assert (ours, not_ours) == (True, False)


def test_another_body_under_a_used_key_is_said_before_what_is_wrong_with_it(transfer):
    assert transfer().status_code == 201

    answer = transfer(body={"amount": "nothing"})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_note_cannot_stand_in_for_the_balance(ada, bola, transfer):
    note = '"balance_after":null,"created_at":null'

    answer = transfer(body={"recipient_id": str(bola.pk), "amount": "1.00", "note": note})

    line = Transaction.objects.get(wallet__user=ada)
    assert answer.json()["transaction"]["description"] == note == line.description
    assert answer.json()["transaction"]["balance_after"] == "999.00"
    assert bytes(IdempotencyRecord.objects.get().body or b"") == answer.content


def test_lines_notices_and_audit_bear_the_moment_at_which_the_money_moved(ada, transfer):
    assert transfer().status_code == 201

    [moment] = {line.created_at for line in Transaction.objects.all()}
    assert {notice.created_at for notice in Notification.objects.all()} == {moment}
    [entry] = LogEntry.objects.all()
    assert entry.action_time == moment
    assert json.loads(entry.change_message)["what"] == "sent money to another wallet"


def test_a_refusal_that_was_overtaken_by_success_gives_the_answer_of_the_success(ada, bola, transfer, monkeypatch):
    """Two calls with one key: the second sees no key yet and too little money, for the first has spent it."""
    see, first = transfer_call.see, []

    def see_and_be_overtaken(**asked):
        seen = see(**asked)
        monkeypatch.setattr(transfer_call, "see", see)
        first.append(transfer(body=everything))
        return seen

    everything = {"recipient_id": str(bola.pk), "amount": "1000.00"}
    monkeypatch.setattr(transfer_call, "see", see_and_be_overtaken)

    second = transfer(body=everything)

    assert first[0].status_code == 201
    assert (second.status_code, second.content) == (201, first[0].content)
    assert second["Idempotent-Replayed"] == "true"
    assert (spendable(ada), spendable(bola)) == (0, 100_000)


def test_the_kinds_of_notice_that_a_transfer_writes_go_by_no_mail():
    assert (kinds.MONEY_SENT.mails, kinds.MONEY_RECEIVED.mails) == (False, False)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_pin_token_under_many_keys_at_once_moves_money_once(ada, bola, transfer):
    answers = at_once([partial(transfer, key=f"key-{number}") for number in range(20)])

    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 19
    assert (spendable(ada), spendable(bola)) == (99_900, 100)


def _rows(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
