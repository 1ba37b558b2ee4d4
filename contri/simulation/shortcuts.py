"""What is asked in every step, as functions of the scratch database: one round trip each, planned once a connection."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from accounts.models import IdentityCheck
from circles.models import ActState, CardPayment, ScheduledAct
from contri.core.work import QueuedWork, WorkState
from wallets.models import Deposit, Dispute, Refund, Withdrawal
from wallets.services import audit as ledger_audit
from webhooks.models import InboundEvent

POTS = Path(__file__).with_name("pots.sql")
# The cheap ones of the ledger's own checks.
CHEAP_CHECKS = frozenset({"trial_balance", "holds_are_pending"})

QUEUES: dict[str, type[QueuedWork]] = {
    "accounts.work_identity_checks": IdentityCheck,
    "circles.work_card_payments": CardPayment,
    "wallets.review_open_disputes": Dispute,
    "wallets.verify_open_deposits": Deposit,
    "wallets.work_refunds": Refund,
    "wallets.work_withdrawals": Withdrawal,
    "webhooks.work_inbox": InboundEvent,
}
WAITING = {
    **{
        task: f"{queue._meta.db_table} WHERE state = '{WorkState.READY}' AND due_at <= simulated.clock()"
        for task, queue in QUEUES.items()
    },
    "circles.turn_circles": (
        f"{ScheduledAct._meta.db_table} WHERE state = '{ActState.PENDING}' AND next_try_at <= simulated.clock()"
    ),
    "wallets.fold_ledger": "ledger_unfolded",
    "wallets.recover_owed": "wallets_wallet WHERE is_owing",
    "wallets.release_parked": "wallets_parkedcredit WHERE released_kobo < amount_kobo",
}


def functions() -> Iterator[str]:
    """The statements that make them."""
    checks = {check.name: check.sql for check in ledger_audit.checks() if check.name in CHEAP_CHECKS}
    checks["pots"] = POTS.read_text(encoding="utf-8")
    # Names and queries are this project's own.
    findings = (f"SELECT '{name}: ' || found.finding FROM ({sql}) found" for name, sql in checks.items())  # noqa: S608
    waiting = (f"SELECT '{task}' WHERE EXISTS (SELECT FROM {rows})" for task, rows in WAITING.items())  # noqa: S608
    yield _function("findings", findings)
    yield _function("waiting", waiting)


def first_finding() -> str:
    """What the cheap checks find first; empty when everything is as it must be."""
    found = _asked("SELECT * FROM simulated.findings() LIMIT 1")
    return found[0] if found else ""


def tasks_with_work() -> frozenset[str]:
    """Those of the sweeps in `WAITING` for which something waits at this moment."""
    return frozenset(_asked("SELECT * FROM simulated.waiting()"))


def _function(name: str, queries: Iterator[str]) -> str:
    # Only PL/pgSQL keeps the plans of its queries.
    steps = "\n".join(f"RETURN QUERY {query};" for query in queries)
    return f"CREATE FUNCTION simulated.{name}() RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN {steps} END $$"


def _asked(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]
