"""What happens after the facts that accounts announces: only nudges."""

from uuid import UUID

from django.dispatch import receiver

from accounts.signals import identity_check_started
from accounts.tasks import work_identity_check
from contri.core.nudging import nudge


@receiver(identity_check_started)
def nudge_identity_check(sender: object, *, check_id: UUID, **_kwargs: object) -> None:
    """Let a worker hand the check in now rather than at the next sweep."""
    nudge(work_identity_check, str(check_id))
