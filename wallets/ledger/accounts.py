"""Accounts: which one it is, opening it, what is in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from django.db import connection

from contri.core.locking import require_transaction
from contri.core.money import CURRENCY
from wallets.models.ledger import AccountStatus, LedgerAccount, Purpose

# Owners that are no row of ours. Fixed for ever: account ids are derived from them.
_NAMESPACE: Final = UUID("6c2f7c3e-0d39-5b0e-9a51-5b1f0a6f2c11")
CONTRI_ID: Final = uuid5(_NAMESPACE, "contri")


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds, in kobo.

    `available` can be spent, `held` is promised to somebody else, `incoming` is promised to this account.
    """

    available: int
    held: int
    incoming: int

    @property
    def total(self) -> int:
        """What is booked, promised or not."""
        return self.available + self.held


def provider_owner_id(provider: str) -> UUID:
    """The owner of a payment provider's clearing account."""
    return uuid5(_NAMESPACE, f"provider:{provider}")


def account_id(owner_id: UUID, purpose: Purpose, currency: str = CURRENCY) -> UUID:
    """The id that this account has or will have: derived from its name, so that no lookup is needed."""
    return uuid5(_NAMESPACE, f"{owner_id}:{purpose}:{currency}")


def account_for(*, owner_id: UUID, purpose: Purpose, currency: str = CURRENCY) -> UUID:
    """The account of this owner and purpose, opened if it is not there yet. Two callers at once get the same one."""
    require_transaction()
    identity = account_id(owner_id, purpose, currency)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (id, owner_id, purpose, currency) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [identity, owner_id, purpose.value, currency],
        )
    return identity


def lock_accounts(account_ids: Iterable[UUID]) -> None:
    """Lock accounts in the order of their ids until the transaction ends.

    For a verb that posts several times in one transaction: locking all of them first keeps two such verbs from waiting
    for each other. Deferred accounts are never locked.
    """
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_lock(%s)", [list(account_ids)])


def set_status(account: UUID, status: AccountStatus) -> None:
    """Freeze, unfreeze or close an account. Closing one that is not empty fails, and a closed one stays closed."""
    require_transaction()
    LedgerAccount.objects.filter(pk=account).update(status=status)


_BALANCES = """
    SELECT a.id,
           a.credits_posted - a.debits_posted - a.debits_pending
               + coalesce(u.credits_posted - u.debits_posted - u.debits_pending, 0),
           a.debits_pending + coalesce(u.debits_pending, 0),
           a.credits_pending + coalesce(u.credits_pending, 0)
      FROM ledger_account a
      LEFT JOIN LATERAL (
          SELECT sum(debits_posted)::bigint AS debits_posted, sum(debits_pending)::bigint AS debits_pending,
                 sum(credits_posted)::bigint AS credits_posted, sum(credits_pending)::bigint AS credits_pending
            FROM ledger_unfolded WHERE account_id = a.id
      ) u ON a.fold = 'deferred'
     WHERE a.id = ANY (%s)
"""


def balances(account_ids: Collection[UUID]) -> dict[UUID, Balance]:
    """What each of these accounts holds now: its counters and, where deferred, what is not folded into them yet.

    One query, without locks: to show, never to decide on. An account that is not open yet holds nothing.
    """
    found = dict.fromkeys(account_ids, Balance(available=0, held=0, incoming=0))
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [list(account_ids)])
        for account, available, held, incoming in cursor.fetchall():
            found[account] = Balance(available=available, held=held, incoming=incoming)
    return found
