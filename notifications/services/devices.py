"""Where people can be pushed to."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from notifications.models import Device, Platform


@transaction.atomic
def register_device(*, user_id: UUID, token: str, platform: Platform, at: datetime) -> tuple[Device, bool]:
    """Push to `token` when there is something to tell `user_id`; returns the device and whether it is new here.

    A token belongs to one person: whoever signs in on a phone last gets its pushes, and nobody before them.
    """
    device = Device(user_id=user_id, token=token, platform=platform, last_seen_at=at)
    # Two registrations of one token at once meet at the unique index: the later one wins.
    Device.objects.bulk_create(
        [device],
        update_conflicts=True,
        unique_fields=["token"],
        update_fields=["user", "platform", "last_seen_at"],
    )
    standing = Device.objects.get(token=token)
    return standing, standing.id == device.id


@transaction.atomic
def forget_device(*, user_id: UUID, token: str) -> None:
    """Push to `token` no more, if it is a device of `user_id`; otherwise nothing changes and nothing is said."""
    # NUL is in no token, and PostgreSQL refuses to be asked about it.
    if "\0" not in token:
        Device.objects.filter(user_id=user_id, token=token).delete()
