"""What people, staff and time can do with circles. Each verb is one transaction under the circle's lock."""

from circles.services.appealing import appeal_mark, decide_appeal
from circles.services.bidding import bid_for_turn
from circles.services.cancelling import cancel_circle
from circles.services.card_review import retry_card_payment
from circles.services.cards import (
    CardReceipt,
    contribute_by_card,
    note_charge_back,
    pay_confirmed_charges,
    work_card_payments,
)
from circles.services.chat import delete_message, edit_message, mark_chat_read
from circles.services.chat_images import send_image
from circles.services.chat_lines import write_in_chat
from circles.services.chat_moderation import (
    hide_message,
    mute_chat,
    report_message,
    restore_message,
    silence_member,
)
from circles.services.chat_pushing import push_message
from circles.services.chat_sending import Letter, Sent, send_message, send_messages
from circles.services.collecting import Receipt, collect_from_member, contribute
from circles.services.death import name_nominee, nominee_of, record_death, withdraw_nominee
from circles.services.dissolving import dissolve_circle
from circles.services.forming import Rules, accept_charter, assign_turns, change_circle, create_circle
from circles.services.handing_over import approve_handover, offer_place, take_place, withdraw_place
from circles.services.joining import (
    approve_member,
    circle_behind,
    join_circle,
    leave_circle,
    renew_invite,
)
from circles.services.motions import cast_ballot, open_vote
from circles.services.outages import declare_outage, end_outage
from circles.services.pausing import pause_circle, resume_circle
from circles.services.removal import Removal, expel_member, remove_member
from circles.services.renewing import renew_circle
from circles.services.starting import start_circle
from circles.services.succession import appoint_cohost, hand_over_circle
from circles.services.swapping import accept_swap, propose_swap
from circles.services.takeover import Succession, replace_host
from circles.services.turning import Turn, moments_of_acts, next_moment, turn_circles

__all__ = [
    "CardReceipt",
    "Letter",
    "Receipt",
    "Removal",
    "Rules",
    "Sent",
    "Succession",
    "Turn",
    "accept_charter",
    "accept_swap",
    "appeal_mark",
    "appoint_cohost",
    "approve_handover",
    "approve_member",
    "assign_turns",
    "bid_for_turn",
    "cancel_circle",
    "cast_ballot",
    "change_circle",
    "circle_behind",
    "collect_from_member",
    "contribute",
    "contribute_by_card",
    "create_circle",
    "decide_appeal",
    "declare_outage",
    "delete_message",
    "dissolve_circle",
    "edit_message",
    "end_outage",
    "expel_member",
    "hand_over_circle",
    "hide_message",
    "join_circle",
    "leave_circle",
    "mark_chat_read",
    "moments_of_acts",
    "mute_chat",
    "name_nominee",
    "next_moment",
    "nominee_of",
    "note_charge_back",
    "offer_place",
    "open_vote",
    "pause_circle",
    "pay_confirmed_charges",
    "propose_swap",
    "push_message",
    "record_death",
    "remove_member",
    "renew_circle",
    "renew_invite",
    "replace_host",
    "report_message",
    "restore_message",
    "resume_circle",
    "retry_card_payment",
    "send_image",
    "send_message",
    "send_messages",
    "silence_member",
    "start_circle",
    "take_place",
    "turn_circles",
    "withdraw_nominee",
    "withdraw_place",
    "work_card_payments",
    "write_in_chat",
]
