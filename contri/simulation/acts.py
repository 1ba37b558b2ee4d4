"""What people do, and how often. Each act is requests that the app could send; what is refused is part of life."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.services import ban_user, unban_user
from circles.models import Circle as PausedCircle
from circles.models import CircleStatus
from circles.services import resume_circle
from contri.core.audit import system_actor_id
from contri.core.moments import lagos_day
from contri.simulation.paying import (
    change_bank,
    contest_payment,
    deposit,
    have_staff_answer,
    have_staff_decide,
    pay_by_card,
    pay_unasked,
    stop_after_the_pot,
    transfer,
    withdraw,
)
from contri.simulation.people import Person
from contri.simulation.society import Circle, Society
from contri.simulation.together import (
    hand_over,
    offer_place,
    say_something,
    take_place,
    vote,
)

AMOUNTS = ("1000.00", "1500.50", "3333.33", "12000.00")
FREQUENCIES = ("daily", "daily", "daily", "weekly")
ORDERS = ("join_order", "random", "reliability")
# More than three days of all circles here cost one person.
ENOUGH_NAIRA = 110_000
TAKEN_AT = ("joining", "locking")
SOON_STARTED = 0.7
POLICIES = ("pay_collected", "pay_collected", "wait_full")


def act(society: Society) -> None:
    """Somebody does something."""
    person = society.chance.choice(society.people)
    (chosen,) = society.chance.choices(list(ACTS), weights=list(ACTS.values()))
    if person.id in society.stopped and chosen in PAYS_INTO_CIRCLES:
        chosen = say_something
    told = chosen(society, person)
    if told:
        society.world.say(f"{person.label} {told}")


def make_up(society: Society) -> None:
    """Staff let everybody in and the clocks run, and who has little money pays some in."""
    society.stopped.clear()
    for person in society.people:
        if person.id in society.banned:
            be_banned(society, person)
        if float((person.get("/wallet") or {}).get("balance", 0)) < ENOUGH_NAIRA:
            answer = person.as_myself("POST", "/wallet/deposit", {"amount": "50000.00"})
            if answer.is_done:
                society.world.bank.pay(answer.body["reference"])
    staff = User.objects.get(pk=system_actor_id())
    for circle_id in PausedCircle.objects.filter(status=CircleStatus.PAUSED).values_list("pk", flat=True):
        resume_circle(actor=staff, circle_id=circle_id, reason="simulated", at=timezone.now(), as_staff=True)


def found_circle(society: Society, person: Person) -> str:
    """Found a circle, while there are few enough."""
    if len(society.circles) >= society.most_circles:
        return contribute(society, person)
    chance = society.chance
    rules = {
        "name": f"Circle {len(society.circles)}",
        "amount": chance.choice(AMOUNTS),
        "frequency": chance.choice(FREQUENCIES),
        "size": chance.randint(2, max(2, min(4, len(society.people)))),
        "cycle_start_date": (lagos_day(timezone.now()) + timedelta(days=chance.randint(2, 7))).isoformat(),
        "payout_order": chance.choice(ORDERS),
        "shortfall_policy": chance.choice(POLICIES),
        "grace_days": chance.randint(0, 3),
        "late_fee": chance.choice(("0.00", "100.00", "99.99")),
        "late_fee_to": chance.choice(("reserve", "contri")),
        "deposit": chance.choice(("0.00", "0.00", "1000.00")),
        "reserve": chance.choice(("0.00", "33.33")),
        "security_taken_at": chance.choice(TAKEN_AT),
    }
    answer = person.as_myself("POST", "/circles", rules)
    if not answer.is_done:
        return f"founds a circle: {answer}"
    circle = Circle(f"c{len(society.circles)}", answer.body["id"], answer.body["invite_code"], person, [person])
    society.circles.append(circle)
    friends = [other for other in society.people if other is not person]
    for friend in chance.sample(friends, min(len(friends), answer.body["size"] - 1)):
        society.world.say(f"{friend.label} {_join(friend, circle)}")
    if chance.random() < SOON_STARTED:
        society.world.say(f"{person.label} {start_circle(society, person)}")
    return f"founds {circle.label} of {answer.body['size']}"


def join_circle(society: Society, person: Person) -> str:
    """Join any circle by its code."""
    if not society.circles:
        return found_circle(society, person)
    circle = society.chance.choice(society.circles[-3:])
    return _join(person, circle)


def _join(person: Person, circle: Circle) -> str:
    answer = person.as_myself("POST", "/circles/join", {"invite_code": circle.invite_code})
    if answer.is_done and person not in circle.members:
        circle.members.append(person)
    return f"joins {circle.label}: {answer}"


def start_circle(society: Society, person: Person) -> str:
    """Lock a circle of one's own."""
    own = [circle for circle in society.circles if circle.host is person]
    if not own:
        return join_circle(society, person)
    circle = own[-1]
    answer = person.as_myself("POST", f"/circles/{circle.id}/start")
    return f"starts {circle.label}: {answer}"


