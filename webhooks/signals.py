"""Facts that this app announces, after commit, by id."""

from django.dispatch import Signal

# event_id
event_kept = Signal()
