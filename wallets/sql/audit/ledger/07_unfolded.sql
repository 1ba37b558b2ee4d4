-- What waits to be folded is what a transfer did to a deferred account, once.
SELECT u.account_id AS account, NULL::bigint AS seq, u.transfer_id AS transfer,
       format('waiting row %s is not what its transfer did', u.id) AS finding
  FROM (SELECT *, row_number() OVER (PARTITION BY account_id, transfer_id ORDER BY id) AS copy FROM ledger_unfolded) u
  LEFT JOIN ledger_account a ON a.id = u.account_id
  LEFT JOIN ledger_effect e ON e.id = u.transfer_id
 WHERE a.fold IS DISTINCT FROM 'deferred' OR u.copy > 1
    OR (u.account_id, u.debits_posted, u.debits_pending, u.credits_posted, u.credits_pending)
       NOT IN ((e.debit_account_id, e.posted, e.pending, 0, 0), (e.credit_account_id, 0, 0, e.posted, e.pending))
    OR e.id IS NULL
 ORDER BY u.id
