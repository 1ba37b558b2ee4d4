"""A circle comes into being, and its rules while nobody is bound by them yet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from circles import chat_texts, draw, invites
from circles.calendar import plan_of
from circles.charter import canonical, charter_in_force, rules_of, write_charter
from circles.errors import AlreadyPutOffError, CharterChangedError, InvalidStateError
from circles.models import (
    CharterAcceptance,
    CharterVersion,
    Circle,
    CircleStatus,
    FeeGoesTo,
    Frequency,
    Membership,
    MembershipStatus,
    PayoutOrder,
    Role,
    ShortfallPolicy,
    TakenAt,
)
from circles.services.access import lock_circle_as_host, lock_circle_of, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.scheduling import schedule_expiry
from circles.services.securing import square_security
from circles.services.standing import refuse_restricted
from circles.services.telling import announce_change, tell_members
from contri.core import audit
from contri.core.crypto import encrypt
from contri.core.errors import FieldFault, ValidationFaultsError, refuse_if
from notifications import kinds
from wallets.services import open_circle_accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the host decides. Amounts in kobo."""

    amount_kobo: int
    frequency: Frequency
    cycle_start_date: date
    size: int
    payout_order: PayoutOrder = PayoutOrder.JOIN_ORDER
    shortfall_policy: ShortfallPolicy = ShortfallPolicy.PAY_COLLECTED
    grace_days: int = 2
    needs_approval: bool = False
    late_fee_kobo: int = 0
    late_fee_to: FeeGoesTo = FeeGoesTo.RESERVE
    deposit_kobo: int = 0
    reserve_kobo: int = 0
    security_taken_at: TakenAt = TakenAt.LOCKING
    auction_floor_percent: int = 80
    bids_close_days: int = 1

    @classmethod
    def of(cls, circle: Circle) -> "Rules":
        """What the host of this circle had decided."""
        return cls(**{field.name: getattr(circle, field.name) for field in fields(cls)})


@transaction.atomic
def create_circle(*, actor: User, name: str, rules: Rules, at: datetime) -> Circle:
    """Found a circle with `actor` as its host and first member.

    Raises:
        MemberRestrictedError: they owe other circles.
        SecurityMissingError: their wallet holds too little for what their own rules ask of everybody on joining.
        ValidationFaultsError: the first cycle would be due before `at`.
    """
    return found_circle(actor, name, rules, at)


def found_circle(actor: User, name: str, rules: Rules, at: datetime, *, renews: Circle | None = None) -> Circle:
    """Write a circle down that forms, in the caller's transaction; `renews` is the one that it carries on."""
    refuse_restricted(actor)
    due_time: time = settings.CIRCLE_DUE_TIME
    values = {field.name: getattr(rules, field.name) for field in fields(rules)}
    circle = Circle(name=name, host=actor, invite_code=invites.new_code(), due_time=due_time, renews=renews, **values)
    _refuse_past_start(circle, at)
    commit_to_draw(circle)
    circle.save(force_insert=True)
    host = Membership.objects.create(
        circle=circle, user=actor, role=Role.HOST, status=MembershipStatus.ACTIVE, joined_at=at
    )
    record_acceptance(write_charter(circle), host, at)
    open_circle_accounts(circle_id=circle.pk)
    square_on_joining(circle, host, at)
    schedule_expiry(circle, plan_of(circle).due_at(1))
    audit.record(actor, circle, "founded the circle", flag=audit.ADDITION)
    return circle


@transaction.atomic
def change_circle(*, actor: User, circle_id: UUID, changes: Mapping[str, Any], at: datetime) -> Circle:
    """Rename a circle or change its rules while it is forming.

    A changed rule writes a new version of the charter, which everybody but the host has to accept again.

    Raises:
        NotHostError, InvalidStateError: not the host, or no longer forming.
        ValidationFaultsError: the start would be in the past, or the size less than the seats taken.
        AlreadyPutOffError: others have joined, and the start was put off before.
    """
    circle = lock_circle_as_host(actor, circle_id)
    require_state(circle, CircleStatus.FORMING)
    before = canonical(rules_of(circle))
    _count_putting_off(circle, changes, actor, at)
    for name, value in changes.items():
        setattr(circle, name, value)
    _refuse_past_start(circle, at)
    _refuse_too_small(circle)
    commit_to_draw(circle)
    circle.save()
    schedule_expiry(circle, plan_of(circle).due_at(1))
    if canonical(rules_of(circle)) != before:
        _renew_charter(circle, actor, at)
    audit.record(actor, circle, f"changed {', '.join(sorted(changes))}")
    announce_change(circle)
    return circle


