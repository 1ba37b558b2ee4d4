"""Reversals, releases and write-offs: one asks, another approves, and the database holds it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.models import StaffRequest
from contri.core.two_people import (
    AlreadyAskedError,
    AlreadyDecidedError,
    NotTheAskerError,
    ReasonMissingError,
    SamePersonError,
    approve,
    decline,
    take_back,
)
from contri.core.work import WorkState
from wallets import chart, ledger
from wallets.errors import InsufficientFundsError, NotReversibleError, NotWaitingForReviewError
from wallets.ledger import Leg
from wallets.ledger.posting import mirror_legs, resolving_leg
from wallets.models import LedgerTransfer, Transaction, Withdrawal
from wallets.models.ledger import Phase
from wallets.services import (
    ask_release,
    ask_reversal,
    ask_suspense_credit,
    ask_suspense_refund,
    ask_suspense_write_off,
    audit_ledger,
    request_withdrawal,
)
from wallets.tests.factories import account_balance, fund, held, in_suspense, link_bank, send, spend, spendable
from wallets.tests.test_admin import suspense_item

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def maker():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def checker():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def sent(pin_token):
    """₦3,000 of Ada's ₦10,000, sent to Bola."""
    ada, bola = UserFactory.create(tier=2), UserFactory.create(tier=2)
    fund(ada, 10_000_00)
    return send(ada, bola, 3_000_00, pin_token=pin_token(ada))


@pytest.fixture
def stuck(pin_token):
    """A withdrawal of ₦3,000 that the worker left to a person."""
    ada = UserFactory.create(tier=1)
    fund(ada, 10_000_00)
    withdrawal = request_withdrawal(
        actor=ada, bank_account_id=link_bank(ada).pk, amount_kobo=3_000_00, pin_token=pin_token(ada), at=NOW
    )
    Withdrawal.objects.update(state=WorkState.NEEDS_REVIEW)
    return withdrawal


def yes(person, request):
    return approve(actor=person, request_id=request.pk, reason="checked", at=NOW)


def test_a_transfer_goes_back_once_two_people_said_so(maker, checker, sent):
    request = ask_reversal(actor=maker, transaction_id=sent.pk, reason="sent to a namesake")
    sender, receiver = sent.wallet.user, sent.counterparty
    assert (spendable(sender), spendable(receiver)) == (7_000_00, 3_000_00)

    yes(checker, request)

    assert (spendable(sender), spendable(receiver)) == (10_000_00, 0)
    told = Transaction.objects.filter(reference__startswith=sent.reference).order_by("reference", "direction")
    assert list(told.values_list("type", "direction", "status", "balance_after_kobo")) == [
        ("transfer", "credit", "reversed", 3_000_00),
        ("transfer", "debit", "reversed", 7_000_00),
        ("reversal", "credit", "succeeded", 10_000_00),
        ("reversal", "debit", "succeeded", 0),
    ]
    assert audit_ledger() == []


def test_what_was_spent_cannot_go_back_and_the_request_stays_open(maker, checker, sent):
    request = ask_reversal(actor=maker, transaction_id=sent.pk, reason="a mistake")
    spend(sent.counterparty, 1_000_00)

    with pytest.raises(InsufficientFundsError):
        yes(checker, request)

    request.refresh_from_db()
    assert (request.status, spendable(sent.wallet.user)) == ("open", 7_000_00)


def test_only_transfers_between_members_go_back_and_only_once(maker, checker, sent, stuck):
    yes(checker, ask_reversal(actor=maker, transaction_id=sent.pk, reason="a mistake"))

    for line in (sent, stuck.transaction):
        with pytest.raises(NotReversibleError):
            ask_reversal(actor=maker, transaction_id=line.pk, reason="again")


def test_a_withdrawal_that_was_never_paid_is_given_back(maker, checker, stuck):
    request = ask_release(actor=maker, withdrawal_id=stuck.pk, reason="the bank has nothing")
    owner = stuck.wallet.user
    assert (spendable(owner), held(owner)) == (7_000_00, 3_000_00)

    yes(checker, request)

    stuck.refresh_from_db()
    assert (spendable(owner), held(owner), stuck.status) == (10_000_00, 0, "failed")
    assert audit_ledger() == []


def test_a_withdrawal_under_way_is_not_given_back(maker, stuck):
    Withdrawal.objects.update(state=WorkState.READY)

    with pytest.raises(NotWaitingForReviewError):
        ask_release(actor=maker, withdrawal_id=stuck.pk, reason="impatient")


