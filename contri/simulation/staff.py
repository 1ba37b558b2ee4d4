"""Two people of staff, who decide together what becomes of money that nobody knows whose it is."""

from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from contri.core.errors import DomainError
from contri.core.models import StaffRequest
from contri.core.two_people import approve
from contri.simulation.people import PATIENCE
from contri.simulation.world import World
from wallets.models import SuspenseItem
from wallets.services import ask_suspense_credit, ask_suspense_refund

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


def _decided(world: World, item: SuspenseItem, ask: Callable[[User], StaffRequest]) -> str:
    def decide() -> None:
        item.refresh_from_db()
        if item.status != SuspenseItem.Status.OPEN:
            return
        asked = StaffRequest.objects.filter(target_id=str(item.pk), status=StaffRequest.Status.OPEN).first()
        request = asked or ask(User.objects.get(email=ASKS))
        approver = User.objects.get(email=APPROVES)
        approve(actor=approver, request_id=request.pk, reason=WHY, at=timezone.now())

    try:
        # Whoever sees an error page looks at what became of it, and presses again.
        is_done = any(world.at_the_desk(decide) for _ in range(PATIENCE))
    except DomainError as refusal:
        return refusal.code
    return DONE if is_done else "nothing"
