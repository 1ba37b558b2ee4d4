"""What the contributions to a cycle come to, as sums in the database.

A share that was given back was never there; one that was waived is worth what was paid of it before.
"""

from django.db.models import BigIntegerField, Case, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from circles.models import ContributionStatus


def promised_kobo(prefix: str = "") -> Coalesce:
    """What is to come in altogether; `prefix` leads from the rows to their contributions."""
    status, amount, paid = (f"{prefix}{name}" for name in ("status", "amount_kobo", "paid_kobo"))
    given_back = When(**{status: ContributionStatus.REFUNDED}, then=Value(0))
    waived = When(**{status: ContributionStatus.WAIVED}, then=F(paid))
    worth = Case(given_back, waived, default=F(amount), output_field=BigIntegerField())
    return Coalesce(Sum(worth), 0)


def collected_kobo(prefix: str = "") -> Coalesce:
    """What has come in and stayed."""
    stayed = ~Q(**{f"{prefix}status": ContributionStatus.REFUNDED})
    return Coalesce(Sum(f"{prefix}paid_kobo", filter=stayed), 0, output_field=BigIntegerField())
