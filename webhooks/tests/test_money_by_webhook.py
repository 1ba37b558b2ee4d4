"""Money that webhooks tell of: whatever comes twice, late, shuffled or at once, the books end the same.

The providers are the sandbox's, over HTTP; what they say by webhook is posted here to the byte.
"""

import os
import random
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

import wallets.services
from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.two_people import approve
from contri.core.work import WorkState
from wallets.models import Deposit, Dispute, Refund, SuspenseItem, Transaction, Withdrawal
from wallets.tests.factories import balance_of, fund, in_suspense, link_bank, spendable
from webhooks import services
from webhooks.models import InboundEvent, WebhookRefusal
from webhooks.tests.senders import send_paystack

# The suite plays a handful; `WEBHOOK_ORDERS=1000 pytest -k any_order …` plays as many as one likes.
ORDERS = int(os.environ.get("WEBHOOK_ORDERS", "4"))
TIMES = 10


def deposit(person, sandbox, kobo=500_000):
    """A checkout that `person` paid; its webhook is on its way."""
    kept = wallets.services.start_deposit(actor=person, amount_kobo=kobo, at=timezone.now())
    sandbox.pay(kept.authorization_url)
    return kept


def deliver(webhook):
    """Post a webhook as its receiver gets it."""
    return send_paystack(webhook.body, signature=webhook.headers["x-paystack-signature"])


def the_webhook(sandbox):
    sandbox.flush()
    (webhook,) = sandbox.new_webhooks()
    return webhook


@pytest.mark.django_db
def test_a_signed_webhook_credits_the_wallet_once_the_provider_confirms(sandbox):
    ada = UserFactory.create()
    paid = deposit(ada, sandbox)
    webhook = the_webhook(sandbox)

    assert deliver(webhook).status_code == 200
    assert spendable(ada) == 0
    assert services.work_inbox(at=timezone.now()) == 1

    assert spendable(ada) == 500_000
    event = InboundEvent.objects.get()
    assert (event.reference, event.handled_by) == (paid.reference, "wallets.settle_deposit")


@pytest.mark.django_db
def test_a_wrong_signature_changes_nothing(sandbox):
    ada = UserFactory.create()
    deposit(ada, sandbox)
    webhook = the_webhook(sandbox)

    answer = send_paystack(webhook.body, signature=webhook.headers["x-paystack-signature"][::-1])
    services.work_inbox(at=timezone.now())

    assert answer.status_code == 401
    assert (spendable(ada), InboundEvent.objects.count(), WebhookRefusal.objects.get().count) == (0, 0, 1)


@pytest.mark.django_db
def test_a_webhook_alone_is_never_believed(sandbox):
    """Signed well, says that it was paid; the provider, asked, says otherwise."""
    ada = UserFactory.create()
    kept = wallets.services.start_deposit(actor=ada, amount_kobo=500_000, at=timezone.now())
    body = b'{"event":"charge.success","data":{"id":1,"status":"success","amount":500000,"reference":"%s"}}'

    send_paystack(body % kept.reference.encode())
    services.work_inbox(at=timezone.now())

    assert spendable(ada) == 0
    assert Deposit.objects.get().status != Deposit.Status.SUCCEEDED


@pytest.mark.django_db
def test_a_provider_that_does_not_answer_the_question_leaves_the_event_to_be_tried_again(sandbox):
    ada = UserFactory.create()
    deposit(ada, sandbox)
    deliver(the_webhook(sandbox))
    sandbox.inject_fault("paystack.transaction.verify", "error_500")

    services.work_inbox(at=timezone.now())

    event = InboundEvent.objects.get()
    assert (event.state, event.attempts, spendable(ada)) == (WorkState.READY, 1, 0)

    InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    services.work_inbox(at=timezone.now())
    assert spendable(ada) == 500_000


