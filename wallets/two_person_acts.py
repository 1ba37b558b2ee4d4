"""What takes two people of staff when it is about money."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Model

from contri.core.models import StaffRequest
from contri.core.two_people import Terms, TwoPersonAct, register_act
from wallets.services.dispute_answers import ACCEPT, accept_dispute
from wallets.services.owing import WRITE_OFF_OWED, write_off_owed
from wallets.services.payments_out import release_withdrawal
from wallets.services.putting_right import RELEASE, REVERSE, reverse_transaction
from wallets.services.refunds import REFUND, refund_suspense
from wallets.services.suspense import CREDIT, WRITE_OFF, credit_suspense, write_off_suspense
from wallets.services.wording import naira

Verb = Callable[..., object]


def register() -> None:
    """Let them be asked for from now on."""
    _register(CREDIT, "credit money in suspense", "credit_suspenseitem", credit_suspense)
    _register(REFUND, "send money in suspense back", "refund_suspenseitem", refund_suspense)
    _register(WRITE_OFF, "write money in suspense off", "write_off_suspenseitem", write_off_suspense)
    _register(WRITE_OFF_OWED, "write off what somebody owes", "write_off_owed", write_off_owed)
    _register(ACCEPT, "accept a dispute", "accept_dispute", accept_dispute)
    _register(REVERSE, "reverse a transfer", "reverse_transaction", reverse_transaction)
    _register(RELEASE, "give a withdrawal's money back", "release_withdrawal", release_withdrawal)


def _register(kind: str, title: str, codename: str, verb: Verb) -> None:
    def perform(request: StaffRequest, actor: Model, at: datetime) -> object:
        return verb(request=request, actor=actor, at=at)

    register_act(
        TwoPersonAct(
            kind=kind,
            title=title,
            ask_permission=f"wallets.ask_{codename}",
            approve_permission=f"wallets.approve_{codename}",
            perform=perform,
            describe=_described,
        )
    )


def _described(terms: Terms) -> str:
    to = f" to {terms['to']}" if "to" in terms else ""
    return f"{naira(terms['amount_kobo'])}{to}"
