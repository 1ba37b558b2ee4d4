"""Something of every kind that a route can name, so that whoever should not see it has something to find."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.utils import timezone
from PIL import Image

from accounts.models import Session, User
from accounts.tests.factories import PIN
from circles import services
from circles.models import Circle, Contribution, PayoutOrder, VoteSubject
from circles.tests.world import membership_id, people, rules
from contri.core import crypto
from contri.core.moments import lagos_day
from wallets.models import Card
from wallets.tests.factories import link_bank, send

# Far enough ahead that turns may still be swapped.
STARTS_IN = timedelta(days=20)


@dataclass(frozen=True)
class Things:
    """A host, a member and somebody who left, of the same circles; and what is theirs, by the name of its hole.

    All that a circle has none of is the member's: bank account, card, session, line in the wallet.
    """

    host: User
    member: User
    former: User
    elsewhere: User
    owned: dict[str, str]
    circles: dict[str, dict[str, str]]

    def in_circle(self, kind: str) -> dict[str, str]:
        """Ids by the names of the holes, those of one circle among them."""
        return self.owned | self.circles.get(kind, {})


def things_of_everybody(pin_token: Callable[[User], str]) -> Things:
    """Found circles in every state that a route asks about, and fill wallets, chats and lists of banks and cards."""
    host, member, former, third, applicant, asker, elsewhere = people(7, "90000.00", tier=3, pin=PIN)
    founded = _Founder(host, [member, third], former, applicant)
    circles = {
        "forming": founded.circle(size=4, payout_order=PayoutOrder.HOST_ASSIGNED, needs_approval=True),
        "full": founded.circle(size=3),
        "auction": founded.circle(size=4, payout_order=PayoutOrder.AUCTION),
        "running": founded.circle(size=3, payout_order=PayoutOrder.RANDOM, needs_approval=True),
        "another": services.create_circle(actor=elsewhere, name="Elsewhere", rules=_rules(size=3), at=timezone.now()),
    }
    services.start_circle(actor=host, circle_id=circles["running"].pk, at=timezone.now())
    ids = {kind: {"circle_id": str(circle.pk), "code": circle.invite_code} for kind, circle in circles.items()}
    for kind in ("forming", "full", "auction", "running"):
        ids[kind] |= _people_in(circles[kind], member=member, third=third, host=host)
    ids["forming"]["applicant_id"] = str(membership_id(circles["forming"], applicant))
    ids["running"] |= _missed_in(circles["running"], member)
    ids["running"] |= _said_in(circles["running"], host, member) | _offered_in(circles["running"], member, third, asker)
    return Things(host, member, former, elsewhere, _owned_by(member, third, pin_token), ids)


@dataclass(frozen=True)
class _Founder:
    host: User
    members: list[User]
    former: User
    applicant: User

    def circle(self, **changes: object) -> Circle:
        """A circle that forms; one person has left it, and where joiners wait to be let in, another waits."""
        circle = services.create_circle(
            actor=self.host, name="Market women", rules=_rules(**changes), at=timezone.now()
        )
        for friend in (self.former, *self.members):
            place = services.join_circle(actor=friend, invite_code=circle.invite_code, at=timezone.now())
            if circle.needs_approval:
                services.approve_member(actor=self.host, circle_id=circle.pk, membership_id=place.pk, at=timezone.now())
            if friend == self.former:
                services.leave_circle(actor=friend, circle_id=circle.pk, at=timezone.now())
        if circle.needs_approval and circle.size > len(self.members) + 1:
            services.join_circle(actor=self.applicant, invite_code=circle.invite_code, at=timezone.now())
        return circle


def _rules(**changes: object) -> services.Rules:
    return rules(cycle_start_date=lagos_day(timezone.now()) + STARTS_IN, **changes)


def _people_in(circle: Circle, *, member: User, third: User, host: User) -> dict[str, str]:
    return {
        "membership_id": str(membership_id(circle, member)),
        "third_id": str(membership_id(circle, third)),
        "host_id": str(membership_id(circle, host)),
    }


def _said_in(circle: Circle, host: User, member: User) -> dict[str, str]:
    """A picture of the member's in the chat, a vote, and a turn that the host offers to the member."""
    message, _ = services.send_image(
        actor=member, circle_id=circle.pk, upload=picture(), body="Our stall", at=timezone.now()
    )
    vote = services.open_vote(
        actor=host, circle_id=circle.pk, subject=VoteSubject.PAUSE, reason="The market is closed", at=timezone.now()
    )
    turns = {slot.membership.user_id: slot.position for slot in circle.slots.select_related("membership")}
    swap = services.propose_swap(
        actor=host,
        circle_id=circle.pk,
        my_turn=turns[host.pk],
        their_turn=turns[member.pk],
        at=timezone.now(),
    )
    mine, theirs = turns[member.pk], turns[host.pk]
    return {
        "message_id": str(message.pk),
        "vote_id": str(vote.pk),
        "swap_id": str(swap.pk),
        "mine": str(mine),
        "theirs": str(theirs),
    }


def _missed_in(circle: Circle, member: User) -> dict[str, str]:
    """What stands on the member's record: as if the last contribution had been due and late."""
    mine = Contribution.objects.filter(cycle__circle=circle, membership__user=member).latest("due_at")
    mine.late_at = timezone.now()
    mine.save(update_fields=["late_at"])
    return {"contribution_id": str(mine.pk)}


def _offered_in(circle: Circle, member: User, third: User, asker: User) -> dict[str, str]:
    """The member's place, which somebody asks for, and another that anybody with its code may take."""
    asked = services.offer_place(actor=member, circle_id=circle.pk, at=timezone.now())
    services.take_place(actor=asker, code=asked.code, charter_version=1, at=timezone.now())
    free = services.offer_place(actor=third, circle_id=circle.pk, at=timezone.now())
    return {"handover_id": str(asked.pk), "place": free.code}


def picture() -> bytes:
    """A PNG."""
    data = BytesIO()
    Image.new("RGB", (40, 20), "green").save(data, "PNG")
    return data.getvalue()


def _owned_by(owner: User, friend: User, pin_token: Callable[[User], str]) -> dict[str, str]:
    line = send(owner, friend, 100_00, pin_token=pin_token(owner))
    card = Card.objects.create(
        user=owner,
        provider="paystack",
        code_encrypted=crypto.encrypt("AUTH_x"),
        signature_hash=b"x" * 32,
        email=owner.email,
        last4="4081",
        brand="visa",
        expiry_month=12,
        expiry_year=2099,
    )
    return {
        "friend_id": str(friend.pk),
        "friend_email": friend.email,
        "day": (lagos_day(timezone.now()) + STARTS_IN).isoformat(),
        "provider": "google",
        "session_id": str(Session.objects.get(user=owner).pk),
        "line_id": str(line.pk),
        "bank_id": str(link_bank(owner).pk),
        "card_id": str(card.pk),
    }
