-- A refund's status is what the ledger did for it: held, then sent or given up; what came back is undone, and what was
-- sent after it had failed is booked as sent.
WITH done AS (
    SELECT j.key,
           sum(t.amount) FILTER (WHERE j.scope = 'suspense_refund')::bigint AS held,
           sum(t.amount) FILTER (WHERE j.scope = 'suspense_refunded')::bigint AS sent,
           sum(t.amount) FILTER (WHERE j.scope = 'suspense_refund_back')::bigint AS come_back,
           sum(t.amount) FILTER (WHERE j.scope = 'suspense_refund_failed')::bigint AS given_up,
           sum(t.amount) FILTER (WHERE j.scope = 'suspense_refund_late')::bigint AS sent_late
      FROM ledger_journal j JOIN ledger_transfer t ON t.journal_id = j.id
     WHERE j.scope LIKE 'suspense\_refund%'
     GROUP BY j.key
)
SELECT NULL::uuid AS account, NULL::bigint AS seq, NULL::uuid AS transfer,
       format('refund %s is %s over %s: held %s, sent %s, come back %s, given up %s, sent late %s',
              coalesce(r.reference, d.key), coalesce(r.status, 'not there'), coalesce(r.amount_kobo, 0),
              coalesce(d.held, 0), coalesce(d.sent, 0), coalesce(d.come_back, 0), coalesce(d.given_up, 0),
              coalesce(d.sent_late, 0)) AS finding
  FROM wallets_refund r FULL JOIN done d ON d.key = r.reference
 WHERE r.id IS NULL
    OR d.held IS DISTINCT FROM r.amount_kobo
    OR d.sent IS DISTINCT FROM CASE WHEN r.status IN ('succeeded', 'returned') THEN d.held END
    OR d.come_back IS DISTINCT FROM CASE WHEN r.status = 'returned' THEN d.held END
    OR d.given_up IS DISTINCT FROM CASE WHEN r.status IN ('failed', 'sent_late') THEN d.held END
    OR d.sent_late IS DISTINCT FROM CASE WHEN r.status = 'sent_late' THEN d.held END
