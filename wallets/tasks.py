"""The worker's door. Every task may run twice: what it does is claimed row by row."""

import logging
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from contri.core.readings import take_reading
from wallets import services

logger = logging.getLogger(__name__)


@shared_task(name="wallets.work_withdrawals")
def work_withdrawals(withdrawal_id: str | None = None) -> None:
    """Go on with one withdrawal that was just asked for, or (the beat's sweep) with whatever is due."""
    if withdrawal_id is None:
        services.work_withdrawals(at=timezone.now())
    else:
        services.work_withdrawal(withdrawal_id=UUID(withdrawal_id), at=timezone.now())


@shared_task(name="wallets.work_refunds")
def work_refunds(refund_id: str | None = None) -> None:
    """Go on with one refund that was just approved, or (the beat's sweep) with whatever is due."""
    if refund_id is None:
        services.work_refunds(at=timezone.now())
    else:
        services.work_refund(refund_id=UUID(refund_id), at=timezone.now())


@shared_task(name="wallets.verify_open_deposits")
def verify_open_deposits() -> None:
    """Ask the provider about deposits that no webhook has concluded."""
    services.verify_open_deposits(at=timezone.now())


@shared_task(name="wallets.review_open_disputes")
def review_open_disputes() -> None:
    """Ask the provider how open disputes stand."""
    services.review_open_disputes(at=timezone.now())


@shared_task(name="wallets.find_disputes")
def find_disputes() -> None:
    """Ask the providers for disputes that no webhook told of."""
    services.find_disputes(at=timezone.now())


@shared_task(name="wallets.recover_owed")
def recover_owed(user_id: str | None = None) -> None:
    """Take what one person owes from money that just came, or (the beat's sweep) from everybody who owes."""
    if user_id is None:
        services.recover_all_owed(at=timezone.now())
    else:
        services.recover_owed(user_id=UUID(user_id), at=timezone.now())


@shared_task(name="wallets.release_parked")
def release_parked() -> None:
    """Make parked money spendable where the tier allows it by now."""
    services.release_all_parked(at=timezone.now())


@shared_task(name="wallets.fold_ledger")
def fold_ledger() -> None:
    """Add to the deferred accounts' counters what waits to be added."""
    services.fold_ledger()


@shared_task(name="wallets.seal_ledger")
def seal_ledger() -> None:
    """Seal every day that is over."""
    services.seal_ledger(at=timezone.now())


@shared_task(name="wallets.sound_alarms")
def sound_alarms() -> None:
    """Say what has been under way for too long."""
    services.sound_alarms(at=timezone.now())


@shared_task(name="wallets.reconcile_yesterday")
def reconcile_yesterday() -> None:
    """Compare each provider's lists of yesterday with the books; what asking again may mend is asked about."""
    services.reconcile_yesterday(at=timezone.now())


@shared_task(name="wallets.audit_ledger")
def audit_ledger() -> None:
    """Replay the ledger; what does not add up is logged as an error, one line each, for people to be woken by."""
    findings = services.audit_ledger()
    take_reading("ledger_findings", len(findings))
    for finding in findings:
        logger.error("the ledger does not add up: %s", finding)


@shared_task(name="wallets.check_trial_balance")
def check_trial_balance() -> None:
    """The cheapest of the audit's checks, often: all that was ever debited is all that was ever credited."""
    findings = services.audit_ledger(of=services.trial_balance())
    take_reading("trial_balance_findings", len(findings))
    for finding in findings:
        logger.error("the ledger does not balance: %s", finding)
