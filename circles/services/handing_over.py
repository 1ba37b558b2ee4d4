"""Leaving a circle that runs: somebody takes over a member's place, with its turns and what is still to be paid.

Nobody gains or loses by it. What is overdue is paid first. Then the place is worth what was paid for its turns less
what was received: above zero the newcomer pays that to the leaver, below zero (the pot is had, and contributions are
still to come) the leaver pays it to the newcomer. It goes through the pot in one stroke, in and out again. Deposits
change as well: the newcomer leaves theirs, the leaver gets back what is left of theirs.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts, invites
from circles.charter import charter_in_force
from circles.errors import AlreadyMemberError, CharterChangedError, InviteInvalidError, KycTierTooLowError
from circles.errors.people import HandoverOpenError, HandoverUnknownError, HostCannotLeaveError
from circles.handover_queries import ON_OFFER, handover_behind, has_turns, overdue_of, place_of, shares_to_come
from circles.models import (
    PRESENT,
    RUNNING,
    Circle,
    Handover,
    HandoverStatus,
    Membership,
    MembershipStatus,
    Payout,
    Role,
)
from circles.services.access import lock_circle, lock_circle_as_lead, lock_circle_of, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.collecting import collect_due
from circles.services.departing import end_membership, refuse_on_payday
from circles.services.forming import record_acceptance
from circles.services.joining import is_pot_too_big, leads_of
from circles.services.paying_in import lock_wallets_of, pay_from_wallet
from circles.services.securing import give_back_security, square_security
from circles.services.standing import refuse_restricted
from circles.services.telling import announce_change, tell
from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from wallets.services import pay_contribution, refund_from_pot

OFFER_LASTS = timedelta(days=7)


@transaction.atomic
def offer_place(*, actor: User, circle_id: UUID, at: datetime) -> Handover:
    """Look for somebody to take over the actor's place; the offer's code is good for a week.

    Raises:
        InvalidStateError: the circle does not run.
        HostCannotLeaveError: the host hands the circle over first.
        HandoverOpenError: their place is on offer already.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    require_state(circle, *RUNNING)
    refuse_if(membership.role == Role.HOST, HostCannotLeaveError, "Hand the circle over to another member first.")
    mine = Handover.objects.filter(leaver=membership, status__in=ON_OFFER)
    mine.filter(expires_at__lte=at).update(status=HandoverStatus.WITHDRAWN)
    refuse_if(mine.exists(), HandoverOpenError)
    offer = Handover.objects.create(
        circle=circle, leaver=membership, code=invites.new_code(), offered_at=at, expires_at=at + OFFER_LASTS
    )
    audit.record(actor, offer, "offered their place", flag=audit.ADDITION)
    tell(leads_of(circle), kinds.PLACE_OFFERED, circle, key=str(offer.pk), member=actor.display_name)
    return offer


