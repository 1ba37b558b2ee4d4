"""What people do with each other in a circle: talk, vote, hand places and the lead over."""

from typing import Any

from contri.simulation.people import Person
from contri.simulation.society import Circle, Place, Society

SUBJECTS = ("pause", "resume", "dissolution", "shrink")
WORDS = ("Good morning", "Who has paid?", "My account is 0123456789", "See https://example.invalid")
SECOND_THOUGHTS = 0.3


def say_something(society: Society, person: Person) -> str:
    """Write in the chat; the network may send it several times, and it is said once. Some take it back."""
    circle = society.circle_of(person)
    if circle is None:
        return ""
    body = {"body": society.chance.choice(WORDS), "client_id": f"{person.label}-{person.requests}"}
    chat = f"/circles/{circle.id}/chat"
    answer = person.as_myself("POST", chat, body, times=society.times())
    if answer.is_done and society.chance.random() < SECOND_THOUGHTS:
        person.as_myself("DELETE", f"{chat}/{answer.body['id']}")
    return f"writes in {circle.label}: {answer}"


def vote(society: Society, person: Person) -> str:
    """Say yes or no to what is asked, or ask something."""
    circle = society.circle_of(person)
    if circle is None:
        return ""
    votes = f"/circles/{circle.id}/votes"
    for asked in person.listed(votes):
        if asked["status"] == "open":
            choice = society.chance.choice([option["choice"] for option in asked["options"]])
            answer = person.as_myself("POST", f"{votes}/{asked['id']}/cast", {"choice": choice}, times=society.times())
            return f"votes in {circle.label}: {answer}"
    body = {"subject": society.chance.choice(SUBJECTS), "reason": "The market is closed"}
    answer = person.as_myself("POST", votes, body, times=society.times())
    return f"asks {circle.label} for {body['subject']}: {answer}"


def offer_place(society: Society, person: Person) -> str:
    """Look for somebody to take over one's place."""
    circle = society.circle_of(person)
    if circle is None:
        return ""
    answer = person.as_myself("POST", f"/circles/{circle.id}/handovers", times=society.times())
    if answer.is_done:
        society.places.append(Place(circle, person, answer.body["code"]))
    return f"offers a place in {circle.label}: {answer}"


def take_place(society: Society, person: Person) -> str:
    """Take over a place that somebody offers."""
    if not society.places:
        return offer_place(society, person)
    place = society.places[-1]
    seen = person.get(f"/circles/handovers/{place.code}")
    version = seen["charter"]["version"] if seen and "charter" in seen else 1
    body = {"charter_version": version}
    answer = person.as_myself("POST", f"/circles/handovers/{place.code}/take", body, times=society.times())
    if answer.is_done:
        society.places.remove(place)
        place.circle.members.append(person)
        if place.leaver in place.circle.members:
            place.circle.members.remove(place.leaver)
    return f"takes the place of {place.leaver.label} in {place.circle.label}: {answer}"


def hand_over(society: Society, person: Person) -> str:
    """The host makes another member the host, or names a co-host."""
    led = [circle for circle in society.circles if circle.host is person]
    if not led:
        return vote(society, person)
    circle = society.chance.choice(led)
    others = [member for member in person.listed(f"/circles/{circle.id}/members") if member["role"] != "host"]
    if not others:
        return ""
    chosen = society.chance.choice(others)
    body = {"membership_id": chosen["id"]}
    if society.chance.random() < SECOND_THOUGHTS:
        answer = person.as_myself("PUT", f"/circles/{circle.id}/cohost", body, times=society.times())
        return f"names a co-host of {circle.label}: {answer}"
    answer = person.as_myself("POST", f"/circles/{circle.id}/hand-over", body)
    if answer.is_done:
        _follow(society, circle, chosen)
    return f"hands {circle.label} over: {answer}"


def _follow(society: Society, circle: Circle, chosen: dict[str, Any]) -> None:
    circle.host = society.person_with(chosen["user"]["id"]) or circle.host
