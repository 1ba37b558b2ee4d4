"""Facts that accounts announces after commit; ids only."""

from django.dispatch import Signal

# user_id, session_id
session_ended = Signal()
# user_id
kyc_tier_changed = Signal()
# user_id; Contri's own for an address that nobody has
password_failed = Signal()
# request_id
mail_requested = Signal()
# check_id
identity_check_started = Signal()
