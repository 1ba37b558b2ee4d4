"""Facts that this app announces, after commit, by id."""

from django.dispatch import Signal

# notification_id, recipient_id
notice_written = Signal()
# user_id
notices_read = Signal()
# delivery_id
mail_queued = Signal()
