"""What people do with their money alone: in by a page or a card, out to a bank, to each other, or astray."""

from datetime import timedelta

from contri.simulation.people import Person
from contri.simulation.society import Society
from contri.simulation.staff import accept, contest, give_to, send_back
from wallets.models import Dispute, SuspenseItem

WANTS_EVERYTHING = 0.5
SENT_BACK = 0.7
GIVEN_IN = 0.4
# Long enough that the payment has been booked, whatever broke.
CONTESTED_AFTER = timedelta(days=4)


def deposit(society: Society, person: Person) -> str:
    """Open a checkout and, mostly, pay; sometimes the bank takes another amount than was asked."""
    amount = f"{society.chance.randint(1, 200) * 100}.00"
    answer = person.as_myself("POST", "/wallet/deposit", {"amount": amount}, times=society.times())
    if answer.is_done and society.chance.random() < 0.9:
        kobo = int(amount[:-3]) * 100
        is_wrong = society.world.trouble.strikes("provider takes another amount")
        society.world.bank.pay(
            answer.body["reference"], kobo + society.chance.choice((-5000, 5000)) if is_wrong else None
        )
    return f"deposits {amount}: {answer}"


def transfer(society: Society, person: Person) -> str:
    """Send money to somebody else."""
    recipient = society.chance.choice(society.people)
    amount = f"{society.chance.randint(1, 3000)}.{society.chance.randint(0, 99):02d}"
    body = {"recipient_id": recipient.id, "amount": amount}
    answer = person.as_myself("POST", "/wallet/transfer", body, times=society.times(), pin_for="transfer")
    return f"sends {amount} to {recipient.label}: {answer}"


def withdraw(society: Society, person: Person) -> str:
    """Have some or all of the money paid to the bank account that was linked."""
    account = person.linked_account()
    if not account:
        return link_bank(society, person)
    amount = f"{society.chance.randint(50, 4000)}.00"
    if society.chance.random() < WANTS_EVERYTHING:
        amount = (person.get("/wallet") or {}).get("balance", amount)
    body = {"amount": amount, "bank_account_id": account}
    answer = person.as_myself("POST", "/wallet/withdraw", body, times=society.times(), pin_for="withdraw")
    return f"withdraws {amount}: {answer}"


def stop_after_the_pot(society: Society, person: Person) -> str:
    """Whoever has had a pot takes everything home, and pays nothing any more of their own accord."""
    had = person.get("/wallet/transactions?type=payout")
    if not isinstance(had, dict) or not had.get("results"):
        return withdraw(society, person)
    society.stopped.add(person.id)
    return f"has had the pot, and {withdraw(society, person)}"


def link_bank(_society: Society, person: Person) -> str:
    """Link a bank account."""
    body = {"account_number": person.account_number, "bank_code": "058"}
    answer = person.as_myself("POST", "/banks", body, pin_for="bank_account")
    return f"links a bank account: {answer}"


def change_bank(society: Society, person: Person) -> str:
    """Take the bank account away and link another."""
    if account := person.linked_account():
        person.as_myself("DELETE", f"/banks/{account}", pin_for="bank_account")
        person.bank_account = ""
    person.has_moved_bank += 1
    return link_bank(society, person)


def pay_by_card(society: Society, person: Person) -> str:
    """Pay a contribution by a kept card; whoever has none links one first."""
    circle = society.circle_of(person)
    if circle is None or not person.has_kept_card():
        return link_card(society, person)
    body = {"source": "card"}
    answer = person.as_myself("POST", f"/circles/{circle.id}/contribute", body, times=society.times())
    return f"pays {circle.label} by card: {answer}"


def link_card(society: Society, person: Person) -> str:
    """Pay a little by a card, so that it is kept."""
    answer = person.as_myself("POST", "/cards/link", {}, times=society.times())
    if answer.is_done:
        society.world.bank.pay(answer.body["reference"])
    return f"links a card: {answer}"


def pay_unasked(society: Society, person: Person) -> str:
    """Pay on an old link: money of which nobody knows whose it is."""
    naira = society.chance.randint(1, 50) * 100
    society.world.bank.pay_unasked(naira * 100, person.email)
    return f"pays {naira}.00 on an old link"


def contest_payment(society: Society, person: Person) -> str:
    """Want some or all of an old payment back by way of the card's bank."""
    world = society.world
    old = world.clock.now - CONTESTED_AFTER
    contested = [dispute.charge for dispute in world.bank.disputes]
    paid = [
        charge
        for charge in world.bank.charges.values()
        if charge.email == person.email and charge.status == "success" and charge.at < old and charge not in contested
    ]
    if not paid:
        return deposit(society, person)
    charge = society.chance.choice(paid)
    amount = charge.paid if society.chance.random() < WANTS_EVERYTHING else max(charge.paid // 3, 1)
    world.bank.contest(charge, amount)
    return f"contests {amount} kobo of {charge.reference}"


def have_staff_answer(society: Society, person: Person) -> str:
    """Staff answer a dispute: two give the money back, or one says why the payment stands."""
    dispute = Dispute.objects.filter(status=Dispute.Status.OPEN, answer="").order_by("created_at", "pk").first()
    if dispute is None:
        return withdraw(society, person)
    if society.chance.random() < GIVEN_IN:
        return f"sees staff accept a dispute: {accept(society.world, dispute)}"
    return f"sees staff contest a dispute: {contest(society.world, dispute)}"


def have_staff_decide(society: Society, person: Person) -> str:
    """Two people of staff give money in suspense to somebody, or send it back."""
    item = SuspenseItem.objects.filter(status=SuspenseItem.Status.OPEN).order_by("created_at", "pk").first()
    if item is None:
        return pay_unasked(society, person)
    if society.chance.random() < SENT_BACK:
        return f"sees staff send a payment back: {send_back(society.world, item)}"
    return f"is given a payment by staff: {give_to(society.world, item, person.email)}"
