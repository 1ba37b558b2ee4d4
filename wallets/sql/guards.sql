-- What nobody may do, the owner of the tables included. TRUNCATE is left to privileges, so that tests can flush.
CREATE FUNCTION ledger_refuse() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'LG007';
END
$$;

-- Append-only.
CREATE TRIGGER ledger_transfer_append_only BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('transfers are never changed; post a reversal');
CREATE TRIGGER ledger_journal_append_only BEFORE UPDATE OR DELETE ON ledger_journal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('journals are never changed');
CREATE TRIGGER ledger_refusal_append_only BEFORE UPDATE OR DELETE ON ledger_refusal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('refusals are never changed');
CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('seals are never changed');

-- A refusal belongs to a journal of the same transaction that moved nothing: what was posted is never called refused.
CREATE FUNCTION ledger_refuse_journal() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM FROM ledger_journal j
      WHERE j.id = NEW.journal_id AND j.created_at = transaction_timestamp()
        AND NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.journal_id = j.id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'journal % was posted, or is not of this transaction', NEW.journal_id USING ERRCODE = 'LG006';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER ledger_refusal_fits_journal BEFORE INSERT ON ledger_refusal
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_journal();

-- Counters move only inside the triggers that a transfer row fires. Statement triggers: a row trigger before UPDATE
-- would lock, and log, every account a second time.
CREATE TRIGGER ledger_account_counters_follow_transfers
    BEFORE UPDATE OF debits_posted, debits_pending, credits_posted, credits_pending, seq ON ledger_account
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION ledger_refuse('counters move only with a transfer');
CREATE TRIGGER ledger_account_identity_is_fixed
    BEFORE UPDATE OF id, owner_id, purpose, currency, floor, fold, created_at ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('what an account is never changes');
CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('accounts are closed, not deleted');
-- Only a transfer adds to what is to be folded; only folding takes away from it.
CREATE TRIGGER ledger_unfolded_follows_transfers BEFORE INSERT ON ledger_unfolded
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION ledger_refuse('written only with a transfer');
CREATE TRIGGER ledger_unfolded_is_fixed BEFORE UPDATE ON ledger_unfolded
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('folded by deleting');

-- Half of its page stays free, so that a balance changes in place and no index is touched.
ALTER TABLE ledger_account SET (fillfactor = 50);
