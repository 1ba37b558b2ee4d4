"""What staff see of people on the desk."""

from datetime import datetime

from django.db.models import Model

from accounts.models import CheckStatus, IdentityCheck, User
from accounts.services.limits import CHANGE_LIMITS, announce_limits
from contri.core.desk.queues import register_rows
from contri.core.models import StaffRequest
from contri.core.money import naira_from_kobo
from contri.core.two_people import Terms, TwoPersonAct, register_act
from contri.core.work import WorkState


def register() -> None:
    """Name the queues of this app, and what takes two people."""
    register_act(
        TwoPersonAct(
            kind=CHANGE_LIMITS,
            title="change a tier's limits",
            ask_permission="accounts.ask_tierrule",
            approve_permission="accounts.approve_tierrule",
            perform=_announce,
            describe=_described,
        )
    )
    register_rows("Identity checks to review", IdentityCheck, status=CheckStatus.REVIEW)
    register_rows("Identity checks that the worker gave up", IdentityCheck, state=WorkState.NEEDS_REVIEW)


def _announce(request: StaffRequest, actor: Model, at: datetime) -> object:
    if not isinstance(actor, User):
        raise TypeError("staff are users of ours")
    return announce_limits(request=request, actor=actor, at=at)


def _described(terms: Terms) -> str:
    amounts = [
        f"{label} {'without limit' if terms[key] is None else '₦' + naira_from_kobo(terms[key])}"
        for label, key in (("deposit", "deposit_kobo"), ("balance", "balance_kobo"), ("a day", "daily_outflow_kobo"))
    ]
    return f"tier {terms['tier']} from {terms['effective_from']}: {', '.join(amounts)}"
