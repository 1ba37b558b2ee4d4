"""What payers contest at their banks: disputes, as Paystack tells of them and lets a merchant answer."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from contri.simulation.bank_books import Body, Charge, Dispute, dispute_body
from contri.simulation.envelopes import ok, page, refused

# Where evidence is put: nobody of ours reads it.
FILES = "files.invalid"
# More than the 16 that a bank really gives: time passes by hours here, and some claims must be answered.
HOURS_TO_ANSWER = 48
# The bank's own time, once the merchant has contested the claim.
LONGEST_LOOK_HOURS = 40
CONTESTED_AND_WON = 0.8

Answer = Callable[..., httpx.Response]


class Claims:
    """The side of the pretend bank on which money is wanted back."""

    def __init__(
        self,
        chance: Callable[[], random.Random],
        now: Callable[[], datetime],
        tell: Callable[[str, Body], None],
        known: Callable[[], list[Dispute]],
        is_kind: Callable[[], bool],
    ) -> None:
        self._chance = chance
        self._now = now
        self._tell = tell
        self._known = known
        self._is_kind = is_kind

    def open(self, number: int, charge: Charge, amount: int) -> None:
        """A payer wants `amount` kobo of a payment back; unanswered, they get it."""
        due_at = self._now() + timedelta(hours=HOURS_TO_ANSWER)
        dispute = Dispute(number, charge, amount, self._now(), due_at, fate=[(due_at, "auto-accepted")])
        self._known().append(dispute)
        self._tell("charge.dispute.create", dispute_body(dispute))

    def move(self) -> None:
        """Let what was due by now be resolved."""
        for dispute in self._known():
            while dispute.fate and dispute.fate[0][0] <= self._now():
                self._resolve(dispute, dispute.fate.pop(0)[1])

    def routes(self) -> tuple[tuple[str, str, Answer], ...]:
        """What is answered about disputes."""
        return (
            ("GET", r"/dispute$", lambda body: page(body, self._known(), dispute_body)),
            ("GET", r"/dispute/(\d+)$", lambda _body, number: self._about(number, dispute_body)),
            ("GET", r"/dispute/(\d+)/upload_url$", lambda _body, number: self._about(number, _place)),
            ("POST", r"/dispute/(\d+)/evidence$", lambda _body, number: self._about(number, _evidence)),
            ("PUT", r"/dispute/(\d+)/resolve$", self._answered),
        )

    def _about(self, number: str, told: Callable[[Dispute], Body]) -> httpx.Response:
        dispute = self._with(number)
        return ok(told(dispute)) if dispute else refused(404, "Dispute not found", "not_found")

    def _answered(self, body: Body, number: str) -> httpx.Response:
        dispute = self._with(number)
        if dispute is None or dispute.status != "awaiting-merchant-feedback":
            return refused(400, "Dispute has already been answered", "invalid_params")
        if body["resolution"] == "merchant-accepted":
            dispute.amount, dispute.fate = body["refund_amount"], []
            self._resolve(dispute, "merchant-accepted")
        else:
            is_won = self._is_kind() or self._chance().random() < CONTESTED_AND_WON
            decided_at = self._now() + timedelta(hours=self._chance().randint(0, LONGEST_LOOK_HOURS))
            dispute.status = "awaiting-bank-feedback"
            dispute.fate = [(decided_at, "declined" if is_won else "merchant-accepted")]
        return ok(dispute_body(dispute))

    def _resolve(self, dispute: Dispute, resolution: str) -> None:
        dispute.status, dispute.resolution = "resolved", resolution
        if dispute.is_lost and dispute.amount == dispute.charge.paid:
            dispute.charge.status = "reversed"
        self._tell("charge.dispute.resolve", dispute_body(dispute))

    def _with(self, number: str) -> Dispute | None:
        return next((dispute for dispute in self._known() if dispute.number == int(number)), None)


def _place(dispute: Dispute) -> Body:
    name = f"evidence-{dispute.number}.txt"
    return {"signedUrl": f"https://{FILES}/{name}", "fileName": name}


def _evidence(dispute: Dispute) -> Body:
    return {"id": dispute.number}
