"""What people would rather not hear, channel by channel."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db import transaction

from contri.core.errors import FieldFault, ValidationFaultsError
from notifications.kinds import Channel, notice_kinds
from notifications.models import SwitchedOff

# Channel → kind → whether the person wants it.
Wishes = Mapping[str, Mapping[str, bool]]


@transaction.atomic
def set_preferences(*, user_id: UUID, wishes: Wishes) -> None:
    """Switch kinds of notice on or off for `user_id`, channel by channel; what is not named stays as it is.

    Raises:
        ValidationFaultsError: an unknown channel or kind, or one that always gets through; nothing is changed.
    """
    faults = list(_faults(wishes))
    if faults:
        raise ValidationFaultsError(*faults)
    for channel, kinds in wishes.items():
        wanted = [kind for kind, is_on in kinds.items() if is_on]
        SwitchedOff.objects.filter(user_id=user_id, channel=channel, kind__in=wanted).delete()
        SwitchedOff.objects.bulk_create(
            [SwitchedOff(user_id=user_id, channel=channel, kind=kind) for kind, is_on in kinds.items() if not is_on],
            ignore_conflicts=True,
        )


def _faults(wishes: Wishes) -> Iterator[FieldFault]:
    for channel, kinds in wishes.items():
        if channel not in Channel.values:
            yield FieldFault(channel, "unknown_channel", "There is no such channel.")
            continue
        for kind, is_on in kinds.items():
            yield from _faults_of(f"{channel}.{kind}", kind, is_on=is_on)


def _faults_of(field: str, kind: str, *, is_on: bool) -> Iterator[FieldFault]:
    known = notice_kinds().get(kind)
    if known is None:
        yield FieldFault(field, "unknown_kind", "There is no such kind of notice.")
    elif not (is_on or known.can_be_switched_off):
        yield FieldFault(field, "always_on", "Notices about money and security cannot be switched off.")
