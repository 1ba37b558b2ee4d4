"""What can be done with what providers tell us."""

from webhooks.services.receiving import receive_flutterwave, receive_paystack, receive_smile_id
from webhooks.services.retention import forget_old_bodies
from webhooks.services.working import disclose_body, replay_event, work_event, work_inbox

__all__ = [
    "disclose_body",
    "forget_old_bodies",
    "receive_flutterwave",
    "receive_paystack",
    "receive_smile_id",
    "replay_event",
    "work_event",
    "work_inbox",
]
