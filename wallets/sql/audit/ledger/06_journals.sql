-- A journal has transfers or a refusal, never both; its fingerprint is that of the transfers it has.
WITH booked AS (
    SELECT t.journal_id, min(t.id::text)::uuid AS first_transfer,
           array_agg(t.debit_account_id ORDER BY t.id) AS debits, array_agg(t.credit_account_id ORDER BY t.id) AS credits,
           array_agg(t.amount ORDER BY t.id) AS amounts, array_agg(t.kind::text ORDER BY t.id) AS kinds,
           array_agg(t.phase::text ORDER BY t.id) AS phases, array_agg(t.pending_id ORDER BY t.id) AS pendings,
           array_agg(t.reverses_id ORDER BY t.id) AS reversals
      FROM ledger_transfer t GROUP BY t.journal_id
)
SELECT NULL::uuid AS account, NULL::bigint AS seq, b.first_transfer AS transfer,
       CASE WHEN b.journal_id IS NULL THEN format('journal %s has neither transfers nor a refusal', j.id)
            WHEN r.journal_id IS NOT NULL THEN format('journal %s was refused and has transfers', j.id)
            ELSE format('journal %s was posted with other transfers', j.id) END AS finding
  FROM ledger_journal j
  LEFT JOIN booked b ON b.journal_id = j.id
  LEFT JOIN ledger_refusal r ON r.journal_id = j.id
 WHERE (b.journal_id IS NULL) = (r.journal_id IS NULL)
    OR (b.journal_id IS NOT NULL AND j.fingerprint <> ledger_fingerprint(
            j.source, j.source_id, b.debits, b.credits, b.amounts, b.kinds, b.phases, b.pendings, b.reversals))
 ORDER BY j.id
