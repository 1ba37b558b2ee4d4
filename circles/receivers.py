"""What circles do about the facts of wallets: a nudge, and nothing else."""

from uuid import UUID

from django.dispatch import receiver

from circles.tasks import collect_from_member
from contri.core.nudging import nudge
from wallets.signals import wallet_funded


@receiver(wallet_funded, dispatch_uid="circles.collect_from_member")
def collect_what_is_owed(sender: None, *, user_id: UUID, **_kwargs: object) -> None:
    """Money has come in: whoever owes a circle pays it first."""
    nudge(collect_from_member, str(user_id))
