"""What circles do about facts, those of wallets and their own: a nudge, and nothing else."""

from uuid import UUID

from django.dispatch import receiver

from circles.models import Membership, MembershipStatus
from circles.signals import circle_changed
from circles.tasks import collect_from_member
from contri.core.live import hint, user_room
from contri.core.nudging import nudge
from wallets.signals import wallet_funded


@receiver(wallet_funded, dispatch_uid="circles.collect_from_member")
def collect_what_is_owed(sender: None, *, user_id: UUID, **_kwargs: object) -> None:
    """Money has come in: whoever owes a circle pays it first."""
    nudge(collect_from_member, str(user_id))


@receiver(circle_changed, dispatch_uid="circles.show_circle")
def show_circle(sender: None, *, circle_id: UUID, **_kwargs: object) -> None:
    """A circle is not what it was: its members' open sockets fetch it again."""
    members = Membership.objects.filter(circle_id=circle_id, status=MembershipStatus.ACTIVE)
    hint(
        [user_room(user_id) for user_id in members.values_list("user_id", flat=True)],
        "circle.changed",
        circle_id=circle_id,
    )