@pytest.mark.django_db
def test_a_dispute_is_followed_from_its_first_word_to_its_last(sandbox):
    ada = UserFactory.create()
    paid = deposit(ada, sandbox)
    sandbox.flush()
    number = sandbox.dispute(paid.reference)
    sandbox.decide_dispute(number, "")
    sandbox.decide_dispute(number, "auto-accepted")
    sandbox.flush()

    for webhook in sandbox.new_webhooks():
        deliver(webhook)
        services.work_inbox(at=timezone.now())

    events = InboundEvent.objects.order_by("created_at").values_list("event", "reference", "handled_by")
    review = (str(number), "wallets.review_dispute")
    assert list(events) == [
        ("charge.success", paid.reference, "wallets.settle_deposit"),
        ("charge.dispute.create", *review),
        ("charge.dispute.remind", *review),
        ("charge.dispute.resolve", *review),
    ]
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.taken_kobo, spendable(ada), balance_of(ada).held_kobo) == ("lost", 500_000, 0, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_webhook_ten_times_at_once_credits_once(sandbox):
    ada = UserFactory.create()
    paid = deposit(ada, sandbox)
    webhook = the_webhook(sandbox)
    answers: list[int] = []
    acts: list[Callable[[], object]] = [lambda: answers.append(deliver(webhook).status_code)] * 10
    acts += [lambda: services.work_inbox(at=timezone.now())] * 2
    acts += [lambda: wallets.services.settle_deposit(reference=paid.reference, at=timezone.now())] * 2

    _all_at_once(acts)
    services.work_inbox(at=timezone.now())

    assert answers == [200] * 10
    event = InboundEvent.objects.get()
    assert (event.deliveries, event.state) == (10, WorkState.DONE)
    assert spendable(ada) == 500_000
    assert Transaction.objects.filter(type="deposit").count() == 1


def _all_at_once(acts):
    start = Barrier(len(acts))

    def run(act):
        start.wait(timeout=10)
        try:
            act()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


@pytest.mark.django_db
def test_any_order_of_any_number_of_deliveries_ends_the_same(sandbox, pin_token):
    """Deposits in full, short and too much, nobody's money, a refund, a dispute, a payout that comes back: shuffled."""
    ada = UserFactory.create(tier=1)
    webhooks = _everything_that_can_arrive(ada, sandbox, pin_token)
    seen: dict[tuple[Any, ...], list[int]] = {}

    for seed in range(ORDERS):
        mark = transaction.savepoint()
        _play(webhooks, random.Random(seed))
        seen.setdefault(_state_of_the_books(ada), []).append(seed)
        transaction.savepoint_rollback(mark)

    assert len(seen) == 1, seen
    (state,) = seen
    assert dict(state) == {
        "spendable": 100_000_00 + 5_000_00 + 7_000_00,
        "held": 0,
        "suspense": 2_000_00 + 1_00 + 3_000_00,
        "deposits": (
            ("succeeded", 5_000_00),
            ("succeeded", 7_000_00),
            ("succeeded", 9_000_00),
            ("suspended", 4_000_00),
            ("suspended", 6_000_00),
        ),
        "refunds": (("succeeded", 2_500_00),),
        "disputes": (("lost", 9_000_00, 0),),
        "withdrawals": (("reversed", 20_000_00),),
        "suspense_reasons": ("less_than_asked", "less_than_asked", "more_than_asked", "unknown_reference"),
    }


def _everything_that_can_arrive(ada, sandbox, pin_token):
    fund(ada, 100_000_00)
    withdrawal = wallets.services.request_withdrawal(
        actor=ada,
        bank_account_id=link_bank(ada).id,
        amount_kobo=20_000_00,
        pin_token=pin_token(ada, PinPurpose.WITHDRAW),
        at=timezone.now(),
    )
    wallets.services.work_withdrawals(at=timezone.now())
    deposit(ada, sandbox, 5_000_00)
    sandbox.inject_fault("paystack.charge", "other_amount", amount=2_000_00)
    deposit(ada, sandbox, 4_000_00)
    sandbox.inject_fault("paystack.charge", "other_amount", amount=7_001_00, requested_amount=7_001_00)
    deposit(ada, sandbox, 7_000_00)
    _pay_what_nobody_asked_for(sandbox, 3_000_00)
    sandbox.inject_fault("paystack.charge", "other_amount", amount=2_500_00)
    _send_back(deposit(ada, sandbox, 6_000_00))
    dispute = sandbox.dispute(deposit(ada, sandbox, 9_000_00).reference)
    sandbox.decide_dispute(dispute, "merchant-accepted")
    sandbox.flush()
    sandbox.set_transfer_status(withdrawal.reference, "reversed")
    sandbox.flush()
    return sandbox.new_webhooks()


def _send_back(kept):
    """Two of staff have what came for this deposit sent back, and Paystack has heard of it."""
    wallets.services.settle_deposit(reference=kept.reference, at=timezone.now())
    maker, checker = UserFactory.create(is_staff=True), UserFactory.create(is_staff=True)
    item = SuspenseItem.objects.get(reference=kept.reference)
    asked = wallets.services.ask_suspense_refund(actor=maker, item_id=item.pk, reason="too little")
    approve(actor=checker, request_id=asked.pk, reason="yes", at=timezone.now())
    wallets.services.work_refunds(at=timezone.now())


def _pay_what_nobody_asked_for(sandbox, kobo):
    checkout = httpx.post(
        f"{settings.PAYSTACK_BASE_URL}/transaction/initialize",
        json={"email": "stranger@example.com", "amount": kobo, "reference": "somebody-elses-idea"},
        headers={"Authorization": f"Bearer {settings.PAYSTACK_SECRET_KEY}"},
    )
    sandbox.pay(checkout.json()["data"]["authorization_url"])


def _play(webhooks, dice):
    """Each webhook ten times: shuffled, some so late that all is over, some while the sweeps ask by themselves."""
    deliveries = webhooks * TIMES
    dice.shuffle(deliveries)
    late = len(deliveries) - dice.randint(0, 15)
    for webhook in deliveries[:late]:
        _receive(webhook)
        if dice.random() < 0.1:
            services.work_inbox(at=timezone.now())
        if dice.random() < 0.03:
            _poll(dice)
    services.work_inbox(at=timezone.now())
    for webhook in deliveries[late:]:
        _receive(webhook)
    services.work_inbox(at=timezone.now())


def _receive(webhook):
    """What the door does with it; the door itself has tests of its own."""
    signature = webhook.headers["x-paystack-signature"]
    services.receive_paystack(body=webhook.body, signature=signature, at=timezone.now())


def _poll(dice):
    """What the sweeps do by themselves, without any webhook."""
    for reference in dice.sample(sorted(Deposit.objects.values_list("reference", flat=True)), 2):
        wallets.services.settle_deposit(reference=reference, at=timezone.now())
    for reference in Refund.objects.values_list("charge_reference", flat=True):
        wallets.services.resolve_refunds(charge_reference=reference, at=timezone.now())
    for reference in Withdrawal.objects.values_list("reference", flat=True):
        wallets.services.resolve_withdrawal(reference=reference, at=timezone.now())


def _state_of_the_books(person):
    balance = balance_of(person)
    state = {
        "spendable": balance.available_kobo,
        "held": balance.held_kobo,
        "suspense": in_suspense(),
        "deposits": tuple(sorted(Deposit.objects.values_list("status", "amount_kobo"))),
        "refunds": tuple(sorted(Refund.objects.values_list("status", "amount_kobo"))),
        "disputes": tuple(sorted(Dispute.objects.values_list("status", "taken_kobo", "owed_kobo"))),
        "withdrawals": tuple(sorted(Withdrawal.objects.values_list("status", "amount_kobo"))),
        "suspense_reasons": tuple(sorted(SuspenseItem.objects.values_list("reason", flat=True))),
    }
    return tuple(state.items())
