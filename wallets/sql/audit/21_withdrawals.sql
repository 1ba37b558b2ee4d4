-- A withdrawal's status is what the ledger did for it: held, then paid or given back, and undone only after it was paid.
-- What was paid after all had been given back or undone before.
WITH done AS (
    SELECT j.source_id,
           sum(t.amount) FILTER (WHERE j.scope = 'withdrawal')::bigint AS held,
           sum(t.amount) FILTER (WHERE j.scope = 'withdrawal_settled' AND t.phase = 'settle')::bigint AS paid,
           sum(t.amount) FILTER (WHERE j.scope = 'withdrawal_released')::bigint AS given_back,
           sum(t.amount) FILTER (WHERE j.scope = 'withdrawal_reversed')::bigint AS undone,
           sum(t.amount) FILTER (WHERE j.scope = 'withdrawal_paid_late' AND t.kind = 'paid_late')::bigint AS paid_late
      FROM ledger_journal j JOIN ledger_transfer t ON t.journal_id = j.id
     WHERE j.scope IN ('withdrawal', 'withdrawal_settled', 'withdrawal_released', 'withdrawal_reversed',
                       'withdrawal_paid_late')
     GROUP BY j.source_id
)
SELECT NULL::uuid AS account, NULL::bigint AS seq, NULL::uuid AS transfer,
       format('withdrawal %s is %s over %s: held %s, paid %s, given back %s, undone %s, paid late %s',
              coalesce(w.reference, '?'), coalesce(w.status, 'not there'), coalesce(w.amount_kobo + w.fee_kobo, 0),
              coalesce(d.held, 0), coalesce(d.paid, 0), coalesce(d.given_back, 0), coalesce(d.undone, 0),
              coalesce(d.paid_late, 0)) AS finding
  FROM wallets_withdrawal w FULL JOIN done d ON d.source_id = w.id
 WHERE w.id IS NULL
    OR d.held IS DISTINCT FROM w.amount_kobo + w.fee_kobo
    OR d.paid IS DISTINCT FROM
       CASE WHEN w.status IN ('succeeded', 'reversed') OR w.status = 'paid_late' AND d.undone IS NOT NULL THEN d.held END
    OR d.given_back IS DISTINCT FROM
       CASE WHEN w.status = 'failed' OR w.status = 'paid_late' AND d.undone IS NULL THEN d.held END
    OR d.undone IS DISTINCT FROM
       CASE WHEN w.status = 'reversed' OR w.status = 'paid_late' AND d.given_back IS NULL THEN d.held END
    OR d.paid_late IS DISTINCT FROM CASE WHEN w.status = 'paid_late' THEN w.amount_kobo END
