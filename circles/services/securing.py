"""What members leave with a circle beside their contributions: deposits and the reserve, taken, used, and given back.

A deposit stays its member's and pays what they themselves do not. The reserve is everybody's: it makes a short pot good
on the promised day, and what then comes in late fills it up again once the recipient has all that is theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from circles import chat_texts
from circles.chat_texts import ChatText
from circles.dividing import shares_of
from circles.errors import SecurityMissingError
from circles.models import (
    Circle,
    Contribution,
    LateFee,
    Membership,
    Payout,
    SecurityKind,
    SecurityMovement,
    Source,
)
from circles.security import Security, security_of, total_of
from circles.services.chat_lines import write_in_chat
from circles.services.paying_in import count_as_paid
from circles.services.telling import tell
from contri.core.errors import refuse_if
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from wallets.queries import circle_balances
from wallets.services import (
    Claim,
    Till,
    collect_contributions,
    lock_wallets,
    move_within,
    open_circle_securities,
    refund_from_pot,
)

Kind = SecurityKind
_TAKEN = {Till.DEPOSITS: Kind.DEPOSIT_TAKEN, Till.RESERVE: Kind.RESERVE_TAKEN}
_RETURNED = {Till.DEPOSITS: Kind.DEPOSIT_RETURNED, Till.RESERVE: Kind.RESERVE_RETURNED}
_NAMES = {Till.DEPOSITS: "deposit", Till.RESERVE: "share of the reserve"}


def square_security(circle: Circle, members: Sequence[Membership], *, at: datetime) -> None:
    """Bring what each of these members has with the circle to what its charter asks of their turns.

    What is missing is taken from their wallets, what is too much goes back.

    Raises:
        SecurityMissingError: a wallet holds too little; it names whose.
    """
    held = security_of(circle)
    if not circle.asks_security and not held:
        return
    lock_wallets(user_ids=[member.user_id for member in members])
    open_circle_securities(circle_id=circle.pk)
    for till, asked in ((Till.DEPOSITS, circle.deposit_kobo), (Till.RESERVE, circle.reserve_kobo)):
        gaps = {member: asked * member.hands - held.get(member.pk, Security()).in_till(till) for member in members}
        _take(circle, till, {member: gap for member, gap in gaps.items() if gap > 0}, at)
        _give_back(circle, till, {member: -gap for member, gap in gaps.items() if gap < 0}, at)


def give_back_security(circle: Circle, members: Sequence[Membership], *, at: datetime) -> None:
    """Give these members back all that they have with a circle that has not begun, or that they leave."""
    held = security_of(circle)
    owed = {member: held[member.pk] for member in members if member.pk in held}
    lock_wallets(user_ids=[member.receiver_id for member in owed])
    for till in _TAKEN:
        _give_back(circle, till, {member: had.in_till(till) for member, had in owed.items() if had.in_till(till)}, at)


def use_deposits(circle: Circle, unpaid: Iterable[Contribution], *, at: datetime) -> list[Contribution]:
    """Pay contributions out of their members' deposits, in this order, as far as these go; returns those it touched.

    The caller settles their cycles.
    """
    if not circle.deposit_kobo:
        return []
    left = {membership_id: held.deposit_kobo for membership_id, held in security_of(circle).items()}
    touched = []
    for contribution in unpaid:
        amount = min(contribution.owed_kobo, left.get(contribution.membership_id, 0))
        if amount > 0:
            left[contribution.membership_id] -= amount
            _pay_from_deposit(circle, contribution, amount, at)
            touched.append(contribution)
    return touched


def cover_for(circle: Circle, unpaid: Iterable[Contribution]) -> int:
    """What deposits and the reserve would add to a pot in which these contributions are missing. Kobo."""
    missing = list(unpaid)
    if not missing or not (circle.asks_security or circle.late_fee_kobo):
        return 0
    left = {membership_id: held.deposit_kobo for membership_id, held in security_of(circle).items()}
    by_deposits = 0
    for contribution in missing:
        amount = min(contribution.owed_kobo, left.get(contribution.membership_id, 0))
        by_deposits += amount
        left[contribution.membership_id] = left.get(contribution.membership_id, 0) - amount
    rest = sum(contribution.owed_kobo for contribution in missing) - by_deposits
    return by_deposits + min(rest, circle_balances([circle.pk])[circle.pk].reserve_kobo)


def lend_from_reserve(circle: Circle, payout: Payout, missing_kobo: int, *, at: datetime) -> None:
    """Add to a short pot what the reserve holds, up to what is missing."""
    if not (circle.reserve_kobo or circle.late_fee_kobo) or missing_kobo <= 0:
        return
    amount = min(missing_kobo, circle_balances([circle.pk])[circle.pk].reserve_kobo)
    if amount > 0:
        _move(circle, Kind.RESERVE_LENT, Till.RESERVE, Till.POT, amount, at, payout=payout)
        _say(circle, chat_texts.RESERVE_LENT, amount, at, cycle=str(payout.cycle.number))
        payout.lent_kobo += amount
        payout.save(update_fields=["lent_kobo"])


def repay_reserve(circle: Circle, payout: Payout, amount_kobo: int, *, at: datetime) -> None:
    """Fill the reserve up again from a pot whose recipient has all that is theirs."""
    _move(circle, Kind.RESERVE_REPAID, Till.POT, Till.RESERVE, amount_kobo, at, payout=payout)
    _say(circle, chat_texts.RESERVE_REPAID, amount_kobo, at, cycle=str(payout.cycle.number))
    payout.repaid_kobo += amount_kobo
    payout.save(update_fields=["repaid_kobo"])


def pool_security(circle: Circle, *, at: datetime) -> dict[UUID, Security]:
    """Put deposits and reserve into the pot of a circle that is dissolved; returns whose deposits they were."""
    held = security_of(circle)
    for membership_id, security in held.items():
        if security.deposit_kobo:
            member = Membership(pk=membership_id)
            _move(circle, Kind.DEPOSIT_POOLED, Till.DEPOSITS, Till.POT, security.deposit_kobo, at, membership=member)
    if reserve := circle_balances([circle.pk])[circle.pk].reserve_kobo:
        _move(circle, Kind.RESERVE_POOLED, Till.RESERVE, Till.POT, reserve, at)
    return held


def pooled_reserve(circle: Circle) -> int:
    """What a dissolved circle's reserve put into the pot, and what it had lent that nobody repaid. Kobo."""
    pooled = SecurityMovement.objects.filter(circle=circle).aggregate(pooled=total_of(Kind.RESERVE_POOLED))["pooled"]
    loans = Payout.objects.filter(cycle__circle=circle).aggregate(open=Sum(F("lent_kobo") - F("repaid_kobo")))
    total: int = pooled + (loans["open"] or 0)
    return total


