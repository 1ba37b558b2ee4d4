-- Debits equal credits in every currency, posted and pending, counted and not yet folded.
SELECT NULL::uuid AS account, NULL::bigint AS seq, NULL::uuid AS transfer,
       format('%s: posted debits less credits %s, pending %s', currency, posted, pending) AS finding
  FROM (
    SELECT a.currency, sum(c.debits_posted - c.credits_posted) AS posted,
           sum(c.debits_pending - c.credits_pending) AS pending
      FROM ledger_account a
      JOIN (
        SELECT id, debits_posted, credits_posted, debits_pending, credits_pending FROM ledger_account
        UNION ALL
        SELECT account_id, debits_posted, credits_posted, debits_pending, credits_pending FROM ledger_unfolded
      ) c ON c.id = a.id
     GROUP BY a.currency
  ) sums
 WHERE posted <> 0 OR pending <> 0