def contribute(society: Society, person: Person) -> str:
    """Pay early, late, in part, or too much."""
    circle = society.circle_of(person)
    if circle is None:
        return deposit(society, person)
    part = society.chance.choice(({}, {}, {"amount": "500.00"}, {"amount": "0.01"}, {"amount": "9999.99"}))
    answer = person.as_myself("POST", f"/circles/{circle.id}/contribute", part, times=society.times())
    return f"pays {part.get('amount', 'what is owed')} to {circle.label}: {answer}"


def leave_circle(society: Society, person: Person) -> str:
    """Leave, if that is possible."""
    circle = society.circle_of(person)
    if circle is None:
        return ""
    answer = person.as_myself("POST", f"/circles/{circle.id}/leave")
    if answer.is_done:
        circle.members.remove(person)
    return f"leaves {circle.label}: {answer}"


def swap(society: Society, person: Person) -> str:
    """Offer a turn for another, or accept what was offered."""
    circle = society.circle_of(person)
    if circle is None:
        return ""
    for offer in person.listed(f"/circles/{circle.id}/swaps"):
        answer = person.as_myself("POST", f"/circles/{circle.id}/swaps/{offer['id']}/accept")
        if answer.is_done:
            return f"accepts a swap in {circle.label}"
    turns = [society.chance.randint(1, 4) for _ in range(2)]
    body = {"my_turn": turns[0], "their_turn": turns[1]}
    answer = person.as_myself("POST", f"/circles/{circle.id}/swaps", body)
    return f"offers turn {turns[0]} for {turns[1]} in {circle.label}: {answer}"


def pause_or_resume(society: Society, person: Person) -> str:
    """The host stops the clocks, or lets them go on."""
    circle = society.circle_of(person)
    if circle is None:
        return ""
    act = society.chance.choice(("pause", "resume", "resume"))
    answer = person.as_myself("POST", f"/circles/{circle.id}/{act}", {"reason": "The market is closed"})
    return f"asks to {act} {circle.label}: {answer}"


def lose_phone(society: Society, person: Person) -> str:
    """Sign in on another phone, end the old one's session."""
    old = person.access
    person.sign_in()
    for session in person.listed("/auth/sessions"):
        if not session.get("is_current"):
            person.as_myself("DELETE", f"/auth/sessions/{session['id']}")
    refused = person.call("GET", "/wallet", headers={"Authorization": f"Bearer {old}"})
    return f"loses the phone: {refused}"


def be_banned(society: Society, person: Person) -> str:
    """Staff let somebody in again whom they banned, or ban somebody."""
    person = next((banned for banned in society.people if banned.id in society.banned), person)
    staff, user_id, why = User.objects.get(pk=system_actor_id()), UUID(person.id), "simulated"
    society.banned ^= {person.id}
    person.access = person.refresh = ""
    if person.id in society.banned:
        ban_user(actor=staff, user_id=user_id, reason=why, at=timezone.now())
        return f"sees staff ban {person.label}"
    unban_user(actor=staff, user_id=user_id, reason=why)
    return f"sees staff let {person.label} in again"


ACTS: dict[Callable[[Society, Person], str], int] = {
    deposit: 10,
    contribute: 14,
    join_circle: 6,
    transfer: 8,
    withdraw: 10,
    start_circle: 10,
    found_circle: 6,
    swap: 4,
    leave_circle: 2,
    change_bank: 2,
    pause_or_resume: 2,
    lose_phone: 2,
    be_banned: 2,
    pay_by_card: 6,
    stop_after_the_pot: 4,
    pay_unasked: 1,
    have_staff_decide: 3,
    contest_payment: 3,
    have_staff_answer: 8,
    say_something: 4,
    vote: 3,
    offer_place: 2,
    take_place: 2,
    hand_over: 1,
}
PAYS_INTO_CIRCLES = (deposit, contribute, pay_by_card)