def return_deposits(circle: Circle, members: Sequence[Membership], *, at: datetime) -> None:
    """Give back what is left of these members' deposits."""
    held = security_of(circle)
    _give_back(
        circle,
        Till.DEPOSITS,
        {
            member: held[member.pk].deposit_kobo
            for member in members
            if member.pk in held and held[member.pk].deposit_kobo
        },
        at,
    )


def share_reserve(circle: Circle, members: Sequence[Membership], *, at: datetime) -> None:
    """Share what the reserve holds among these members, by their turns; the last gets what does not divide."""
    amount = circle_balances([circle.pk])[circle.pk].reserve_kobo
    shares = shares_of(amount, [member.hands for member in members])
    _give_back(circle, Till.RESERVE, {m: share for m, share in zip(members, shares, strict=True) if share}, at)


def fee_from_deposit(circle: Circle, fee: LateFee, amount: int, into: Till, at: datetime) -> None:
    """Take a late fee, or `amount` kobo of it, out of its member's deposit."""
    _move(circle, Kind.FEE_FROM_DEPOSIT, Till.DEPOSITS, into, amount, at, membership=fee.membership, fee=fee)


def _take(circle: Circle, till: Till, missing: Mapping[Membership, int], at: datetime) -> None:
    asked = {uuid7(): (member, amount) for member, amount in missing.items()}
    if not asked:
        return
    claims = [
        Claim(str(movement_id), movement_id, member.user_id, amount, f"{circle.name}: {_NAMES[till]}")
        for movement_id, (member, amount) in asked.items()
    ]
    outcomes = collect_contributions(circle_id=circle.pk, claims=claims, at=at, initiator_id=None, into=till)
    lacking = [asked[outcome.payment_id][0].user.display_name for outcome in outcomes if not outcome.paid]
    refuse_if(bool(lacking), SecurityMissingError, f"Too little in the wallet of {', '.join(lacking)}.")
    for outcome in outcomes:
        member, amount = asked[outcome.payment_id]
        line = outcome.transaction_id
        _note(circle, outcome.payment_id, _TAKEN[till], amount, at, membership=member, transaction_id=line)
        _say(circle, chat_texts.SECURITY_TAKEN, amount, at, member=member.user.display_name, what=_NAMES[till])
        facts = {"amount": naira_from_kobo(amount), "what": _NAMES[till]}
        tell([member.user_id], kinds.SECURITY_TAKEN, circle, **facts)


