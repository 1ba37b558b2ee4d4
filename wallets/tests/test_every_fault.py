"""Every fault of a provider against every movement of money: nothing is paid twice, nothing is credited unasked.

The last word has the comparison with the providers' own lists: after the faults have passed, they and the books agree.
"""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.two_people import approve
from wallets import services
from wallets.errors import CardDeclinedError, ProviderUnavailableError
from wallets.models import Card, Deposit, ProviderHealth, Refund, Transaction, Withdrawal
from wallets.services import audit_ledger, reconcile
from wallets.tests.factories import held, in_suspense, link_bank, spendable
from wallets.tests.patience import give_up_sooner

pytestmark = pytest.mark.django_db

KINDS = (
    "timeout_before",
    "timeout_after",
    "error_500",
    "error_500_after",
    "html_502",
    "html_502_after",
    "reset",
    "reset_after",
    "rate_limited",
    "slow",
)
# Every kind against the first provider; of the second, one of each way in which an answer can be lost.
CASES = [("paystack", kind) for kind in KINDS] + [
    ("flutterwave", kind) for kind in ("timeout_after", "error_500_after", "html_502", "reset")
]
STEPS = {
    "paystack": ("transaction.initialize", "transaction.charge_authorization", "transaction.verify"),
    "flutterwave": ("payments.create", "tokenized_charges.create", "transactions.verify"),
}
SENDING = {"paystack": ("transfer.create", "transfer.verify"), "flutterwave": ("transfers.create", "transfers.list")}


@pytest.fixture
def ada(sandbox, settings, kind):
    """Ada; where a provider hangs, it is given up on sooner than usual."""
    cache.clear()
    give_up_sooner(settings, kind)
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=3)


@pytest.fixture
def strike(sandbox):
    """`strike(operation, kind)`: it goes wrong the next time."""

    def call(operation, kind):
        sandbox.inject_fault(operation, kind, delay_ms=30 if kind == "slow" else 4_000)

    return call


@pytest.mark.parametrize(("provider", "kind"), CASES)
def test_money_comes_in_once_whatever_goes_wrong(ada, sandbox, strike, provider, kind):
    initialize, charge, verify = (f"{provider}.{step}" for step in STEPS[provider])
    first = _deposit(ada, provider, keeps_card=True)
    sandbox.pay(first.authorization_url)
    strike(verify, kind)
    _ask_about_everything()
    assert Card.objects.filter(user=ada).count() == 1

    strike(initialize, kind)
    try:
        opened = _deposit(ada, provider)
        sandbox.pay(opened.authorization_url)
    except ProviderUnavailableError:
        # Nobody was shown where to pay.
        assert kind != "slow"
    strike(charge, kind)
    strike(verify, kind)
    try:
        card = Card.objects.get(user=ada)
        services.charge_card(actor=ada, amount_kobo=2_000_00, card_id=card.pk, at=timezone.now())
    except CardDeclinedError:
        pytest.fail("what is unknown was taken for declined")
    _ask_about_everything()

    credited = Transaction.objects.filter(type="deposit", status="succeeded").values_list("amount_kobo", flat=True)
    assert spendable(ada) == sum(credited)
    assert _agrees(provider)


@pytest.mark.parametrize(("provider", "kind"), CASES)
def test_money_goes_out_once_whatever_goes_wrong(ada, sandbox, strike, pin_token, provider, kind):
    paid = _deposit(ada, provider)
    sandbox.pay(paid.authorization_url)
    services.settle_deposit(reference=paid.reference, at=timezone.now())
    if provider == "flutterwave":
        _paystack_is_away()
    create, verify = (f"{provider}.{step}" for step in SENDING[provider])
    _request(ada, sandbox, pin_token)

    strike(create, kind)
    strike(verify, kind)
    for _ in range(3):
        _work()
    sandbox.flush()
    _work()

    withdrawal = Withdrawal.objects.get()
    sent = sandbox.transfers() if provider == "paystack" else sandbox.flutterwave_transfers()
    assert [transfer["reference"] for transfer in sent] == [withdrawal.reference]
    assert (withdrawal.provider, withdrawal.status, held(ada)) == (provider, "succeeded", 0)
    assert spendable(ada) == 5_000_00 - 1_000_00
    assert _agrees(provider)


@pytest.mark.parametrize("kind", KINDS)
def test_money_goes_back_once_whatever_goes_wrong(ada, sandbox, strike, kind):
    sandbox.inject_fault("paystack.charge", "other_amount", amount=2_000_00)
    short = _deposit(ada, "paystack")
    sandbox.pay(short.authorization_url)
    services.settle_deposit(reference=short.reference, at=timezone.now())
    _have_sent_back(short)

    strike("paystack.refund.create", kind)
    strike("paystack.refund.list", kind)
    for minutes in (0, 1, 15, 30):
        _work_refunds(after=timedelta(minutes=minutes))
    sandbox.flush()
    _work_refunds(after=timedelta(minutes=45))

    refund = Refund.objects.get()
    assert [(sent["merchant_note"], sent["amount"]) for sent in sandbox.refunds()] == [(refund.reference, 2_000_00)]
    assert (refund.status, in_suspense(), spendable(ada)) == ("succeeded", 0, 0)
    assert _agrees("paystack")


def _have_sent_back(deposit):
    maker, checker = UserFactory.create(is_staff=True), UserFactory.create(is_staff=True)
    item = deposit.suspense_items.get()
    asked = services.ask_suspense_refund(actor=maker, item_id=item.pk, reason="too little")
    approve(actor=checker, request_id=asked.pk, reason="yes", at=timezone.now())


def _work_refunds(*, after):
    Refund.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    services.work_refunds(at=timezone.now() + after)


def _deposit(ada, provider, **options):
    return services.start_deposit(actor=ada, amount_kobo=5_000_00, provider=provider, at=timezone.now(), **options)


def _request(ada, sandbox, pin_token):
    account = link_bank(ada)
    sandbox.register_bank_account(
        account_number="0123456784", bank_code=account.bank_code, account_name=account.account_name
    )
    token = pin_token(ada, PinPurpose.WITHDRAW)
    services.request_withdrawal(
        actor=ada, bank_account_id=account.pk, amount_kobo=1_000_00, pin_token=token, at=timezone.now()
    )


def _paystack_is_away():
    now = timezone.now()
    ProviderHealth.objects.create(provider="paystack", away_since=now - timedelta(minutes=5), last_away_at=now)


def _ask_about_everything():
    for _ in range(3):
        Deposit.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        services.verify_open_deposits(at=timezone.now())


def _work():
    Withdrawal.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    services.work_withdrawals(at=timezone.now())


def _agrees(provider):
    now = timezone.now()
    since, until = now - timedelta(hours=2), now + timedelta(hours=1)
    found = reconcile(provider=provider, since=since, until=until, at=now, keep=False)
    return (found.open, found.stopped, audit_ledger()) == ([], "", [])
