"""Facts that accounts announces after commit; ids only."""

from django.dispatch import Signal

# user_id, session_id
session_ended = Signal()
# user_id
kyc_tier_changed = Signal()
# check_id
identity_check_started = Signal()
