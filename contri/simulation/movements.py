"""Everything that moves money: what each movement needs first, and the act itself, which may be done again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contri.core.moments import lagos_day
from contri.simulation.bank_books import Charge
from contri.simulation.people import ContriError, Person
from contri.simulation.staff import DONE, contest, send_back
from contri.simulation.world import World
from wallets.models import Dispute, SuspenseItem

PEOPLE = 3
CONTRIBUTION = "1000.00"


@dataclass(frozen=True)
class Movement:
    """Something that moves money: what it needs first, and the act itself."""

    name: str
    prepare: Callable[[World, list[Person]], Any]
    act: Callable[[World, list[Person], Any], None]


def _nothing(world: World, people: list[Person]) -> None:
    _ = world, people


def _deposit(world: World, people: list[Person], _prepared: Any) -> None:
    answer = people[0].as_myself("POST", "/wallet/deposit", {"amount": "1234.00"})
    world.bank.pay(answer.body["reference"])
    world.live_until(world.clock.now + timedelta(minutes=1))


def _transfer(_world: World, people: list[Person], _prepared: Any) -> None:
    body = {"recipient_id": people[1].id, "amount": "777.77"}
    people[0].as_myself("POST", "/wallet/transfer", body, pin_for="transfer")


def _linked_bank(world: World, people: list[Person]) -> str:
    body = {"account_number": people[0].account_number, "bank_code": "058"}
    linked = people[0].as_myself("POST", "/banks", body, pin_for="bank_account").body["id"]
    # New accounts may have to cool off.
    world.live_until(world.clock.now + timedelta(days=3))
    return str(linked)


def _withdraw(world: World, people: list[Person], bank_account: str) -> None:
    body = {"amount": "1500.00", "bank_account_id": bank_account}
    people[0].as_myself("POST", "/wallet/withdraw", body, pin_for="withdraw")
    world.live_until(world.clock.now + timedelta(minutes=1))


def _started_circle(world: World, people: list[Person]) -> str:
    start = lagos_day(world.clock.now) + timedelta(days=5)
    rules = {"name": "Three", "amount": CONTRIBUTION, "frequency": "daily", "size": PEOPLE}
    circle = people[0].as_myself("POST", "/circles", {**rules, "cycle_start_date": start.isoformat()}).body
    for friend in people[1:]:
        friend.as_myself("POST", "/circles/join", {"invite_code": circle["invite_code"]})
    people[0].as_myself("POST", f"/circles/{circle['id']}/start")
    return str(circle["id"])


def _contribute(_world: World, people: list[Person], circle: str) -> None:
    people[0].as_myself("POST", f"/circles/{circle}/contribute")


def _pay_out(world: World, _people: list[Person], _circle: str) -> None:
    """The beat's whole work of a due day: all contributions are collected, and the pot is paid out."""
    world.live_until(world.clock.now + timedelta(days=6))


def _cancel(_world: World, people: list[Person], circle: str) -> None:
    people[0].as_myself("POST", f"/circles/{circle}/cancel")


def _paid_circle(world: World, people: list[Person]) -> str:
    circle = _started_circle(world, people)
    for person in people:
        person.as_myself("POST", f"/circles/{circle}/contribute")
    return circle


def _stray_payment(world: World, people: list[Person]) -> SuspenseItem:
    world.bank.pay_unasked(5_000_00, people[0].email)
    return _in_suspense(world)


def _deposit_of_less(world: World, people: list[Person]) -> SuspenseItem:
    answer = people[0].as_myself("POST", "/wallet/deposit", {"amount": "1234.00"})
    world.bank.pay(answer.body["reference"], 1_000_00)
    return _in_suspense(world)


def _in_suspense(world: World) -> SuspenseItem:
    world.live_until(world.clock.now + timedelta(minutes=1))
    return SuspenseItem.objects.get()


def _send_back(world: World, _people: list[Person], item: SuspenseItem) -> None:
    if (told := send_back(world, item)) != DONE:
        raise ContriError(f"staff cannot send a payment back: {told}")
    world.live_until(world.clock.now + timedelta(days=2))


def _old_deposit(world: World, people: list[Person]) -> Charge:
    answer = people[0].as_myself("POST", "/wallet/deposit", {"amount": "1234.00"})
    world.bank.pay(answer.body["reference"])
    world.live_until(world.clock.now + timedelta(days=5))
    return world.bank.charges[answer.body["reference"]]


def _take_back(world: World, _people: list[Person], charge: Charge) -> None:
    """The payer's bank takes the payment back, and nobody says a word."""
    _wanted_back(world, charge)
    world.live_until(world.clock.now + timedelta(days=3))


def _contest(world: World, _people: list[Person], charge: Charge) -> None:
    """Staff say why the payment stands, and the bank agrees."""
    _wanted_back(world, charge)
    dispute = Dispute.objects.get()
    if dispute.status == Dispute.Status.OPEN and (told := contest(world, dispute)) != DONE:
        raise ContriError(f"staff cannot contest a dispute: {told}")
    # Hours are all there are: a sweep that is killed must be followed by another one in time.
    for hours in (2, 2, 72):
        world.live_until(world.clock.now + timedelta(hours=hours))


def _wanted_back(world: World, charge: Charge) -> None:
    # Whoever does it again meets the same claim.
    if not world.bank.disputes:
        world.bank.contest(charge, charge.paid)
    world.live_until(world.clock.now + timedelta(hours=1))


MOVEMENTS = (
    Movement("deposit", _nothing, _deposit),
    Movement("transfer", _nothing, _transfer),
    Movement("withdraw", _linked_bank, _withdraw),
    Movement("contribute", _started_circle, _contribute),
    Movement("payout", _started_circle, _pay_out),
    Movement("refund", _paid_circle, _cancel),
    Movement("refund of a stray payment", _stray_payment, _send_back),
    Movement("refund of a deposit", _deposit_of_less, _send_back),
    Movement("chargeback", _old_deposit, _take_back),
    Movement("chargeback contested", _old_deposit, _contest),
)
