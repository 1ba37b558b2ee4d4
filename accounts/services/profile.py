"""What people may change about themselves."""

import logging
from dataclasses import dataclass
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from accounts.errors import PicturesUnavailableError
from accounts.models import User
from accounts.pictures import PictureRefusedError, clean_picture
from accounts.services.signing_in import phone_number_taken
from contri.core import audit
from contri.core.errors import FieldFault, ValidationFaultsError
from contri.core.locking import lock_row

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """New values; None leaves a field as it is. An empty telephone number removes it."""

    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None


def update_profile(*, actor: User, changes: ProfileChanges) -> User:
    """Change the actor's names or telephone number (E.164).

    Raises:
        ValidationFaultsError: another account has this telephone number.
    """
    try:
        return _update(actor, changes)
    except IntegrityError as error:
        if "user_phone_number_unique" in str(error):
            raise phone_number_taken() from error
        raise


@transaction.atomic
def _update(actor: User, changes: ProfileChanges) -> User:
    user = lock_row(User.objects.all(), actor.pk)
    changed = []
    if changes.first_name is not None:
        user.first_name = changes.first_name
        changed.append("first_name")
    if changes.last_name is not None:
        user.last_name = changes.last_name
        changed.append("last_name")
    if changes.phone_number is not None:
        user.phone_number = changes.phone_number or None
        changed.append("phone_number")
    if changed:
        user.save(update_fields=changed)
        audit.record(user, user, f"changed {', '.join(changed)}")
    return user


def set_picture(*, actor: User, upload: bytes) -> User:
    """Show `upload`, re-encoded, as the actor's picture from now on.

    Raises:
        ValidationFaultsError: it is no picture that can be used.
    """
    try:
        picture = clean_picture(upload)
    except PictureRefusedError as refused:
        raise ValidationFaultsError(FieldFault("avatar", refused.code, refused.detail)) from refused
    # Stored before the row is locked: disks and buckets are slow. The name is ours, and new: caches never mix two up.
    try:
        name = default_storage.save(f"avatars/{uuid4().hex}.jpg", ContentFile(picture))
    except _storage_faults() as fault:
        logger.exception("the picture was not kept")
        raise PicturesUnavailableError(retry_after=30) from fault
    try:
        return _show(actor, name)
    except BaseException:
        default_storage.delete(name)
        raise


def remove_picture(*, actor: User) -> User:
    """Show no picture of the actor from now on."""
    return _show(actor, "")


@transaction.atomic
def _show(actor: User, name: str) -> User:
    user = lock_row(User.objects.all(), actor.pk)
    old, user.avatar = user.avatar.name, name
    user.save(update_fields=["avatar"])
    audit.record(user, user, "changed the picture" if name else "removed the picture")
    if old:
        transaction.on_commit(lambda: default_storage.delete(old), robust=True)
    return user


def _storage_faults() -> tuple[type[Exception], ...]:
    """What a full disk raises, and a bucket that does not answer or will not."""
    # Imported here: boto3 takes a fourteenth of every command's start, and is of no use where pictures are on a disk.
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    return OSError, Boto3Error, BotoCoreError, ClientError
