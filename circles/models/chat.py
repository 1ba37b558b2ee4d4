"""A circle's chat: messages in one order, and where each member is in it."""

from typing import ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q

from circles.models.circle import Circle
from circles.models.membership import Membership
from contri.core.models import BaseModel

LONGEST_BODY = 4000
LONGEST_CLIENT_ID = 100
LONGEST_REASON = 500


class MessageKind(models.TextChoices):
    """Who wrote a message, and what it is. What the server writes cannot be sent by anybody."""

    TEXT = "text"
    SYSTEM = "system"
    IMAGE = "image"


class Flag(models.TextChoices):
    """What the others should look at twice."""

    ACCOUNT_NUMBER = "account_number"
    LINK = "link"


class Chat(models.Model):
    """The chat of one circle: how many things have happened in it.

    One counter gives every message its number, and every later change of one its `changed_number`. It is locked until
    the writer commits, so numbers become visible in their order: whoever has seen 7 can never miss a 6.
    """

    circle = models.OneToOneField(Circle, on_delete=models.PROTECT, primary_key=True, related_name="chat")
    last_number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"chat of {self.circle_id}"


def private_files() -> Storage:
    """Where files are kept that only the members of a circle may see: never below MEDIA_URL."""
    return storages["private"]


class ChatMessage(BaseModel):
    """One message. What its author or a moderator takes away is no longer shown, and stays for the audit."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="messages")
    number = models.BigIntegerField()
    # The chat's number at its last change; its own number while it stands as it was written.
    changed_number = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=MessageKind, default=MessageKind.TEXT)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="chat_messages"
    )
    # The sender's own name for it: sending again under it sends nothing twice.
    client_id = models.CharField(max_length=LONGEST_CLIENT_ID, blank=True)
    body = models.TextField(max_length=LONGEST_BODY, blank=True)
    image = models.FileField(storage=private_files, upload_to="chat", blank=True)
    # What the server tells of: a code of circles.chat_texts.
    event = models.CharField(max_length=40, blank=True)
    flags = models.JSONField(default=list, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["circle", "number"], name="chat_number_once_per_circle"),
            models.UniqueConstraint(
                fields=["circle", "sender", "client_id"], condition=~Q(client_id=""), name="chat_client_id_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="system", sender=None, client_id="") | Q(~Q(kind="system"), sender__isnull=False),
                name="chat_system_messages_have_no_sender",
            ),
            models.CheckConstraint(condition=Q(kind="system") ^ Q(event=""), name="chat_system_messages_have_an_event"),
            models.CheckConstraint(condition=Q(kind="image") ^ Q(image=""), name="chat_images_have_a_file"),
            models.CheckConstraint(condition=Q(changed_number__gte=F("number")), name="chat_changes_come_after"),
            models.CheckConstraint(condition=Q(hidden_at=None) ^ Q(hidden_by__isnull=False), name="chat_hidden_by_one"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["circle", "changed_number"], name="chat_by_change"),
        ]
        permissions = [("moderate_chat", "Can hide and restore chat messages and settle reports")]

    def __str__(self) -> str:
        # Copied into audit rows: no word of what was said.
        return f"message {self.number} in {self.circle_id}"

    @property
    def is_deleted(self) -> bool:
        """Whether its author has taken it back, or a moderator has taken it away."""
        return self.deleted_at is not None or self.hidden_at is not None


class ChatEdit(BaseModel):
    """What a message said before its author changed it."""

    message = models.ForeignKey(ChatMessage, on_delete=models.PROTECT, related_name="edits")
    body = models.TextField()
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"earlier words of {self.message_id}"


class ReportState(models.TextChoices):
    """Where a report stands."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class ChatReport(BaseModel):
    """A member says that a message should not stand; staff or the host look at it."""

    message = models.ForeignKey(ChatMessage, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST_REASON)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.OPEN)
    reported_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "reporter"], name="chat_reported_once_per_person"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(settled_at__isnull=False), name="chat_report_settled"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["reported_at"], name="chat_open_reports", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"report of {self.message_id}"


class ChatPlace(models.Model):
    """Where one member is in the chat: how far they have read, and whether they hear of it and may write in it."""

    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, primary_key=True, related_name="chat_place")
    read_message = models.ForeignKey(ChatMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    read_number = models.BigIntegerField(default=0)
    # Their own wish not to be pushed to.
    muted_until = models.DateTimeField(null=True, blank=True)
    # A moderator's word that they may not write.
    silenced_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"place of {self.membership_id} in the chat"
