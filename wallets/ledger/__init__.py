"""The ledger: the only writer of entries. Amounts are kobo; every call needs an open transaction.

    posting = ledger.post(
        scope="transfer",
        key=str(transaction.id),
        source="transaction",
        source_id=transaction.id,
        legs=[Leg(debit=payer, credit=payee, amount=150_000, kind="transfer")],
        initiator_id=user.id,
    )

One event is one journal under one key for ever; each leg of it is one row with one debit, one credit and one amount.
PostgreSQL holds the rules (`wallets/sql/`); see LEDGER.md for what is guaranteed and where.
"""

from wallets.ledger.accounts import (
    CONTRI_ID,
    Balance,
    account_for,
    account_id,
    balances,
    lock_accounts,
    provider_owner_id,
    set_status,
)
from wallets.ledger.each import Movement, Outcome, post_each
from wallets.ledger.posting import (
    REFUSALS,
    LedgerMisuseError,
    Leg,
    Posting,
    hold,
    post,
    post_and_keep,
    release,
    reverse,
    settle,
)

__all__ = [
    "CONTRI_ID",
    "REFUSALS",
    "Balance",
    "LedgerMisuseError",
    "Leg",
    "Movement",
    "Outcome",
    "Posting",
    "account_for",
    "account_id",
    "balances",
    "hold",
    "lock_accounts",
    "post",
    "post_and_keep",
    "post_each",
    "provider_owner_id",
    "release",
    "reverse",
    "set_status",
    "settle",
]