def _give_back(circle: Circle, till: Till, amounts: Mapping[Membership, int], at: datetime) -> None:
    for member, amount in amounts.items():
        movement_id = uuid7()
        moved = refund_from_pot(
            circle_id=circle.pk,
            refund_id=movement_id,
            user_id=member.receiver_id,
            amount_kobo=amount,
            key=str(movement_id),
            description=f"{circle.name}: {_NAMES[till]} returned",
            at=at,
            source=till,
        )
        _note(circle, movement_id, _RETURNED[till], amount, at, membership=member, transaction_id=moved.pk)
        _say(circle, chat_texts.SECURITY_RETURNED, amount, at, member=member.user.display_name, what=_NAMES[till])
        facts = {"amount": naira_from_kobo(amount), "what": _NAMES[till]}
        tell([member.user_id], kinds.SECURITY_RETURNED, circle, **facts)


def _pay_from_deposit(circle: Circle, contribution: Contribution, amount: int, at: datetime) -> None:
    owner = contribution.membership
    _move(circle, Kind.DEPOSIT_USED, Till.DEPOSITS, Till.POT, amount, at, membership=owner, contribution=contribution)
    count_as_paid(contribution, amount, Source.DEPOSIT, at)
    cycle = str(contribution.cycle.number)
    _say(circle, chat_texts.DEPOSIT_USED, amount, at, member=owner.user.display_name, cycle=cycle)
    tell([owner.user_id], kinds.DEPOSIT_USED, circle, amount=naira_from_kobo(amount), cycle=cycle)


def _say(circle: Circle, text: ChatText, amount: int, at: datetime, **facts: str) -> None:
    write_in_chat(circle, text, at=at, amount=naira_from_kobo(amount), **facts)


def _move(
    circle: Circle, kind: SecurityKind, source: Till, into: Till, amount: int, at: datetime, **about: object
) -> None:
    movement_id = uuid7()
    journal_id = move_within(
        circle_id=circle.pk, movement_id=movement_id, source=source, into=into, amount_kobo=amount, at=at
    )
    _note(circle, movement_id, kind, amount, at, journal_id=journal_id, **about)


def _note(circle: Circle, movement_id: UUID, kind: SecurityKind, amount: int, at: datetime, **about: object) -> None:
    SecurityMovement.objects.create(id=movement_id, circle=circle, kind=kind, amount_kobo=amount, moved_at=at, **about)
