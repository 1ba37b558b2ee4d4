-- A deposit that succeeded brought its owner exactly what was asked for, under its reference; no other brought anything.
WITH brought AS (
    SELECT j.key AS reference, j.source_id, a.owner_id AS wallet_id, sum(t.amount)::bigint AS amount
      FROM ledger_journal j
      JOIN ledger_transfer t ON t.journal_id = j.id
      JOIN ledger_account a ON a.id = t.credit_account_id AND a.purpose IN ('wallet', 'parked')
     WHERE j.scope = 'deposit'
     GROUP BY j.key, j.source_id, a.owner_id
)
SELECT NULL::uuid AS account, NULL::bigint AS seq, NULL::uuid AS transfer,
       format('deposit %s is %s over %s, and brought %s', coalesce(d.reference, b.reference),
              coalesce(d.status, 'not there'), coalesce(d.amount_kobo, 0), coalesce(b.amount, 0)) AS finding
  FROM wallets_deposit d FULL JOIN brought b ON b.source_id = d.id
 WHERE (d.id IS NULL)
    OR (d.status = 'succeeded') IS DISTINCT FROM (b.amount IS NOT NULL)
    OR (b.amount IS NOT NULL AND (b.amount, b.wallet_id, b.reference) <> (d.amount_kobo, d.wallet_id, d.reference))
