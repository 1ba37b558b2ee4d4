"""One movement of money is many calls: the app's, the worker's, the provider's. Log lines of all lead to the first."""

import json
import logging

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.context import call_context
from contri.core.logs import json_lines, readable_lines
from wallets.models import Deposit
from wallets.services import verify_open_deposits
from webhooks import services
from webhooks.tests.senders import send_paystack

pytestmark = pytest.mark.django_db

ADAS_CALL = "adas-call-0001"


class Lines(logging.Handler):
    """What is logged, as it is written."""

    def __init__(self, formatter):
        super().__init__(logging.INFO)
        self.setFormatter(formatter)
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    """`lines(formatter)`: where every line goes from now on."""
    handlers = []

    def call(formatter):
        handlers.append(Lines(formatter))
        logging.getLogger("wallets").addHandler(handlers[-1])
        return handlers[-1].lines

    yield call
    for handler in handlers:
        logging.getLogger("wallets").removeHandler(handler)


@pytest.fixture
def deposit(signed_in, sandbox):
    """A deposit that Ada paid, and that nobody told us of yet."""
    ada = UserFactory.create(tier=1)
    key = {"HTTP_IDEMPOTENCY_KEY": "one", "HTTP_X_REQUEST_ID": ADAS_CALL}
    answer = signed_in(ada).post("/api/v1/wallet/deposit", {"amount": "5000.00"}, **key)
    sandbox.pay(answer.json()["authorization_url"])
    return Deposit.objects.get()


def calls_of(lines):
    told = [json.loads(line) for line in lines]
    return {(line["request_id"], line.get("begun_by")) for line in told if line["logger"] == "wallets.providers.http"}


def test_what_a_webhook_sets_off_names_the_call_that_began_it(deposit, sandbox, lines):
    written = lines(json_lines())
    sandbox.flush()
    (webhook,) = sandbox.new_webhooks()
    send_paystack(webhook.body, signature=webhook.headers["x-paystack-signature"])
    with call_context(request_id="the-workers-task"):
        services.work_inbox(at=timezone.now())

    deposit.refresh_from_db()
    assert (deposit.status, deposit.begun_by) == ("succeeded", ADAS_CALL)
    assert calls_of(written) == {("the-workers-task", ADAS_CALL)}


def test_what_a_sweep_does_names_it_too_and_people_can_read_both(deposit, lines):
    written = lines(readable_lines())
    Deposit.objects.update(due_at=timezone.now())
    with call_context(request_id="the-sweeps-task"):
        verify_open_deposits(at=timezone.now())

    (line,) = [line for line in written if "paystack verify charge" in line]
    assert f"[the-sweeps-task for {ADAS_CALL}]" in line


def test_the_call_itself_is_named_once(signed_in, sandbox, lines):
    written = lines(json_lines())
    key = {"HTTP_IDEMPOTENCY_KEY": "one", "HTTP_X_REQUEST_ID": ADAS_CALL}
    signed_in(UserFactory.create(tier=1)).post("/api/v1/wallet/deposit", {"amount": "5000.00"}, **key)

    assert calls_of(written) == {(ADAS_CALL, None)}
