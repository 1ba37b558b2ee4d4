"""What people are told, how it reaches them, and what they would rather not hear."""

from email.utils import parseaddr
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property

from contri.core.masking import masked_email
from contri.core.models import BaseModel, SealedField
from contri.core.work import QueuedWork, WorkState, due_index, stuck_index
from notifications.kinds import Channel, NoticeType, Priority

TITLE_LENGTH = 200
BODY_LENGTH = 1000


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notices, always starting from whose they are."""

    def unread(self) -> "NotificationQuerySet":
        """Those not read yet."""
        return self.filter(read_at=None)


class Notification(BaseModel):
    """One thing that one person was told, in the words they were told it in."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    # What makes the event one event: the same person is told of it once. Empty: every call is an event of its own.
    key = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.CharField(max_length=BODY_LENGTH)
    type = models.CharField(max_length=20, choices=NoticeType)
    priority = models.CharField(max_length=10, choices=Priority)
    action_url = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # When it is to be pushed; none once it is with the devices, or where there is nothing to push.
    push_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notification_newest_first"),
            models.Index(fields=["recipient"], name="notification_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["push_at"], name="notification_push_due", condition=~models.Q(push_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "key"], name="notification_tells_once", condition=~models.Q(key="")
            ),
        ]

    def __str__(self) -> str:
        # Copied into audit rows: none of its words.
        return f"{self.kind} of {self.created_at:%d %b %H:%M}"

    @property
    def is_read(self) -> bool:
        """Whether its reader has marked it read."""
        return self.read_at is not None


class SwitchedOff(models.Model):
    """One person does not want one kind of notice over one channel. The list in the app shows it all the same."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    kind = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "channel", "kind"], name="switched_off_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"


class MailDelivery(QueuedWork):
    """A mail in the outbox.

    The facts may hold keys that open accounts, so they are encrypted, and gone once the mail is sent.
    """

    # A mail server may be away for a day: half an hour apart, sixty tries outlast it.
    attempt_cap: ClassVar[int] = 60

    to = models.EmailField()
    kind = models.CharField(max_length=60)
    sealed_facts = SealedField(null=True)

    class Meta:
        verbose_name_plural = "mail deliveries"
        indexes: ClassVar[list[models.Index]] = [
            due_index("mail_due"),
            stuck_index("mail_stuck"),
            models.Index(fields=["to"], name="mail_by_address"),
        ]
        permissions = (("retry_mail", "Can have a mail sent again"),)

    def __str__(self) -> str:
        # Copied into audit rows, which stay for ever.
        return f"{self.kind} to {masked_email(self.to)}"

    @cached_property
    def message_id(self) -> str:
        """The same for every try, so that a mail system which sees a mail twice can drop the second."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
        return f"<{self.id}@{domain}>"


class WhyUnreachable(models.TextChoices):
    """Why an address is not written to any more."""

    BOUNCED = "bounced"
    REJECTED = "rejected"
    COMPLAINED = "complained"


class UnreachableAddress(BaseModel):
    """An address that mail cannot reach, or must not: its provider, or its owner, said so."""

    address = models.EmailField(unique=True)
    why = models.CharField(max_length=12, choices=WhyUnreachable)
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "unreachable addresses"
        permissions = (("trust_address", "Can have an address written to again"),)

    def __str__(self) -> str:
        return f"{self.why} since {self.since:%Y-%m-%d}"


class Platform(models.TextChoices):
    """What a device runs."""

    IOS = "ios"
    ANDROID = "android"
    WEB = "web"


class Device(BaseModel):
    """Where a person can be pushed to. A token belongs to whoever registered it last."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    token = models.CharField(max_length=2048)
    platform = models.CharField(max_length=10, choices=Platform)
    last_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token"], name="device_token_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} device"


class PushDelivery(QueuedWork):
    """A push in the outbox: one thing for one device."""

    # Half an hour apart at the most: a day of FCM being away.
    attempt_cap: ClassVar[int] = 60

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="pushes")
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, null=True, blank=True, related_name="pushes"
    )
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.CharField(max_length=BODY_LENGTH)
    action_url = models.CharField(max_length=300, blank=True)
    is_urgent = models.BooleanField(default=False)
    # What it is about, where only the newest of its like is worth showing; empty elsewhere.
    about = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "push deliveries"
        indexes: ClassVar[list[models.Index]] = [due_index("push_due"), stuck_index("push_stuck")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["device", "notification"], name="push_tells_a_device_once"),
            models.UniqueConstraint(
                fields=["device", "about"],
                condition=~models.Q(about="") & models.Q(state=WorkState.READY),
                name="push_waits_once_about_a_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to a device"