def test_money_of_nobodys_is_written_off(maker, checker):
    item = suspense_item()
    yes(checker, ask_suspense_write_off(actor=maker, item_id=item.pk, reason="a year old"))

    item.refresh_from_db()
    with transaction.atomic():
        assert (in_suspense(), account_balance(chart.fees_account())) == (0, 4_900_00)
    assert (item.status, item.asked_by, item.approved_by) == ("resolved", maker, checker)
    assert audit_ledger() == []


def test_who_asked_decides_nothing_and_who_did_not_takes_nothing_back(maker, checker, sent):
    request = ask_reversal(actor=maker, transaction_id=sent.pk, reason="a mistake")
    word: Any = {"request_id": request.pk, "reason": "so", "at": NOW}

    for decision in (approve, decline):
        with pytest.raises(SamePersonError):
            decision(actor=maker, **word)
    with pytest.raises(NotTheAskerError):
        take_back(actor=checker, **word)
    assert take_back(actor=maker, **word).status == "taken_back"
    with pytest.raises(AlreadyDecidedError):
        approve(actor=checker, **word)
    assert spendable(sent.wallet.user) == 7_000_00


def test_the_same_is_asked_for_once_at_a_time_and_never_without_a_reason(maker, checker, sent):
    with pytest.raises(ReasonMissingError):
        ask_reversal(actor=maker, transaction_id=sent.pk, reason=" ")
    request = ask_reversal(actor=maker, transaction_id=sent.pk, reason="a mistake")
    with pytest.raises(AlreadyAskedError):
        ask_reversal(actor=checker, transaction_id=sent.pk, reason="a mistake")

    decline(actor=checker, request_id=request.pk, reason="it was none", at=NOW)

    assert ask_reversal(actor=checker, transaction_id=sent.pk, reason="it was one").status == "open"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("SET status = 'approved', decided_by_id = asked_by_id, decided_at = now()", "staff_request_takes_two"),
        ("SET status = 'approved', decided_at = now()", "staff_request_takes_two"),
        ("SET terms = '{}'", "what was asked for never changes"),
        ("SET asked_by_id = (SELECT id FROM accounts_user WHERE referral_code = 'CONTRI')", "never changes"),
    ],
)
def test_the_database_itself_wants_two_people_and_no_afterthoughts(maker, sent, change, message):
    ask_reversal(actor=maker, transaction_id=sent.pk, reason="a mistake")

    with pytest.raises(DatabaseError, match=message), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE staff_request {change}")


def test_a_decision_stands_and_no_request_is_deleted(maker, checker, sent):
    request = ask_reversal(actor=maker, transaction_id=sent.pk, reason="a mistake")
    decline(actor=checker, request_id=request.pk, reason="it was none", at=NOW)

    with pytest.raises(DatabaseError, match="a decision stands"), transaction.atomic():
        StaffRequest.objects.update(decided_reason="something else")
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM staff_request")


@pytest.mark.parametrize(
    "scope", ["staff_reversal", "suspense_credited", "suspense_refund", "suspense_written_off", "owed_written_off"]
)
def test_the_ledger_itself_refuses_money_that_one_person_moves(maker, sent, scope):
    ask_reversal(actor=maker, transaction_id=sent.pk, reason="a mistake")
    leg = Leg(chart.wallet_account(sent.wallet_id), chart.wallet_account(sent.counterparty.wallets.get().pk), 1, "x")

    with pytest.raises(DatabaseError, match="takes two people"):
        commit_as_it_were(
            lambda: ledger.post(scope=scope, key="k", source="s", source_id=sent.pk, legs=[leg], initiator_id=maker.pk)
        )


def test_an_approved_write_off_is_no_licence_for_anything_else(maker, checker, sent):
    item = suspense_item()
    licensed(ask_suspense_write_off(actor=maker, item_id=item.pk, reason="a year old"), checker)
    suspense, fees, mine = chart.suspense_account(), chart.fees_account(), chart.wallet_account(sent.wallet_id)
    move = moving(item, maker)

    refused(lambda: move("suspense_credited", Leg(suspense, mine, 4_900_00, "x")))
    refused(lambda: move("suspense_written_off", Leg(suspense, mine, 4_900_00, "x")))
    refused(lambda: move("suspense_written_off", Leg(suspense, fees, 4_899_99, "x")))
    refused(lambda: moving(sent, maker)("suspense_written_off", Leg(suspense, fees, 4_900_00, "x")))
    move("suspense_written_off", Leg(suspense, fees, 4_900_00, "x"))


