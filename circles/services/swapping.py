"""Two members change turns. Both agree, and never within one cycle of either date."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts
from circles.calendar import plan_of
from circles.errors import SwapProposedError, SwapTooLateError, SwapUnknownError, TurnUnknownError
from circles.models import RUNNING, Circle, Cycle, Membership, Swap, SwapStatus
from circles.services.access import lock_circle_of, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.payday import HAD_PAYOUT
from circles.services.telling import announce_change, tell, tell_members
from circles.services.turns import change_places, overtake_offers
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds


@transaction.atomic
def propose_swap(*, actor: User, circle_id: UUID, my_turn: int, their_turn: int, at: datetime) -> Swap:
    """Offer a turn of the actor's for somebody else's. Nothing changes before that person accepts.

    Raises:
        InvalidStateError: the circle does not run.
        TurnUnknownError: `my_turn` is not the actor's, or `their_turn` is, or is nobody's.
        SwapTooLateError: one of them is less than a cycle away or has had its payout.
        SwapProposedError: the same is on offer already.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    require_state(circle, *RUNNING)
    mine, theirs = _turn(circle, my_turn), _turn(circle, their_turn)
    refuse_if(mine.slot.membership_id != membership.pk, TurnUnknownError)
    refuse_if(theirs.slot.membership_id == membership.pk, TurnUnknownError)
    refuse_if(_is_too_near(circle, mine, at) or _is_too_near(circle, theirs, at), SwapTooLateError)
    on_offer = Swap.objects.filter(mine=mine.slot, theirs=theirs.slot, status=SwapStatus.PROPOSED)
    refuse_if(on_offer.exists(), SwapProposedError)

    swap = _write_offer(circle, mine, theirs, at)
    audit.record(actor, swap, "offered to change turns", flag=audit.ADDITION)
    turns = {"their_turn": str(my_turn), "your_turn": str(their_turn)}
    tell([swap.partner.user_id], kinds.SWAP_PROPOSED, circle, member=actor.display_name, **turns)
    return swap


@transaction.atomic
def accept_swap(*, actor: User, circle_id: UUID, swap_id: UUID, at: datetime) -> Swap:
    """Say yes to a swap: the two turns change places, and every other offer of either is overtaken.

    Raises:
        InvalidStateError: the circle does not run.
        SwapUnknownError: nobody offers this to the actor.
        SwapTooLateError: one of the turns is less than a cycle away by now, or has had its payout.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    require_state(circle, *RUNNING)
    swap = _offered_to(membership, swap_id)
    mine, theirs = _turn(circle, swap.mine.position), _turn(circle, swap.theirs.position)
    refuse_if(_is_too_near(circle, mine, at) or _is_too_near(circle, theirs, at), SwapTooLateError)

    change_places(mine, theirs)
    swap.status, swap.accepted_at = SwapStatus.ACCEPTED, at
    swap.save(update_fields=["status", "accepted_at"])
    overtake_offers([swap.mine_id, swap.theirs_id])
    audit.record(actor, swap, "changed turns")
    _tell_all(circle, swap, at)
    announce_change(circle)
    return swap


def _turn(circle: Circle, number: int) -> Cycle:
    turn = circle.cycles.filter(number=number).select_related("slot__membership__user").first()
    if turn is None:
        raise TurnUnknownError
    return turn


def _is_too_near(circle: Circle, turn: Cycle, at: datetime) -> bool:
    plan = plan_of(circle)
    one_cycle = plan.due_at(turn.number) - plan.due_at(turn.number - 1)
    return turn.status in HAD_PAYOUT or turn.due_at - at < one_cycle


def _write_offer(circle: Circle, mine: Cycle, theirs: Cycle, at: datetime) -> Swap:
    return Swap.objects.create(
        circle=circle,
        mine=mine.slot,
        theirs=theirs.slot,
        proposer=mine.slot.membership,
        partner=theirs.slot.membership,
        my_turn=mine.number,
        their_turn=theirs.number,
        proposed_at=at,
    )


def _offered_to(partner: Membership, swap_id: UUID) -> Swap:
    offers = Swap.objects.filter(pk=swap_id, partner=partner, status=SwapStatus.PROPOSED)
    swap = offers.select_related("mine", "theirs", "proposer__user", "partner__user").first()
    if swap is None:
        raise SwapUnknownError
    return swap


def _tell_all(circle: Circle, swap: Swap, at: datetime) -> None:
    facts = {
        "first": swap.proposer.user.display_name,
        "first_turn": str(swap.their_turn),
        "second": swap.partner.user.display_name,
        "second_turn": str(swap.my_turn),
    }
    tell_members(circle, kinds.TURNS_SWAPPED, but_not=None, **facts)
    write_in_chat(circle, chat_texts.TURNS_SWAPPED, at=at, **facts)
