"""Facts that this app announces, after commit, by id."""

from django.dispatch import Signal

# written: (notification_id, recipient_id) of each
notices_written = Signal()
# user_id
notices_read = Signal()
# delivery_id
mail_queued = Signal()
