-- Replayed from its first transfer, an account counts 1, 2, 3… without a gap, arrives at each balance that was written
-- down, and is never below its floor. Only the first fault of an account is told: what follows it follows from it.
WITH replayed AS (
    SELECT s.account_id, a.floor, s.seq, s.transfer_id, s.after,
           row_number() OVER following AS expected_seq,
           sum(s.credits_posted - s.debits_posted - s.debits_pending) OVER following AS expected_after
      FROM ledger_side s JOIN ledger_account a ON a.id = s.account_id AND a.fold = 'inline'
    WINDOW following AS (PARTITION BY s.account_id ORDER BY s.seq ROWS UNBOUNDED PRECEDING)
)
SELECT DISTINCT ON (account_id) account_id AS account, seq, transfer_id AS transfer,
       CASE WHEN seq IS DISTINCT FROM expected_seq
            THEN format('transfer %s is missing before this one', expected_seq)
            WHEN after IS DISTINCT FROM expected_after
            THEN format('balance after is written as %s, replayed it is %s', after, expected_after)
            ELSE format('balance after is %s, below the floor', after) END AS finding
  FROM replayed
 WHERE seq IS DISTINCT FROM expected_seq OR after IS DISTINCT FROM expected_after OR (after < 0 AND floor = 'strict')
 ORDER BY account_id, seq
