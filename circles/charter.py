"""What members agree to: every rule of a circle as canonical JSON, and its hash.

Anyone can check the hash: SHA-256 over the document's UTF-8 bytes, which are the rules as JSON with sorted keys and no
blanks.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from circles.models import CharterVersion, Circle, PayoutOrder
from contri.core.moments import LAGOS
from contri.core.money import CURRENCY, naira_from_kobo


def rules_of(circle: Circle) -> dict[str, Any]:
    """Every rule that binds the members; the circle's name is not one."""
    order: dict[str, Any] = {}
    if circle.payout_order == PayoutOrder.RANDOM:
        order = {"draw_commitment": circle.draw_commitment}
    if circle.payout_order == PayoutOrder.HOST_ASSIGNED:
        order = {"assigned_order": circle.assigned_order}
    if circle.payout_order == PayoutOrder.AUCTION:
        order = {"auction_floor_percent": circle.auction_floor_percent, "bids_close_days": circle.bids_close_days}
    return (
        order
        | _security_of(circle)
        | {
            "amount": naira_from_kobo(circle.amount_kobo),
            "currency": CURRENCY,
            "cycle_start_date": circle.cycle_start_date.isoformat(),
            "due_time": circle.due_time.isoformat("minutes"),
            "frequency": str(circle.frequency),
            "grace_days": circle.grace_days,
            "needs_approval": circle.needs_approval,
            "payout_order": str(circle.payout_order),
            "shortfall_policy": str(circle.shortfall_policy),
            "size": circle.size,
            "time_zone": LAGOS.key,
        }
    )


def _security_of(circle: Circle) -> dict[str, Any]:
    """What members leave with the circle, and what being late costs: named only where there is such a rule."""
    rules: dict[str, Any] = {}
    if circle.late_fee_kobo:
        rules |= {"late_fee": naira_from_kobo(circle.late_fee_kobo), "late_fee_to": str(circle.late_fee_to)}
    if circle.asks_security:
        rules |= {
            "deposit": naira_from_kobo(circle.deposit_kobo),
            "reserve": naira_from_kobo(circle.reserve_kobo),
            "security_taken_at": str(circle.security_taken_at),
        }
    return rules


def canonical(rules: Mapping[str, Any]) -> str:
    """The one way to write these rules down."""
    return json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(document: str) -> str:
    """SHA-256 of a charter's document, in lower-case hex."""
    return hashlib.sha256(document.encode()).hexdigest()


def write_charter(circle: Circle) -> CharterVersion:
    """Write the circle's rules down as the version `circle.charter_number`."""
    document = canonical(rules_of(circle))
    return CharterVersion.objects.create(
        circle=circle, number=circle.charter_number, document=document, sha256=hash_of(document)
    )


def charter_in_force(circle: Circle) -> CharterVersion:
    """The version that members have to have accepted."""
    return CharterVersion.objects.get(circle=circle, number=circle.charter_number)
