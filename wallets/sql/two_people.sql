-- Staff move money only where two of them decided it. Deferred: approval and posting are one transaction, in any order.
CREATE FUNCTION ledger_needs_two() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM staff_request WHERE target_id = NEW.source_id::text AND status = 'approved' AND kind LIKE 'wallets.%'
    ) THEN
        RAISE EXCEPTION '% takes two people: no approved request stands behind it', NEW.scope USING ERRCODE = 'SR002';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER ledger_journal_by_two AFTER INSERT ON ledger_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.scope IN ('suspense_credited', 'suspense_written_off', 'staff_reversal')
          OR NEW.scope = 'withdrawal_released' AND NEW.initiator_id IS NOT NULL)
    EXECUTE FUNCTION ledger_needs_two();
