-- What resolves a hold goes the same way for no more than was held; what reverses a transfer goes back for the same.
SELECT t.debit_account_id AS account, t.debit_seq AS seq, t.id AS transfer,
       CASE WHEN e.id IS NULL THEN 'names a transfer that is missing'
            WHEN t.pending_id IS NOT NULL THEN format('does not fit the hold %s', e.id)
            ELSE format('does not mirror the transfer %s', e.id) END AS finding
  FROM ledger_transfer t
  LEFT JOIN ledger_transfer e ON e.id = coalesce(t.pending_id, t.reverses_id)
 WHERE (t.pending_id IS NOT NULL OR t.reverses_id IS NOT NULL)
   AND (e.id IS NULL
        OR (t.pending_id IS NOT NULL
            AND (e.phase <> 'hold' OR t.amount > e.amount OR (t.phase = 'release' AND t.amount <> e.amount)
                 OR (t.debit_account_id, t.credit_account_id) <> (e.debit_account_id, e.credit_account_id)))
        OR (t.reverses_id IS NOT NULL
            AND (t.amount <> e.amount OR e.phase IN ('hold', 'release')
                 OR (t.debit_account_id, t.credit_account_id) <> (e.credit_account_id, e.debit_account_id))))
 ORDER BY t.id
