"""Money into a wallet that must not be refused: what is over the tier's balance limit is parked, never lost."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from contri.core import audit
from contri.core.locking import lock_rows
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.ledger import Leg
from wallets.models import ParkedCredit, Transaction, Wallet
from wallets.queries import balance_of_wallet
from wallets.services.history import announce_change
from wallets.services.limits import room_in
from wallets.services.opening import lock_wallets
from wallets.services.wording import naira


def credit_legs(wallet: Wallet, *, source: UUID, amount_kobo: int, kind: str, at: datetime) -> tuple[list[Leg], int]:
    """The ledger legs that bring `amount_kobo` from account `source` into a locked wallet, and how much they park."""
    room = room_in(wallet, at)
    parked = 0 if room is None else max(0, amount_kobo - room)
    legs = []
    if amount_kobo > parked:
        legs.append(Leg(debit=source, credit=chart.wallet_account(wallet.pk), amount=amount_kobo - parked, kind=kind))
    if parked:
        legs.append(Leg(debit=source, credit=chart.parked_account(wallet.pk), amount=parked, kind=kind))
    return legs, parked


def is_closed(wallet: Wallet) -> bool:
    """Whether nobody is left whose money this could be."""
    return wallet.user.erased_at is not None or balance_of_wallet(wallet.pk).is_closed


def record_parked(line: Transaction, parked_kobo: int) -> None:
    """Keep, and tell the person, that part of `line` waits for their tier to allow it."""
    if not parked_kobo:
        return
    ParkedCredit.objects.create(wallet=line.wallet, transaction=line, amount_kobo=parked_kobo)
    facts = {"amount": naira(parked_kobo)}
    notify(recipient_id=line.wallet.user_id, kind=kinds.MONEY_PARKED, facts=facts, key=str(line.pk))


@transaction.atomic
def release_parked(*, wallet_id: UUID, at: datetime) -> int:
    """Make as much parked money spendable as the tier allows at `at`, oldest first; returns the kobo released."""
    user_id = Wallet.objects.values_list("user_id", flat=True).get(pk=wallet_id)
    wallet = lock_wallets(user_ids=[user_id])[user_id]
    waiting = ParkedCredit.objects.filter(wallet=wallet, released_kobo__lt=F("amount_kobo"))
    credits_ = lock_rows(waiting, waiting.values_list("pk", flat=True))
    room = room_in(wallet, at)
    released = 0
    for parked in credits_:
        rest = parked.amount_kobo - parked.released_kobo
        fits = rest if room is None else min(rest, room - released)
        if fits <= 0:
            break
        _release(wallet, parked, fits)
        released += fits
    if released:
        announce_change(wallet, funded=True)
        facts = {"amount": naira(released)}
        notify(recipient_id=wallet.user_id, kind=kinds.PARKED_MONEY_RELEASED, facts=facts)
    return released


def release_all_parked(*, at: datetime) -> int:
    """Try `release_parked` on every wallet that has something parked; returns how many had some released."""
    waiting = ParkedCredit.objects.filter(released_kobo__lt=F("amount_kobo"))
    wallet_ids = waiting.values_list("wallet_id", flat=True).order_by("wallet_id").distinct()
    return sum(release_parked(wallet_id=wallet_id, at=at) > 0 for wallet_id in list(wallet_ids))


def _release(wallet: Wallet, parked: ParkedCredit, amount_kobo: int) -> None:
    ledger.post(
        scope="parked_credit",
        key=f"{parked.pk}:{parked.released_kobo}",
        source="parked_credit",
        source_id=parked.pk,
        legs=[
            Leg(
                debit=chart.parked_account(wallet.pk),
                credit=chart.wallet_account(wallet.pk),
                amount=amount_kobo,
                kind="parked_release",
            )
        ],
        initiator_id=None,
    )
    parked.released_kobo += amount_kobo
    parked.save(update_fields=["released_kobo"])
    audit.record(None, parked, "released parked money")
