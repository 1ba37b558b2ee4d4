"""A member has died: no fee, no mark, and what is theirs goes to whom they named.

Staff record it, with evidence. In each circle that runs, turns to come are settled as for anybody who is gone
(services.departing), and what they get back at their turn goes to the nominee's wallet. For a turn they had, what is in
their wallet pays what it can; the rest is waived: nobody asks the bereaved for it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts
from circles.errors.people import NoNomineeError
from circles.models import (
    PRESENT,
    RUNNING,
    UNDER_WAY,
    UNFINISHED,
    UNPAID,
    Circle,
    CircleStatus,
    Contribution,
    ContributionStatus,
    Membership,
    MembershipStatus,
    Nominee,
)
from circles.services.access import lock_circle
from circles.services.chat_lines import write_in_chat
from circles.services.collecting import collect_due
from circles.services.departing import end_membership, free_from_the_future, refuse_on_payday
from circles.services.joining import end_place
from circles.services.payday import HAD_PAYOUT
from circles.services.paying_in import lock_wallets_of, take_from_wallets
from circles.services.telling import announce_change, tell, tell_members
from contri.core import audit
from notifications import kinds


@transaction.atomic
def name_nominee(*, actor: User, full_name: str, relationship: str, email: str, at: datetime) -> Nominee:
    """Say who is to receive what is the actor's in circles when they have died; naming again replaces."""
    named = {"full_name": full_name, "relationship": relationship, "email": email.lower()}
    nominee, _ = Nominee.objects.update_or_create(user=actor, defaults=named)
    audit.record(actor, nominee, "named a nominee")
    return nominee


@transaction.atomic
def withdraw_nominee(*, actor: User, at: datetime) -> None:
    """Name nobody any more. Doing it twice changes nothing."""
    Nominee.objects.filter(user=actor).delete()
    audit.record(actor, actor, "named no nominee any more")


def nominee_of(user: User) -> Nominee:
    """Whom this person named.

    Raises:
        NoNomineeError: nobody.
    """
    nominee = Nominee.objects.filter(user=user).first()
    if nominee is None:
        raise NoNomineeError
    return nominee


@transaction.atomic
def record_death(*, actor: User, user_id: UUID, evidence: str, at: datetime) -> list[Membership]:
    """Settle the circles of somebody who has died. For staff: the door checks that.

    Done again it looks for the nominee's account once more: they may have signed up since. Returns the places settled.

    Raises:
        PaydayUnderWayError: a pot of theirs is being collected; it is paid out first.
    """
    payee = _account_of_nominee(user_id)
    theirs = Membership.objects.filter(user_id=user_id, status__in=(*PRESENT, MembershipStatus.DECEASED))
    open_places = theirs.filter(circle__status__in=UNFINISHED)
    # In the order of their keys, like every other verb that locks several circles.
    circles = [lock_circle(pk) for pk in open_places.order_by("circle_id").values_list("circle_id", flat=True)]
    places = list(open_places.filter(circle__in=circles).select_related("user").order_by("circle_id"))
    for circle, place in zip(circles, places, strict=True):
        _settle(circle, place, payee, actor, evidence, at)
    return places


def _settle(circle: Circle, place: Membership, payee: User | None, actor: User, evidence: str, at: datetime) -> None:
    if payee is not None and place.payee_id is None:
        place.payee = payee
        place.save(update_fields=["payee"])
        tell([payee.pk], kinds.NOMINEE_RECEIVES, circle, member=place.user.display_name)
    audit.record(actor, place, "recorded that the member has died", reason=evidence)
    if place.status == MembershipStatus.DECEASED:
        return
    if circle.status == CircleStatus.FORMING:
        end_place(place, MembershipStatus.DECEASED, at)
        return
    if circle.status in UNDER_WAY:
        _free(circle, place, actor, at)
    end_membership(place, MembershipStatus.DECEASED, at=at)
    tell_members(circle, kinds.MEMBER_DIED, member=place.user.display_name)
    write_in_chat(circle, chat_texts.MEMBER_DIED, at=at, member=place.user.display_name)
    announce_change(circle)


def _free(circle: Circle, place: Membership, actor: User, at: datetime) -> None:
    turns = refuse_on_payday(circle, place, at=at)
    lock_wallets_of(circle)
    free_from_the_future(circle, turns, actor=actor, at=at)
    had = [turn.slot_id for turn in turns if turn.status in HAD_PAYOUT]
    owed = Contribution.objects.filter(slot__in=had, status__in=UNPAID).select_related("cycle", "membership__user")
    take_from_wallets(circle, list(owed.order_by("due_at")), at)
    owed.update(status=ContributionStatus.WAIVED)
    if circle.status in RUNNING:
        collect_due(circle, up_to=at, at=at)


def _account_of_nominee(user_id: UUID) -> User | None:
    """The nominee's own account: the address is confirmed to be theirs."""
    named = Nominee.objects.filter(user_id=user_id).values("email")
    accounts: Iterable[User] = User.objects.filter(email__in=named, email_verified_at__isnull=False, is_active=True)
    return next(iter(accounts), None)
