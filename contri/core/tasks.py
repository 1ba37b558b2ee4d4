"""Celery's doors to what the floor does in the background."""

from celery import shared_task

from contri.core.audit_chain import chain_all


@shared_task(name="core.chain_audit")
def chain_audit() -> None:
    """Sweep: put every new row of the audit trail into the hash chain."""
    chain_all()
