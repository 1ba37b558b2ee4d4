"""Folding: adding to the deferred accounts' counters what their transfers left to be added."""

from django.db import connection, transaction

# Any number, the same for all that fold: two at once would only wait for each other.
_LOCK = 0x464F4C44


@transaction.atomic
def fold_ledger(*, limit: int = 20_000) -> int:
    """Fold up to `limit` waiting rows, oldest first, and return how many. 0 when another folder is at it.

    Rows are taken by their exact ids, so one that is committed late is folded later, never lost. Deleting them is what
    adds them to the counters (`wallets/sql/fold.sql`).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "DELETE FROM ledger_unfolded WHERE id = ANY (ARRAY(SELECT id FROM ledger_unfolded ORDER BY id LIMIT %s))",
            [limit],
        )
        return int(cursor.rowcount)
