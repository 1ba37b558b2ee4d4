"""Two people of staff, who decide together what becomes of money whose owner is not known, or that is wanted back."""

from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from contri.core.errors import DomainError
from contri.core.models import StaffRequest
from contri.core.two_people import approve
from contri.simulation.people import PATIENCE
from contri.simulation.world import World
from wallets.models import Dispute, SuspenseItem
from wallets.services import ask_dispute_acceptance, ask_suspense_credit, ask_suspense_refund, contest_dispute

WHY = "simulated"
DONE = "done"
ASKS, APPROVES = "asks@simulation.invalid", "approves@simulation.invalid"


def employ_staff() -> None:
    """Have the two."""
    for email in (ASKS, APPROVES):
        User.objects.create(email=email, is_staff=True)


def send_back(world: World, item: SuspenseItem) -> str:
    """Decide that a payment in suspense goes back to its payer; what came of it."""
    return _decided(world, item, lambda asker: ask_suspense_refund(actor=asker, item_id=item.pk, reason=WHY))


def give_to(world: World, item: SuspenseItem, email: str) -> str:
    """Decide that a payment in suspense is this person's; what came of it."""
    return _decided(
        world, item, lambda asker: ask_suspense_credit(actor=asker, item_id=item.pk, email=email, reason=WHY)
    )


def accept(world: World, claim: Dispute) -> str:
    """Decide that a disputed payment is given back; what came of it."""
    return _decided(world, claim, lambda asker: ask_dispute_acceptance(actor=asker, dispute_id=claim.pk, reason=WHY))


def contest(world: World, dispute: Dispute) -> str:
    """Have the bank told why a disputed payment stands; what came of it."""

    def say() -> None:
        if _waits(dispute):
            actor = User.objects.get(email=ASKS)
            contest_dispute(actor=actor, dispute_id=dispute.pk, reason=WHY, at=timezone.now())

    return _pressed(world, say)


def _decided(world: World, about: SuspenseItem | Dispute, ask: Callable[[User], StaffRequest]) -> str:
    def decide() -> None:
        if not _waits(about):
            return
        asked = StaffRequest.objects.filter(target_id=str(about.pk), status=StaffRequest.Status.OPEN).first()
        request = asked or ask(User.objects.get(email=ASKS))
        approver = User.objects.get(email=APPROVES)
        approve(actor=approver, request_id=request.pk, reason=WHY, at=timezone.now())

    return _pressed(world, decide)


def _waits(about: SuspenseItem | Dispute) -> bool:
    about.refresh_from_db()
    is_answered = isinstance(about, Dispute) and bool(about.answer)
    return about.status == about.Status.OPEN and not is_answered


def _pressed(world: World, act: Callable[[], None]) -> str:
    try:
        # Whoever sees an error page looks at what became of it, and presses again.
        is_done = any(world.at_the_desk(act) for _ in range(PATIENCE))
    except DomainError as refusal:
        return refusal.code
    return DONE if is_done else "nothing"
