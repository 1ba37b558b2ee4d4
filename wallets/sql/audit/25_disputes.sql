-- A dispute's status is what the ledger did for it: nothing but a hold while it is open or won; lost, exactly what it
-- says was taken from the wallet and is owed.
WITH done AS (
    SELECT j.source_id,
           coalesce(sum(t.amount) FILTER (WHERE a.purpose = 'wallet'), 0)::bigint AS taken,
           coalesce(sum(t.amount) FILTER (WHERE a.purpose = 'owed'), 0)::bigint AS owed
      FROM ledger_journal j
      JOIN ledger_transfer t ON t.journal_id = j.id AND t.phase IN ('single', 'settle')
      JOIN ledger_account a ON a.id = t.debit_account_id
     WHERE j.scope = 'charged_back'
     GROUP BY j.source_id
)
SELECT NULL::uuid AS account, NULL::bigint AS seq, NULL::uuid AS transfer,
       format('dispute %s is %s: says taken %s, owed %s; booked taken %s, owed %s', coalesce(d.code, '?'),
              coalesce(d.status, 'not there'), coalesce(d.taken_kobo, 0), coalesce(d.owed_kobo, 0),
              coalesce(b.taken, 0), coalesce(b.owed, 0)) AS finding
  FROM wallets_dispute d FULL JOIN done b ON b.source_id = d.id
 WHERE d.id IS NULL
    OR (d.taken_kobo, d.owed_kobo) <> (coalesce(b.taken, 0), coalesce(b.owed, 0))
    OR (d.journal_id IS NOT NULL) IS DISTINCT FROM (b.source_id IS NOT NULL)
    OR (d.status <> 'lost' AND b.source_id IS NOT NULL)
