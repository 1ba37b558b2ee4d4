"""Opening wallets and circles' accounts: done when they are first needed, once."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from contri.core.locking import require_transaction
from contri.core.money import CURRENCY
from wallets import chart
from wallets.models import Wallet


def open_wallet(*, user_id: UUID) -> Wallet:
    """The wallet of `user_id`, opened now if it is not there yet; safe when two do so at once."""
    return open_wallets(user_ids=[user_id])[user_id]


def open_wallets(*, user_ids: Iterable[UUID]) -> dict[UUID, Wallet]:
    """The wallets of several people, opened where they are missing; one query once all are open."""
    wanted = set(user_ids)
    found = _wallets(wanted)
    missing = wanted - found.keys()
    return found | _open(missing) if missing else found


def lock_wallets(*, user_ids: Iterable[UUID]) -> dict[UUID, Wallet]:
    """Lock these people's wallets, opened where missing, until the transaction ends; each comes with its `user`.

    Every verb that moves money takes this lock first, for everybody it will touch at once, in the order of the wallets'
    keys: so no two of them wait for each other, and two movements cannot both pass a limit on the same room. A verb
    that moves money several times in one transaction calls this once, before the first, for all of them.
    """
    require_transaction()
    wanted = set(user_ids)
    locked = _locked(wanted)
    if len(locked) < len(wanted):
        open_wallets(user_ids=wanted - locked.keys())
        locked = _locked(wanted)
    return locked


def open_circle_accounts(*, circle_id: UUID) -> None:
    """Open the ledger accounts that a circle needs; calling again changes nothing."""
    chart.open_pot_account(circle_id)


def open_circle_securities(*, circle_id: UUID) -> None:
    """Open the accounts of a circle's deposits and reserve, for circles that have them; again changes nothing."""
    chart.open_security_accounts(circle_id)


@transaction.atomic
def _open(user_ids: set[UUID]) -> dict[UUID, Wallet]:
    # Two who open the same wallet at once meet at its unique constraint; both then read the one that stands.
    Wallet.objects.bulk_create([Wallet(user_id=user_id) for user_id in sorted(user_ids)], ignore_conflicts=True)
    opened = _wallets(user_ids)
    for wallet in opened.values():
        chart.open_wallet_account(wallet.pk)
    return opened


def _locked(user_ids: set[UUID]) -> dict[UUID, Wallet]:
    rows = Wallet.objects.filter(user_id__in=user_ids, currency=CURRENCY).select_related("user").order_by("pk")
    return {wallet.user_id: wallet for wallet in rows.select_for_update(no_key=True, of=("self",))}


def _wallets(user_ids: set[UUID]) -> dict[UUID, Wallet]:
    rows = Wallet.objects.filter(user_id__in=user_ids, currency=CURRENCY)
    return {wallet.user_id: wallet for wallet in rows}
