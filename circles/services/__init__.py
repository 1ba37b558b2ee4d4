"""What people, staff and time can do with circles. Each verb is one transaction under the circle's lock."""

from circles.services.cancelling import cancel_circle
from circles.services.collecting import Receipt, collect_from_member, contribute
from circles.services.dissolving import dissolve_circle
from circles.services.forming import Rules, accept_charter, assign_turns, change_circle, create_circle
from circles.services.joining import (
    approve_member,
    circle_behind,
    join_circle,
    leave_circle,
    remove_member,
    renew_invite,
)
from circles.services.pausing import pause_circle, resume_circle
from circles.services.starting import start_circle
from circles.services.swapping import accept_swap, propose_swap
from circles.services.turning import Turn, moments_of_acts, next_moment, turn_circles

__all__ = [
    "Receipt",
    "Rules",
    "Turn",
    "accept_charter",
    "accept_swap",
    "approve_member",
    "assign_turns",
    "cancel_circle",
    "change_circle",
    "circle_behind",
    "collect_from_member",
    "contribute",
    "create_circle",
    "dissolve_circle",
    "join_circle",
    "leave_circle",
    "moments_of_acts",
    "next_moment",
    "pause_circle",
    "propose_swap",
    "remove_member",
    "renew_invite",
    "resume_circle",
    "start_circle",
    "turn_circles",
]
