"""What can be done with notices, mails and devices."""

from notifications.services.devices import forget_device, register_device
from notifications.services.forgetting import forget_person, forget_sent_mail
from notifications.services.mail import deliver_due_mail, deliver_mail, retry_mail, send_mail
from notifications.services.mail_events import note_unreachable, trust_address
from notifications.services.notices import (
    Notice,
    announce_notices,
    draft_notice,
    mark_read,
    notify,
    notify_all,
    notify_each,
)
from notifications.services.preferences import set_preferences
from notifications.services.pushes import deliver_pushes, forget_pushes, push_about, spread_pushes

__all__ = [
    "Notice",
    "announce_notices",
    "deliver_due_mail",
    "deliver_mail",
    "deliver_pushes",
    "draft_notice",
    "forget_device",
    "forget_person",
    "forget_pushes",
    "forget_sent_mail",
    "mark_read",
    "note_unreachable",
    "notify",
    "notify_all",
    "notify_each",
    "push_about",
    "register_device",
    "retry_mail",
    "send_mail",
    "set_preferences",
    "spread_pushes",
    "trust_address",
]
