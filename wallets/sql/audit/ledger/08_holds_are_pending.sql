-- What an account has pending is what its unresolved holds add up to, folded or not.
WITH open_holds AS (
    SELECT h.debit_account_id, h.credit_account_id, h.amount FROM ledger_transfer h
     WHERE h.phase = 'hold' AND NOT EXISTS (SELECT FROM ledger_transfer r WHERE r.pending_id = h.id)
), expected AS (
    SELECT account_id, sum(debits) AS debits, sum(credits) AS credits
      FROM (
        SELECT debit_account_id AS account_id, amount AS debits, 0 AS credits FROM open_holds
        UNION ALL SELECT credit_account_id, 0, amount FROM open_holds
        UNION ALL SELECT account_id, -debits_pending, -credits_pending FROM ledger_unfolded
      ) sides
     GROUP BY account_id
)
SELECT a.id AS account, a.seq, NULL::uuid AS transfer,
       format('pending is (%s, %s), open holds are (%s, %s)',
              a.debits_pending, a.credits_pending, coalesce(e.debits, 0), coalesce(e.credits, 0)) AS finding
  FROM ledger_account a LEFT JOIN expected e ON e.account_id = a.id
 WHERE (a.debits_pending, a.credits_pending) IS DISTINCT FROM (coalesce(e.debits, 0), coalesce(e.credits, 0))
 ORDER BY a.id