@transaction.atomic
def withdraw_place(*, actor: User, circle_id: UUID, at: datetime) -> Handover:
    """Keep one's place after all.

    Raises:
        HandoverUnknownError: it is not on offer.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    offer = _on_offer(circle, leaver=membership)
    offer.status = HandoverStatus.WITHDRAWN
    offer.save(update_fields=["status"])
    audit.record(actor, offer, "withdrew the offer of their place")
    return offer


@transaction.atomic
def take_place(*, actor: User, code: str, charter_version: int, at: datetime) -> Handover:
    """Take over the place that `code` offers, and accept the charter; where the host approves joiners, ask for it.

    Raises:
        InviteInvalidError: nothing is on offer under this code.
        AlreadyMemberError, CharterChangedError, KycTierTooLowError, MemberRestrictedError: not this person, or not so.
        PaydayUnderWayError: the place's own pot is being collected.
        InsufficientFundsError, SecurityMissingError: somebody cannot pay what has to change hands.
    """
    found = handover_behind(code, at=at)
    circle = lock_circle(found.circle_id)
    # Looked at again under the lock: somebody else may have been quicker.
    offer = handover_behind(code, at=at)
    refuse_if(offer.status == HandoverStatus.ASKED, InviteInvalidError)
    refuse_if(charter_version != circle.charter_number, CharterChangedError)
    _refuse_newcomer(circle, actor, at)
    if circle.needs_approval:
        offer.status, offer.candidate = HandoverStatus.ASKED, actor
        offer.save(update_fields=["status", "candidate"])
        audit.record(actor, offer, "asked to take over a place")
        tell(leads_of(circle), kinds.PLACE_ASKED_FOR, circle, key=str(offer.pk), member=actor.display_name)
        return offer
    _hand_over(circle, offer, actor, at)
    return offer


@transaction.atomic
def approve_handover(*, actor: User, circle_id: UUID, handover_id: UUID, at: datetime) -> Handover:
    """Let somebody in who asked to take over a place; what has to change hands does so now.

    Raises:
        NotHostError: neither host nor co-host.
        HandoverUnknownError: nobody asks for it.
        AlreadyMemberError, KycTierTooLowError, MemberRestrictedError, PaydayUnderWayError, InsufficientFundsError,
        SecurityMissingError: as for taking a place.
    """
    circle = lock_circle_as_lead(actor, circle_id)
    require_state(circle, *RUNNING)
    offer = _on_offer(circle, pk=handover_id)
    newcomer = offer.candidate
    if newcomer is None:
        raise HandoverUnknownError
    _refuse_newcomer(circle, newcomer, at)
    audit.record(actor, offer, "let somebody take over a place")
    _hand_over(circle, offer, newcomer, at)
    return offer


def _refuse_newcomer(circle: Circle, newcomer: User, at: datetime) -> None:
    present = circle.memberships.filter(user=newcomer, status__in=PRESENT).exists()
    refuse_if(present or has_turns(circle, newcomer.pk), AlreadyMemberError)
    refuse_if(is_pot_too_big(circle, newcomer, at), KycTierTooLowError)
    refuse_restricted(newcomer)


def _hand_over(circle: Circle, offer: Handover, newcomer: User, at: datetime) -> None:
    leaver = offer.leaver
    refuse_on_payday(circle, leaver, at=at)
    place = _place_for(circle, leaver, newcomer, at)
    lock_wallets_of(circle)
    worth = place_of(circle, leaver, at=at).worth_kobo
    if worth > 0:
        _pay_across(circle, offer, payer=place, receiver=leaver, amount=worth, at=at)
    _pay_overdue(circle, leaver, at)
    if worth < 0:
        _pay_across(circle, offer, payer=leaver, receiver=place, amount=-worth, at=at)
    _move_turns(leaver, place, at)
    square_security(circle, [place], at=at)
    give_back_security(circle, [leaver], at=at)
    end_membership(leaver, MembershipStatus.REPLACED, at=at)
    _conclude(circle, offer, place, worth, at)
    # Late fees as well, the leaver's own among them: nothing else of theirs stands in the way any more.
    collect_due(circle, up_to=at, at=at)
    announce_change(circle)


def _place_for(circle: Circle, leaver: Membership, newcomer: User, at: datetime) -> Membership:
    place = {
        "role": Role.MEMBER,
        "status": MembershipStatus.ACTIVE,
        "hands": leaver.hands,
        "joined_at": at,
        "ended_at": None,
        "accelerated_at": None,
    }
    membership, _ = Membership.objects.update_or_create(circle=circle, user=newcomer, defaults=place)
    record_acceptance(charter_in_force(circle), membership, at)
    return membership


def _pay_overdue(circle: Circle, leaver: Membership, at: datetime) -> None:
    """Nothing that is late is handed on: it stands on the record of whoever was late, as made good."""
    for share in list(overdue_of(leaver, at=at)):
        pay_from_wallet(circle, share, share.owed_kobo, at)


def _pay_across(
    circle: Circle, offer: Handover, *, payer: Membership, receiver: Membership, amount: int, at: datetime
) -> None:
    description = f"{circle.name}: place of {offer.leaver.user.display_name}"
    for person, move, column in (
        (payer, partial(pay_contribution, payment_id=(paid := uuid7()), key=str(paid)), "payer_transaction_id"),
        (receiver, partial(refund_from_pot, refund_id=(had := uuid7()), key=str(had)), "receiver_transaction_id"),
    ):
        moved = move(circle_id=circle.pk, user_id=person.user_id, amount_kobo=amount, description=description, at=at)
        setattr(offer, column, moved.pk)


def _move_turns(leaver: Membership, place: Membership, at: datetime) -> None:
    """Turns, and what is still to be paid and received for them. What was, stays with the leaver."""
    shares_to_come(leaver, at=at).update(membership=place)
    Payout.objects.filter(slot__membership=leaver).update(membership=place)
    leaver.slots.update(membership=place)


def _conclude(circle: Circle, offer: Handover, place: Membership, worth: int, at: datetime) -> None:
    offer.status, offer.newcomer, offer.worth_kobo, offer.done_at = HandoverStatus.DONE, place, worth, at
    offer.save()
    new, old = place.user.display_name, offer.leaver.user.display_name
    audit.record(place.user, offer, f"took over a place worth ₦{naira_from_kobo(worth)}")
    write_in_chat(circle, chat_texts.PLACE_TAKEN_OVER, at=at, newcomer=new, leaver=old)
    facts = {"newcomer": new, "leaver": old, "amount": naira_from_kobo(worth)}
    tell([place.user_id, offer.leaver.user_id], kinds.PLACE_TAKEN_OVER, circle, key=str(offer.pk), **facts)


def _on_offer(circle: Circle, **which: object) -> Handover:
    offers = Handover.objects.filter(circle=circle, status__in=ON_OFFER, **which)
    offer = offers.select_related("leaver__user", "candidate").first()
    if offer is None:
        raise HandoverUnknownError
    return offer
