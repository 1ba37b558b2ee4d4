"""What must be true after every step, what must be true now and then, and what must be true when all is quiet again."""

from collections.abc import Iterable
from functools import cache

from django.db import connection

from circles.models import ActState, Circle, CircleStatus, Contribution, Payout, ScheduledAct
from circles.services import audit as circle_audit
from contri.core.work import WorkState
from contri.simulation.bank import PretendBank
from contri.simulation.bank_books import Transfer
from contri.simulation.people import ContriError
from contri.simulation.shortcuts import CHEAP_CHECKS, first_finding
from wallets.models import Deposit, Dispute, Refund, Transaction, Withdrawal
from wallets.services import audit as ledger_audit
from webhooks.models import InboundEvent

ENDS = (CircleStatus.COMPLETED, CircleStatus.DISSOLVED, CircleStatus.CANCELLED, CircleStatus.EXPIRED)

ENDS_OF_TRANSFERS = {
    "success": Withdrawal.Status.SUCCEEDED,
    "failed": Withdrawal.Status.FAILED,
    "reversed": Withdrawal.Status.REVERSED,
}
# This bank never takes back that a payment failed: what it may still pay, or has paid, is not its owner's any more.
GIVEN_BACK = """
SELECT reference FROM wallets_withdrawal
 WHERE status = 'paid_late' OR (status = 'failed' AND reference = ANY (%s)) LIMIT 1
"""

BALANCES = """
SELECT purpose, sum(credits_posted - debits_posted)::bigint FROM ledger_account GROUP BY purpose
"""


def check_step(step: int, bank: PretendBank) -> None:
    """The cheap checks, and one of the others in turn.

    Raises:
        ContriError: something is not as it must be.
    """
    if finding := first_finding():
        raise ContriError(finding)
    _check_nothing_is_paid_twice(bank)
    others = _checks_in_turn()
    check = others[step % len(others)]
    for found in check.find():
        raise ContriError(f"{check.name}: {found}")


def _check_nothing_is_paid_twice(bank: PretendBank) -> None:
    sent = [transfer.reference for transfer in bank.transfers.values() if transfer.status != "failed"]
    with connection.cursor() as cursor:
        cursor.execute(GIVEN_BACK, [sent])
        found = cursor.fetchone()
    if found:
        raise ContriError(f"paid twice: withdrawal {found[0]} was given back, and the bank pays it")


@cache
def _checks_in_turn() -> list[ledger_audit.Check | circle_audit.Check]:
    checks: list[ledger_audit.Check | circle_audit.Check] = [*ledger_audit.checks(), *circle_audit.CHECKS]
    return [check for check in checks if check.name not in CHEAP_CHECKS]


def check_everything() -> None:
    """Both audits in full.

    Raises:
        ContriError: what they found first.
    """
    found = [*ledger_audit.audit_ledger(), *circle_audit.audit_circles()]
    if found:
        raise ContriError(f"{len(found)} finding(s), the first: {found[0]}")


def check_quiet(bank: PretendBank) -> None:
    """Nothing is under way any more, and the providers' books and ours are the same.

    Raises:
        ContriError: something never ends, or money is on one side only.
    """
    for queue in (Withdrawal, Refund, Dispute, InboundEvent):
        stuck = queue._default_manager.exclude(state=WorkState.DONE).values_list("state", "last_error").first()
        if stuck:
            raise ContriError(f"a {queue.__name__} is {stuck}")
    failing = ScheduledAct.objects.filter(state=ActState.PENDING).exclude(last_error="").first()
    if failing:
        raise ContriError(f"{failing} keeps failing: {failing.last_error}")
    _check_bank(bank)


def are_circles_going() -> bool:
    """Whether some circle has not reached an end."""
    return Circle.objects.exclude(status__in=ENDS).exists()


def check_circles_ended() -> None:
    """Every circle reached an end.

    Raises:
        ContriError: one goes on for ever.
    """
    going = Circle.objects.exclude(status__in=ENDS).values_list("name", "status").first()
    if going:
        raise ContriError(f"{going[0]} is still {going[1]}")


def achievements() -> dict[str, int]:
    """How much really happened, so that nobody trusts a life in which nothing did."""
    return {
        "payouts": Payout.objects.count(),
        "contributions late": Contribution.objects.filter(late_at__isnull=False).count(),
        "payments taken back by a bank": Dispute.objects.filter(status=Dispute.Status.LOST).count(),
        "disputes won": Dispute.objects.filter(status=Dispute.Status.WON).count(),
        "payments sent back": Refund.objects.filter(status=Refund.Status.SUCCEEDED).count(),
        "circles completed": Circle.objects.filter(status=CircleStatus.COMPLETED).count(),
        "deposits": Deposit.objects.filter(status=Deposit.Status.SUCCEEDED).count(),
        "withdrawals": Withdrawal.objects.filter(status=Withdrawal.Status.SUCCEEDED).count(),
        "withdrawals that came back": Withdrawal.objects.filter(
            status__in=(Withdrawal.Status.FAILED, Withdrawal.Status.REVERSED)
        ).count(),
        "transfers": Transaction.objects.filter(
            type=Transaction.Type.TRANSFER, direction=Transaction.Direction.DEBIT
        ).count(),
    }


def _check_bank(bank: PretendBank) -> None:
    """Each payment in is booked once, each payment out was asked for once, and clearing holds just the difference."""
    paid_in = [charge.reference for charge in bank.charges.values() if charge.status == "success"]
    pending = Deposit.objects.filter(reference__in=paid_in, status=Deposit.Status.PENDING).first()
    if pending:
        raise ContriError(f"deposit {pending.reference} was paid, and nobody noticed")
    _check_payments_out(bank.transfers.values())
    with connection.cursor() as cursor:
        cursor.execute(BALANCES)
        balances = dict(cursor.fetchall())
    if -balances.get("provider_clearing", 0) != bank.balance():
        raise ContriError(f"clearing says {-balances.get('provider_clearing', 0)} kobo, the bank has {bank.balance()}")


def _check_payments_out(transfers: Iterable[Transfer]) -> None:
    """Each payment out ended in our books as it did at the bank, and neither side has one of its own."""
    ours = dict(Withdrawal.objects.filter(submitted_at__isnull=False).values_list("reference", "status"))
    for transfer in transfers:
        status = ours.pop(transfer.reference, "not there")
        if status != ENDS_OF_TRANSFERS[transfer.status]:
            raise ContriError(f"the bank says {transfer.status} of a payment that is {status} in our books")
    if Withdrawal.Status.SUCCEEDED in ours.values():
        raise ContriError("a withdrawal is paid in our books, and the bank has never heard of it")
