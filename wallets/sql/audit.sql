-- What each transfer adds to the posted and pending counters of both its accounts.
CREATE VIEW ledger_effect AS
    SELECT t.*,
           CASE WHEN t.phase IN ('single', 'settle') THEN t.amount ELSE 0 END AS posted,
           CASE t.phase WHEN 'hold' THEN t.amount WHEN 'single' THEN 0 ELSE -h.amount END AS pending
      FROM ledger_transfer t LEFT JOIN ledger_transfer h ON h.id = t.pending_id;

-- The same, a row for each side: the books as those who check them read them.
CREATE VIEW ledger_side AS
    SELECT debit_account_id AS account_id, id AS transfer_id, debit_seq AS seq, debit_after AS after,
           posted AS debits_posted, pending AS debits_pending, 0::bigint AS credits_posted, 0::bigint AS credits_pending
      FROM ledger_effect
    UNION ALL
    SELECT credit_account_id, id, credit_seq, credit_after, 0, 0, posted, pending
      FROM ledger_effect;

-- How many transfers a stretch of time has, and one hash over all that was written with them, in the order of their ids.
-- The settings pin how moments are spelled, so that the hash is the same whoever computes it.
CREATE FUNCTION ledger_digest(p_from timestamptz, p_to timestamptz, OUT transfers bigint, OUT digest bytea)
    LANGUAGE sql STABLE SET timezone = 'UTC' SET datestyle = 'ISO' SET search_path = public, pg_temp
AS $$
    SELECT count(*), sha256(coalesce(string_agg(line, '' ORDER BY id), ''))
      FROM (
        SELECT t.id, sha256(convert_to(concat_ws('|', t.id, t.debit_account_id, t.credit_account_id, t.amount,
                   t.created_at, coalesce(t.debit_seq, 0), coalesce(t.debit_after, 0), coalesce(t.credit_seq, 0),
                   coalesce(t.credit_after, 0), t.phase, t.kind, coalesce(t.pending_id::text, '-'),
                   coalesce(t.reverses_id::text, '-'), j.id, j.scope, j.key, j.source, j.source_id,
                   coalesce(j.initiator_id::text, '-'), j.reason, coalesce(j.effective_at::text, '-')), 'UTF8')) AS line
          FROM ledger_transfer t JOIN ledger_journal j ON j.id = t.journal_id
         WHERE t.created_at >= p_from AND t.created_at < p_to
      ) lines
$$;
