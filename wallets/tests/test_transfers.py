"""POST /wallet/transfer."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.moments import rfc3339
from notifications.models import Notification
from wallets.errors import LimitExceededError
from wallets.models import AccountStatus, LedgerTransfer, Transaction
from wallets.tests.factories import freeze, fund, send, spendable
from wallets.tests.threads import at_once

URL = "/api/v1/wallet/transfer"


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=3)


@pytest.fixture
def bola():
    return UserFactory.create(first_name="Bola", last_name="Adeyemi", tier=3)


@pytest.fixture
def post(signed_in, pin_token):
    """`post(sender, body)`: one transfer, with a fresh PIN token and a fresh key unless others are given."""

    def call(sender, body, *, key=None, token=None, client=None):
        token = pin_token(sender, PinPurpose.TRANSFER) if token is None else token
        headers = {"Idempotency-Key": uuid4().hex if key is None else key, "X-Pin-Token": token}
        return (client or signed_in(sender)).post(URL, body, format="json", headers=headers)

    return call


@pytest.mark.django_db
class TestOneTransfer:
    def test_money_moves_and_both_see_it(self, ada, bola, post):
        fund(ada, 100_000)

        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "250.00", "note": "For the yams"})

        sent = Transaction.objects.get(wallet__user=ada)
        assert answer.status_code == 201
        assert answer.json() == {
            "transaction": {
                "id": str(sent.pk),
                "type": "transfer",
                "direction": "debit",
                "amount": "250.00",
                "fee": "0.00",
                "currency": "NGN",
                "status": "succeeded",
                "reference": sent.reference,
                "description": "For the yams",
                "counterparty": {"id": str(bola.pk), "display_name": "Bola A.", "avatar_url": None},
                "balance_after": "750.00",
                "circle_id": None,
                "created_at": rfc3339(sent.created_at),
            }
        }
        assert (spendable(ada), spendable(bola)) == (75_000, 25_000)

    def test_the_recipient_can_be_named_by_address_whatever_its_case(self, ada, bola, post):
        fund(ada, 100_000)

        assert post(ada, {"recipient_email": bola.email.upper(), "amount": "1.00"}).status_code == 201
        assert spendable(bola) == 100

    def test_it_is_in_the_audit_trail_and_both_are_told(self, ada, bola, post):
        fund(ada, 100_000)
        post(ada, {"recipient_id": str(bola.pk), "amount": "250.00"})

        sent = Transaction.objects.get(wallet__user=ada)
        assert list(LogEntry.objects.values_list("user_id", "object_id")) == [(ada.pk, str(sent.pk))]
        told = {notice.recipient_id: notice.title for notice in Notification.objects.all()}
        assert told == {ada.pk: "You sent ₦250.00", bola.pk: "Ada O. sent you ₦250.00"}

    def test_it_costs_the_same_queries_every_time(self, ada, bola, signed_in, pin_token, django_assert_num_queries):
        fund(ada, 100_000)
        client = signed_in(ada)
        body = {"recipient_id": str(bola.pk), "amount": "1.00"}
        # The first one opens the recipient's wallet, and reads what a process remembers. After that one statement sees,
        # and one does everything, who is calling included.
        for key, expected in (("first", None), ("second", 2), ("third", 2)):
            headers = {"Idempotency-Key": key, "X-Pin-Token": pin_token(ada)}
            if expected is None:
                client.post(URL, body, format="json", headers=headers)
                continue
            with django_assert_num_queries(expected):
                assert client.post(URL, body, format="json", headers=headers).status_code == 201

    def test_a_replay_gets_the_same_bytes_and_moves_nothing(self, ada, bola, post, pin_token):
        fund(ada, 100_000)
        body, token = {"recipient_id": str(bola.pk), "amount": "250.00"}, pin_token(ada)

        first = post(ada, body, key="once", token=token)
        again = post(ada, body, key="once", token=token)

        assert (again.status_code, again.content) == (201, first.content)
        assert again["Idempotent-Replayed"] == "true"
        assert (spendable(ada), spendable(bola)) == (75_000, 25_000)


# Each refusal is the only thing wrong with a transfer that would have gone through.
@pytest.mark.django_db
class TestRefusals:
    @pytest.fixture(autouse=True)
    def money(self, ada):
        fund(ada, 100_000)

    def refused(self, answer, ada, bola):
        assert (spendable(ada), spendable(bola)) == (100_000, 0)
        assert not Transaction.objects.exists()
        assert answer["Content-Type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    def test_too_little_money(self, ada, bola, post):
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1000.01"})
        assert self.refused(answer, ada, bola) == (409, "insufficient_funds")

    def test_a_refusal_for_lack_of_money_is_kept_under_its_key(self, ada, bola, post):
        body = {"recipient_id": str(bola.pk), "amount": "1000.01"}
        post(ada, body, key="once")
        fund(ada, 100_000)

        again = post(ada, body, key="once")

        assert (again.status_code, again.json()["code"]) == (409, "insufficient_funds")
        assert again["Idempotent-Replayed"] == "true"
        assert spendable(ada) == 200_000

    def test_to_oneself(self, ada, bola, post):
        answer = post(ada, {"recipient_id": str(ada.pk), "amount": "1.00"})
        assert self.refused(answer, ada, bola) == (400, "self_transfer")

    @pytest.mark.parametrize("body", [{"recipient_id": str(uuid4())}, {"recipient_email": "nobody@example.ng"}])
    def test_to_nobody(self, ada, bola, post, body):
        answer = post(ada, {**body, "amount": "1.00"})
        assert self.refused(answer, ada, bola) == (404, "recipient_not_found")

    def test_to_a_closed_account(self, ada, bola, post):
        bola.is_active = False
        bola.save(update_fields=["is_active"])
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"})
        assert self.refused(answer, ada, bola) == (404, "recipient_not_found")

    @pytest.mark.parametrize("status", [AccountStatus.FROZEN_DEBIT, AccountStatus.FROZEN])
    def test_from_a_frozen_wallet(self, ada, bola, post, status):
        freeze(ada, status)
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"})
        assert self.refused(answer, ada, bola) == (409, "account_not_open")

    def test_to_a_frozen_wallet(self, ada, bola, post):
        freeze(bola)
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"})
        assert self.refused(answer, ada, bola) == (409, "account_not_open")

    @pytest.mark.parametrize(
        "who",
        [{}, {"recipient_id": "x"}, {"recipient_email": "x"}, {"recipient_id": None}, {"recipient_id": ["a"]}],
    )
    def test_to_no_readable_person(self, ada, bola, post, who):
        answer = post(ada, {**who, "amount": "1.00"})
        assert self.refused(answer, ada, bola) == (400, "validation_error")

    def test_to_two_people(self, ada, bola, post):
        answer = post(ada, {"recipient_id": str(bola.pk), "recipient_email": bola.email, "amount": "1.00"})
        assert self.refused(answer, ada, bola) == (400, "validation_error")

    def test_without_a_pin_token(self, ada, bola, post):
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"}, token="")
        assert self.refused(answer, ada, bola) == (403, "pin_required")

    def test_with_somebody_elses_pin_token(self, ada, bola, post, pin_token):
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"}, token=pin_token(bola))
        assert self.refused(answer, ada, bola) == (403, "pin_token_invalid")

    def test_with_a_pin_token_for_something_else(self, ada, bola, post, pin_token):
        token = pin_token(ada, PinPurpose.WITHDRAW)
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"}, token=token)
        assert self.refused(answer, ada, bola) == (403, "pin_token_invalid")

    def test_with_a_used_pin_token(self, ada, bola, post, pin_token):
        token, body = pin_token(ada), {"recipient_id": str(bola.pk), "amount": "1.00"}
        assert post(ada, body, token=token).status_code == 201

        answer = post(ada, body, token=token)

        assert (answer.status_code, answer.json()["code"]) == (403, "pin_token_invalid")
        assert spendable(bola) == 100

    def test_a_refusal_leaves_the_pin_token_unused(self, ada, bola, post, pin_token):
        token = pin_token(ada)
        post(ada, {"recipient_id": str(bola.pk), "amount": "1000.01"}, token=token)

        assert post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"}, token=token).status_code == 201

    def test_without_a_key(self, ada, bola, signed_in, pin_token):
        headers = {"X-Pin-Token": pin_token(ada)}
        body = {"recipient_id": str(bola.pk), "amount": "1.00"}
        answer = signed_in(ada).post(URL, body, format="json", headers=headers)
        assert self.refused(answer, ada, bola) == (400, "idempotency_key_required")

    @pytest.mark.parametrize("key", ["k" * 256, "with blank", "naïve"])
    def test_with_a_key_that_is_none(self, ada, bola, post, key):
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"}, key=key)
        assert self.refused(answer, ada, bola) == (400, "idempotency_key_required")

    def test_with_a_key_of_another_request(self, ada, bola, post):
        post(ada, {"recipient_id": str(bola.pk), "amount": "1000.01"}, key="once")
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"}, key="once")
        assert self.refused(answer, ada, bola) == (422, "idempotency_key_reused")

    def test_a_validation_error_leaves_the_key_free(self, ada, bola, post):
        post(ada, {"recipient_id": str(bola.pk), "amount": "0"}, key="once")
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00"}, key="once")
        assert answer.status_code == 201

    def test_a_note_that_is_too_long(self, ada, bola, post):
        answer = post(ada, {"recipient_id": str(bola.pk), "amount": "1.00", "note": "n" * 201})
        assert self.refused(answer, ada, bola) == (400, "validation_error")


@pytest.mark.django_db
class TestLimits:
    @pytest.fixture
    def tier_0(self):
        return UserFactory.create(tier=0)

    def test_tier_0_sends_20_000_a_day_and_not_a_kobo_more(self, tier_0, bola, post):
        fund(tier_0, 5_000_000)
        assert post(tier_0, {"recipient_id": str(bola.pk), "amount": "19999.99"}).status_code == 201

        answer = post(tier_0, {"recipient_id": str(bola.pk), "amount": "0.02"})

        assert (answer.status_code, answer.json()["code"]) == (403, "limit_exceeded")
        assert (answer.json()["limit"], answer.json()["limit_type"]) == ("20000.00", "daily_outflow")
        assert post(tier_0, {"recipient_id": str(bola.pk), "amount": "0.01"}).status_code == 201
        assert spendable(bola) == 2_000_000

    def test_another_day_has_room_again(self, tier_0, bola, pin_token):
        fund(tier_0, 5_000_000)
        now = timezone.now()
        for day in (now, now + timedelta(days=1)):
            send(tier_0, bola, 2_000_000, pin_token=pin_token(tier_0), at=day)

        assert spendable(bola) == 4_000_000

    def test_what_the_recipient_may_hold_is_not_told_to_the_sender(self, ada, tier_0, post):
        fund(ada, 10_000_000)
        fund(tier_0, 4_999_999)

        answer = post(ada, {"recipient_id": str(tier_0.pk), "amount": "0.02"})

        assert (answer.status_code, answer.json()["code"]) == (403, "limit_exceeded")
        assert answer.json()["limit_type"] == "recipient_balance"
        assert "limit" not in answer.json()
        assert post(ada, {"recipient_id": str(tier_0.pk), "amount": "0.01"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_whole_request_is_three_statements(ada, bola, signed_in, pin_token, django_assert_num_queries):
    fund(ada, 100_000)
    client, body = signed_in(ada), {"recipient_id": str(bola.pk), "amount": "1.00"}
    first, second = pin_token(ada), pin_token(ada)
    client.post(URL, body, format="json", headers={"Idempotency-Key": "first", "X-Pin-Token": first})

    # One sees, one does everything, and once it is committed circles ask whether the recipient owes them anything.
    with django_assert_num_queries(3):
        answer = client.post(URL, body, format="json", headers={"Idempotency-Key": "second", "X-Pin-Token": second})

    assert answer.status_code == 201


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_the_daily_limit_holds_against_calls_at_once(self, bola, pin_token):
        sender = UserFactory.create(tier=0)
        fund(sender, 10_000_000)
        tokens = [pin_token(sender) for _ in range(6)]

        def send_once(token):
            try:
                send(sender, bola, 1_000_000, pin_token=token)
            except LimitExceededError:
                return False
            return True

        done = at_once([partial(send_once, token) for token in tokens])

        assert sorted(done) == [False] * 4 + [True] * 2
        assert spendable(bola) == 2_000_000

    def test_one_key_sent_a_hundred_times_at_once_moves_money_once(self, ada, bola, signed_in, pin_token):
        fund(ada, 100_000)
        client, token = signed_in(ada), pin_token(ada)
        authorization = client._credentials
        headers = {"Idempotency-Key": "once", "X-Pin-Token": token}

        def send_it():
            mine = APIClient()
            mine.credentials(**authorization)
            body = {"recipient_id": str(bola.pk), "amount": "250.00"}
            return mine.post(URL, body, format="json", headers=headers)

        answers = at_once([send_it] * 100)

        assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
        assert spendable(bola) == 25_000

    def test_opposite_transfers_never_wait_for_each_other(self, ada, bola, pin_token):
        fund(ada, 100_000)
        fund(bola, 100_000)
        pairs = [(ada, bola), (bola, ada)] * 4
        tokens = [pin_token(sender) for sender, _ in pairs]

        at_once([partial(send, *pair, 1_000, pin_token=token) for pair, token in zip(pairs, tokens, strict=True)])

        assert (spendable(ada), spendable(bola)) == (100_000, 100_000)
        assert LedgerTransfer.objects.filter(kind="transfer").count() == 8
