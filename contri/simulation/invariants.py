"""What must be true after every step, what must be true now and then, and what must be true when all is quiet again."""

from functools import cache

from django.db import connection

from circles.models import ActState, Circle, CircleStatus, Payout, ScheduledAct
from circles.services import audit as circle_audit
from contri.core.work import WorkState
from contri.simulation.bank import CARD_FEE_KOBO, PretendBank
from contri.simulation.people import ContriError
from contri.simulation.shortcuts import CHEAP_CHECKS, first_finding
from wallets.models import Deposit, Transaction, Withdrawal
from wallets.services import audit as ledger_audit
from webhooks.models import InboundEvent

ENDS = (CircleStatus.COMPLETED, CircleStatus.DISSOLVED, CircleStatus.CANCELLED, CircleStatus.EXPIRED)

BALANCES = """
SELECT purpose, sum(credits_posted - debits_posted)::bigint FROM ledger_account GROUP BY purpose
"""


def check_step(step: int) -> None:
    """The cheap checks, and one of the others in turn.

    Raises:
        ContriError: something is not as it must be.
    """
    if finding := first_finding():
        raise ContriError(finding)
    others = _checks_in_turn()
    check = others[step % len(others)]
    for found in check.find():
        raise ContriError(f"{check.name}: {found}")


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
    for queue in (Withdrawal, InboundEvent):
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
    paid_in = {charge.reference: charge.paid for charge in bank.charges.values() if charge.status == "success"}
    pending = Deposit.objects.filter(reference__in=paid_in, status=Deposit.Status.PENDING).first()
    if pending:
        raise ContriError(f"deposit {pending.reference} was paid, and nobody noticed")
    sent = {transfer.reference: transfer for transfer in bank.transfers.values()}
    unknown = set(sent) - set(Withdrawal.objects.values_list("reference", flat=True))
    if unknown:
        raise ContriError(f"the bank paid {len(unknown)} transfers that nobody asked for")
    paid_out = sum(transfer.amount for transfer in sent.values() if transfer.status == "success")
    expected = sum(paid_in.values()) - CARD_FEE_KOBO * len(paid_in) - paid_out
    with connection.cursor() as cursor:
        cursor.execute(BALANCES)
        balances = dict(cursor.fetchall())
    if -balances.get("provider_clearing", 0) != expected:
        raise ContriError(f"clearing says {-balances.get('provider_clearing', 0)} kobo, the bank has {expected}")
