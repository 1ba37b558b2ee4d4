-- An account's counters are the sum of its transfers, less what is still to be folded.
WITH booked AS (
    SELECT account_id, sum(counted) AS transfers, sum(debits_posted) AS debits_posted,
           sum(debits_pending) AS debits_pending, sum(credits_posted) AS credits_posted,
           sum(credits_pending) AS credits_pending
      FROM (
        SELECT account_id, 1 AS counted, debits_posted, debits_pending, credits_posted, credits_pending
          FROM ledger_side
        UNION ALL
        SELECT account_id, -1, -debits_posted, -debits_pending, -credits_posted, -credits_pending
          FROM ledger_unfolded
      ) sides
     GROUP BY account_id
)
SELECT a.id AS account, a.seq, NULL::uuid AS transfer,
       format('counters (%s, %s, %s, %s) after %s transfers, booked (%s, %s, %s, %s) in %s',
              a.debits_posted, a.debits_pending, a.credits_posted, a.credits_pending, a.seq,
              b.debits_posted, b.debits_pending, b.credits_posted, b.credits_pending, b.transfers) AS finding
  FROM ledger_account a LEFT JOIN booked b ON b.account_id = a.id
 WHERE (a.debits_posted, a.debits_pending, a.credits_posted, a.credits_pending, a.seq)
       IS DISTINCT FROM (coalesce(b.debits_posted, 0), coalesce(b.debits_pending, 0), coalesce(b.credits_posted, 0),
                         coalesce(b.credits_pending, 0), coalesce(b.transfers, 0))
 ORDER BY a.id
