"""Facts that circles announce after commit. Ids only; whoever hears them looks the rest up."""

from django.dispatch import Signal

# circle_ids: something that their members see has changed.
circles_changed = Signal()
# circle_id, cycle_id: a pot was paid out.
cycle_paid_out = Signal()
# card_payment_id: a card waits to be charged for a contribution.
card_charge_waits = Signal()
# circle_id, user_id: this person is no longer in the circle.
member_gone = Signal()
# circle_id, number: something was written or changed in its chat, which has come as far as `number`.
chat_moved = Signal()
# circle_id, message_id: a member said something in it.
message_sent = Signal()
# circle_id, user_id, message_id: a member has read up to there.
chat_read = Signal()
