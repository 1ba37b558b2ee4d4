-- Deleting rows of ledger_unfolded is folding them: the same statement adds what they held to the counters.
-- A row is there exactly as long as it is not counted, whoever deletes it and however often it is tried.
CREATE FUNCTION ledger_fold_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT account_id, count(*) AS transfers,
               sum(debits_posted)::bigint AS debits_posted, sum(debits_pending)::bigint AS debits_pending,
               sum(credits_posted)::bigint AS credits_posted, sum(credits_pending)::bigint AS credits_pending
          FROM folded GROUP BY account_id ORDER BY account_id
    LOOP
        UPDATE ledger_account
           SET debits_posted   = ledger_account.debits_posted   + change.debits_posted,
               debits_pending  = ledger_account.debits_pending  + change.debits_pending,
               credits_posted  = ledger_account.credits_posted  + change.credits_posted,
               credits_pending = ledger_account.credits_pending + change.credits_pending,
               seq = seq + change.transfers
         WHERE id = change.account_id;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_unfolded_deleting_folds AFTER DELETE ON ledger_unfolded
    REFERENCING OLD TABLE AS folded FOR EACH STATEMENT EXECUTE FUNCTION ledger_fold_deleted();

-- As with ledger_move: nobody hangs it on a table of their own.
REVOKE EXECUTE ON FUNCTION ledger_fold_deleted() FROM PUBLIC;
