-- What waits to be folded is what a transfer did to a deferred account, once.
SELECT u.account_id AS account, NULL::bigint AS seq, u.transfer_id AS transfer,
       format('waiting row %s is not what its transfer did', u.id) AS finding
  FROM ledger_unfolded u
  LEFT JOIN ledger_account a ON a.id = u.account_id
  LEFT JOIN LATERAL (
    SELECT s.* FROM ledger_side s WHERE s.transfer_id = u.transfer_id AND s.account_id = u.account_id
  ) s ON true
 WHERE a.fold IS DISTINCT FROM 'deferred'
    OR (u.debits_posted, u.debits_pending, u.credits_posted, u.credits_pending)
       IS DISTINCT FROM (s.debits_posted, s.debits_pending, s.credits_posted, s.credits_pending)
    OR EXISTS (SELECT FROM ledger_unfolded o
                WHERE (o.account_id, o.transfer_id) = (u.account_id, u.transfer_id) AND o.id < u.id)
 ORDER BY u.id
