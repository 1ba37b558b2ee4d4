"""Pictures in a circle's chat: encoded anew, and kept where only its members can fetch them."""

from datetime import datetime
from uuid import UUID, uuid4

from django.core.files.base import ContentFile

from accounts.models import User
from accounts.pictures import PictureRefusedError, clean_photo
from circles.models import ChatMessage
from circles.models.chat import private_files
from circles.services.chat import chatting_member
from circles.services.chat_sending import send_message
from contri.core.errors import FieldFault, ValidationFaultsError


def send_image(
    *, actor: User, circle_id: UUID, upload: bytes, at: datetime, body: str = "", client_id: str = ""
) -> tuple[ChatMessage, bool]:
    """Send a picture with a caption, like `send_message`.

    Raises:
        ValidationFaultsError: it is no picture that can be used.
        CircleNotFoundError, SilencedError: the actor may not write here.
    """
    # Asked before any work is spent on the pixels.
    chatting_member(actor, circle_id)
    try:
        picture = clean_photo(upload)
    except PictureRefusedError as refused:
        raise ValidationFaultsError(FieldFault("image", refused.code, refused.detail)) from refused
    # Written before the message: a file without a message costs space, a message without its file is broken.
    files = private_files()
    name = files.save(f"chat/{circle_id}/{uuid4().hex}.jpg", ContentFile(picture))
    is_new = False
    try:
        message, is_new = send_message(
            actor=actor, circle_id=circle_id, body=body, client_id=client_id, image=name, at=at
        )
    finally:
        if not is_new:
            files.delete(name)
    return message, is_new
