"""A small world of circles: people with money, circles through their own verbs, and time that is told."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from accounts.models import User
from accounts.tests.factories import UserFactory
from circles import services
from circles.models import Circle, Contribution, Frequency
from contri.core.money import kobo_from_naira, naira_from_kobo
from wallets.queries import circle_balances, pot_balances, wallet_balances
from wallets.tests import factories

# Everything happens in a year of its own: a Monday, and the Mondays after it.
FOUNDED = datetime(2027, 1, 1, 9, tzinfo=UTC)
START = date(2027, 1, 4)
# 18:00 in Lagos.
DUE = datetime(2027, 1, 4, 17, tzinfo=UTC)
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def person(naira: str = "0", **kind) -> User:
    """Somebody with this much in their wallet."""
    user = UserFactory.create(**kind)
    if naira != "0":
        fund(user, naira)
    return user


def people(number: int, naira: str = "0", **kind) -> list[User]:
    return [person(naira, **kind) for _ in range(number)]


def fund(user: User, naira: str) -> None:
    """Money comes in from outside."""
    factories.fund(user, kobo_from_naira(naira))


def spend(user: User, naira: str) -> None:
    """Money leaves."""
    factories.spend(user, kobo_from_naira(naira))


def rules(**changes) -> services.Rules:
    defaults = {"amount_kobo": 100_000, "frequency": Frequency.WEEKLY, "cycle_start_date": START, "size": 3}
    return services.Rules(**{**defaults, **changes})


def forming(members: list[User], at: datetime = FOUNDED, **changes) -> Circle:
    """A circle that these people are in, the first of them its host, with a seat for each."""
    changes.setdefault("size", len(members))
    circle = services.create_circle(actor=members[0], name="Market women", rules=rules(**changes), at=at)
    for place, member in enumerate(members[1:], start=1):
        services.join_circle(actor=member, invite_code=circle.invite_code, at=at + timedelta(minutes=place))
    circle.refresh_from_db()
    return circle


def started(members: list[User], at: datetime = FOUNDED, **changes) -> Circle:
    """A full circle, locked an hour after it was founded."""
    circle = forming(members, at, **changes)
    return services.start_circle(actor=members[0], circle_id=circle.pk, at=at + HOUR)


def beat(at: datetime) -> services.Turn:
    """The beat ticks at this moment, whatever it missed before; nothing may fail."""
    turn = services.turn_circles(at=at)
    assert turn.failed == []
    return turn


def live_until(at: datetime) -> None:
    """The beat ticks at every moment at which something falls due, up to `at`."""
    for moment in services.moments_of_acts(up_to=at):
        beat(moment)


def wallet_of(user: User) -> str:
    return naira_from_kobo(wallet_balances([user.pk])[user.pk].available_kobo)


def wallets_of(users: list[User]) -> list[str]:
    return [wallet_of(user) for user in users]


def pot_of(circle: Circle) -> str:
    return naira_from_kobo(pot_balances([circle.pk])[circle.pk])


def tills_of(circle: Circle) -> tuple[str, str, str]:
    """What is in the pot, what members left as deposits, what the reserve holds."""
    held = circle_balances([circle.pk])[circle.pk]
    return naira_from_kobo(held.pot_kobo), naira_from_kobo(held.deposits_kobo), naira_from_kobo(held.reserve_kobo)


def state_of(circle: Circle) -> str:
    return Circle.objects.values_list("status", flat=True).get(pk=circle.pk)


def cycles_of(circle: Circle) -> list[str]:
    return list(circle.cycles.order_by("number").values_list("status", flat=True))


def contribution(circle: Circle, number: int, user: User) -> Contribution:
    return Contribution.objects.get(cycle__circle=circle, cycle__number=number, membership__user=user)


def membership_id(circle: Circle, user: User) -> UUID:
    return circle.memberships.values_list("pk", flat=True).get(user=user)
