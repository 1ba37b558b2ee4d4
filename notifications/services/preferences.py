"""What people would rather not hear, channel by channel."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db import transaction

from contri.core.errors import FieldFault, ValidationFaultsError
from notifications.kinds import Channel, kinds_over, notice_kinds
from notifications.models import SwitchedOff

# Channel → kind → whether the person wants it.
Wishes = Mapping[Channel, Mapping[str, bool]]


@transaction.atomic
def set_preferences(*, user_id: UUID, wishes: Wishes) -> None:
    """Switch kinds of notice on or off for `user_id`, channel by channel; what is not named stays as it is.

    Raises:
        ValidationFaultsError: a kind that the channel does not carry, or that always gets through; nothing is changed.
    """
    faults = list(_faults(wishes))
    if faults:
        raise ValidationFaultsError(*faults)
    for channel, kinds in wishes.items():
        _switch(user_id, channel, kinds)


def _switch(user_id: UUID, channel: Channel, kinds: Mapping[str, bool]) -> None:
    wanted = [kind for kind, is_on in kinds.items() if is_on]
    unwanted = [SwitchedOff(user_id=user_id, channel=channel, kind=kind) for kind, is_on in kinds.items() if not is_on]
    SwitchedOff.objects.filter(user_id=user_id, channel=channel, kind__in=wanted).delete()
    SwitchedOff.objects.bulk_create(unwanted, ignore_conflicts=True)


def _faults(wishes: Wishes) -> Iterator[FieldFault]:
    for channel, kinds in wishes.items():
        carried = set(kinds_over(channel))
        for kind, is_on in kinds.items():
            if kind not in carried:
                yield FieldFault(f"{channel}.{kind}", "unknown_kind", f"No such kind of notice goes by {channel}.")
            elif not (is_on or notice_kinds()[kind].can_be_switched_off):
                yield FieldFault(f"{channel}.{kind}", "always_on", "Money and security cannot be switched off.")