def test_an_approved_credit_goes_to_the_wallet_it_names(maker, checker, sent):
    item, owner = suspense_item(), sent.wallet.user
    licensed(ask_suspense_credit(actor=maker, item_id=item.pk, email=owner.email, reason="hers"), checker)
    hers, his = (chart.wallet_account(wallet) for wallet in (sent.wallet_id, sent.counterparty.wallets.get().pk))
    move = moving(item, maker)

    refused(lambda: move("suspense_credited", Leg(chart.suspense_account(), his, 4_900_00, "x")))
    refused(lambda: move("suspense_credited", Leg(his, hers, 3_000_00, "x")))
    move("suspense_credited", Leg(chart.suspense_account(), hers, 4_900_00, "x"))


def test_an_approved_refund_is_held_for_the_provider_and_goes_nowhere_else(maker, checker, sent):
    item = suspense_item()
    licensed(ask_suspense_refund(actor=maker, item_id=item.pk, reason="nobody's"), checker)
    suspense, provider, mine = (
        chart.suspense_account(),
        chart.clearing_account("paystack"),
        chart.wallet_account(sent.wallet_id),
    )
    move = moving(item, maker)

    refused(lambda: move("suspense_refund", Leg(suspense, mine, 4_900_00, "x", Phase.HOLD)))
    refused(lambda: move("suspense_refund", Leg(suspense, provider, 4_900_00, "x")))
    refused(lambda: move("suspense_refund", Leg(suspense, provider, 4_899_99, "x", Phase.HOLD)))
    move("suspense_refund", Leg(suspense, provider, 4_900_00, "x", Phase.HOLD))


def test_an_approved_reversal_undoes_that_transfer_and_no_other(maker, checker, sent, pin_token):
    sender = sent.wallet.user
    other = send(sender, sent.counterparty, 3_000_00, pin_token=pin_token(sender))
    licensed(ask_reversal(actor=maker, transaction_id=sent.pk, reason="a namesake"), checker)
    move = moving(sent, maker)

    refused(lambda: move("staff_reversal", *mirror_of(other)))
    refused(lambda: move("staff_reversal", way_back(sent)))
    move("staff_reversal", *mirror_of(sent))


def test_an_approved_release_ends_the_holds_of_that_withdrawal_and_no_others(maker, checker, stuck, pin_token):
    owner = stuck.wallet.user
    other = request_withdrawal(
        actor=owner, bank_account_id=stuck.bank_account_id, amount_kobo=3_000_00, pin_token=pin_token(owner), at=NOW
    )
    licensed(ask_release(actor=maker, withdrawal_id=stuck.pk, reason="the bank has nothing"), checker)
    move = moving(stuck, maker)

    refused(lambda: move("withdrawal_released", *(resolving_leg(hold, Phase.RELEASE) for hold in other.hold_ids)))
    refused(lambda: move("withdrawal_released", *(resolving_leg(hold, Phase.SETTLE) for hold in stuck.hold_ids)))
    move("withdrawal_released", *(resolving_leg(hold, Phase.RELEASE) for hold in stuck.hold_ids))


def licensed(request, person):
    """Approved, while its act is still to come: what a door could do that writes both by itself."""
    StaffRequest.objects.filter(pk=request.pk).update(status="approved", decided_by=person, decided_at=NOW)


def moving(row, actor):
    """Posts legs as an act of staff on `row`, and has checked at once what is checked at commit."""

    def move(scope, *legs):
        event = {"key": f"{scope} of {row.pk}", "source": "x", "source_id": row.pk, "initiator_id": actor.pk}
        commit_as_it_were(lambda: ledger.post(scope=scope, legs=legs, **event))

    return move


def refused(act):
    with pytest.raises(DatabaseError, match="two people"):
        act()


def mirror_of(line):
    with transaction.atomic():
        return mirror_legs(list(LedgerTransfer.objects.filter(journal_id=line.journal_id).values_list("pk", flat=True)))


def way_back(line):
    """As much from the receiver to the sender, but a movement of its own."""
    receiver, sender = line.counterparty.wallets.get().pk, line.wallet_id
    return Leg(chart.wallet_account(receiver), chart.wallet_account(sender), line.amount_kobo, "x")


def commit_as_it_were(act):
    """Do it, and have what is checked at commit checked now."""
    with transaction.atomic(), connection.cursor() as cursor:
        act()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