@transaction.atomic
def assign_turns(*, actor: User, circle_id: UUID, order: Sequence[UUID], at: datetime) -> Circle:
    """Lay down who receives when, by membership ids, first turn first. A rule like any other: all accept it again.

    Raises:
        NotHostError, InvalidStateError: not the host, no longer forming, or not an order for the host to assign.
        ValidationFaultsError: it does not name each member once for each of their turns.
    """
    circle = lock_circle_as_host(actor, circle_id)
    require_state(circle, CircleStatus.FORMING)
    refuse_if(
        circle.payout_order != PayoutOrder.HOST_ASSIGNED, InvalidStateError, "The host does not assign turns here."
    )
    members = circle.memberships.filter(status=MembershipStatus.ACTIVE)
    turns = Counter({member.pk: member.hands for member in members})
    if Counter(order) != turns:
        detail = "Name each member once for each of their turns."
        raise ValidationFaultsError(FieldFault("order", "incomplete", detail))
    circle.assigned_order = [str(membership_id) for membership_id in order]
    circle.save(update_fields=["assigned_order"])
    _renew_charter(circle, actor, at)
    audit.record(actor, circle, "assigned the turns")
    announce_change(circle)
    return circle


@transaction.atomic
def accept_charter(*, actor: User, circle_id: UUID, version: int, at: datetime, nonce: str = "") -> Membership:
    """Say yes to the version of the charter that the actor has read. Saying it twice changes nothing.

    `nonce` is a word of their own for the draw.

    Raises:
        CharterChangedError: another version is in force by now.
        SecurityMissingError: it asks them to leave more with the circle than their wallet holds.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    refuse_if(version != circle.charter_number, CharterChangedError)
    record_acceptance(charter_in_force(circle), membership, at, nonce)
    square_on_joining(circle, membership, at)
    audit.record(actor, circle, f"accepted charter {version}")
    return membership


def shrink_to(circle: Circle, size: int, *, at: datetime) -> None:
    """Make a circle that forms as small as it is. Everybody has agreed to that, which accepts the new charter.

    What members had added to the draw stays in it.
    """
    agreed = CharterAcceptance.objects.filter(charter=charter_in_force(circle)).select_related("membership")
    words = {acceptance.membership_id: acceptance.nonce for acceptance in agreed}
    circle.size = size
    circle.charter_number += 1
    circle.save(update_fields=["size", "charter_number"])
    charter = write_charter(circle)
    for member in circle.memberships.filter(status=MembershipStatus.ACTIVE):
        record_acceptance(charter, member, at, words.get(member.pk, ""))
    audit.record(None, circle, f"shrank the circle to {size} seats: all agreed")


def record_acceptance(charter: CharterVersion, membership: Membership, at: datetime, nonce: str = "") -> None:
    """Keep that a member said yes to `charter`, when they first did, and their word for the draw."""
    first = {"accepted_at": at, "nonce": nonce}
    CharterAcceptance.objects.get_or_create(charter=charter, membership=membership, defaults=first)


def commit_to_draw(circle: Circle) -> None:
    """Choose the seed of a draw and what is published of it, once for a circle whose order is drawn."""
    if circle.payout_order == PayoutOrder.RANDOM and not circle.draw_commitment:
        seed = draw.new_seed()
        circle.draw_sealed_seed = encrypt(seed)
        circle.draw_commitment = draw.commitment_to(seed)


def square_on_joining(circle: Circle, membership: Membership, at: datetime) -> None:
    """Where members leave security on joining, accepting other rules later brings it to what these say."""
    is_forming = circle.status == CircleStatus.FORMING
    is_due = circle.security_taken_at == TakenAt.JOINING and membership.status == MembershipStatus.ACTIVE
    if is_forming and is_due:
        square_security(circle, [membership], at=at)


def seats_taken(circle: Circle) -> int:
    """How many of the circle's turns have somebody to hold them."""
    return sum(circle.memberships.filter(status=MembershipStatus.ACTIVE).values_list("hands", flat=True))


def _count_putting_off(circle: Circle, changes: Mapping[str, Any], actor: User, at: datetime) -> None:
    """Once others have joined, a later start is granted once."""
    later = changes.get("cycle_start_date", circle.cycle_start_date) > circle.cycle_start_date
    others = circle.memberships.filter(status=MembershipStatus.ACTIVE).exclude(user=actor)
    if later and others.exists():
        refuse_if(circle.put_off_at is not None, AlreadyPutOffError)
        circle.put_off_at = at


def _renew_charter(circle: Circle, actor: User, at: datetime) -> None:
    circle.charter_number += 1
    circle.save(update_fields=["charter_number"])
    host = circle.memberships.get(user=actor)
    record_acceptance(write_charter(circle), host, at)
    square_on_joining(circle, host, at)
    version = str(circle.charter_number)
    tell_members(circle, kinds.CHARTER_CHANGED, but_not=actor.pk, version=version)
    write_in_chat(circle, chat_texts.CHARTER_CHANGED, at=at, version=version)


def _refuse_past_start(circle: Circle, at: datetime) -> None:
    if plan_of(circle).due_at(1) <= at:
        raise ValidationFaultsError(
            FieldFault("cycle_start_date", "in_the_past", "The first contribution would be due before now.")
        )


def _refuse_too_small(circle: Circle) -> None:
    if circle.size < seats_taken(circle):
        raise ValidationFaultsError(FieldFault("size", "too_small", "More seats than that are taken already."))
