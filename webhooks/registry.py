"""Which verb of which app each event concerns. A new event is one line here.

A verb gets the event's reference and the moment, nothing else: what a body claims (an amount, a success, a match) is
never believed. The verb asks the provider, server to server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import accounts.services
import wallets.services
from webhooks.models import Provider
from webhooks.parsing import SMILE_ID_EVENT


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of an app, behind the one signature that the inbox calls: reference, moment."""

    name: str
    run: Callable[[str, datetime], object]


def _settle_deposit(reference: str, at: datetime) -> object:
    return wallets.services.settle_deposit(reference=reference, at=at)


def _resolve_withdrawal(reference: str, at: datetime) -> object:
    return wallets.services.resolve_withdrawal(reference=reference, at=at)


def _settle_flutterwave_deposit(reference: str, at: datetime) -> object:
    return wallets.services.settle_deposit(reference=reference, at=at, provider=Provider.FLUTTERWAVE)


def _resolve_identity_check(reference: str, at: datetime) -> object:
    return accounts.services.resolve_identity_check(job_id=reference, at=at)


def _review_dispute(code: str, at: datetime) -> object:
    return wallets.services.review_dispute(code=code, at=at)


def _resolve_refunds(charge_reference: str, at: datetime) -> object:
    return wallets.services.resolve_refunds(charge_reference=charge_reference, at=at)


SETTLE_DEPOSIT = Verb("wallets.settle_deposit", _settle_deposit)
SETTLE_FLUTTERWAVE_DEPOSIT = Verb("wallets.settle_deposit", _settle_flutterwave_deposit)
RESOLVE_WITHDRAWAL = Verb("wallets.resolve_withdrawal", _resolve_withdrawal)
RESOLVE_REFUNDS = Verb("wallets.resolve_refunds", _resolve_refunds)
REVIEW_DISPUTE = Verb("wallets.review_dispute", _review_dispute)
RESOLVE_IDENTITY_CHECK = Verb("accounts.resolve_identity_check", _resolve_identity_check)

VERBS: dict[tuple[str, str], Verb] = {
    (Provider.PAYSTACK, "charge.success"): SETTLE_DEPOSIT,
    (Provider.PAYSTACK, "transfer.success"): RESOLVE_WITHDRAWAL,
    (Provider.PAYSTACK, "transfer.failed"): RESOLVE_WITHDRAWAL,
    (Provider.PAYSTACK, "transfer.reversed"): RESOLVE_WITHDRAWAL,
    (Provider.PAYSTACK, "refund.processed"): RESOLVE_REFUNDS,
    (Provider.PAYSTACK, "refund.failed"): RESOLVE_REFUNDS,
    (Provider.PAYSTACK, "refund.needs-attention"): RESOLVE_REFUNDS,
    (Provider.PAYSTACK, "charge.dispute.create"): REVIEW_DISPUTE,
    (Provider.PAYSTACK, "charge.dispute.remind"): REVIEW_DISPUTE,
    (Provider.PAYSTACK, "charge.dispute.resolve"): REVIEW_DISPUTE,
    # Also for payments and transfers that failed; asking tells.
    (Provider.FLUTTERWAVE, "charge.completed"): SETTLE_FLUTTERWAVE_DEPOSIT,
    (Provider.FLUTTERWAVE, "transfer.completed"): RESOLVE_WITHDRAWAL,
    (Provider.SMILE_ID, SMILE_ID_EVENT): RESOLVE_IDENTITY_CHECK,
}


def verb_for(provider: str, event: str) -> Verb | None:
    """The verb that this event concerns; None when Contri needs nothing of it."""
    return VERBS.get((provider, event))
