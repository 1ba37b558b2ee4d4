-- Staff move money only as two of them decided it: that act, on that row, that much, from and to where it says. One
-- approved request about an item is no licence for another act on it. Deferred, as before: what is asked is asked at commit.
CREATE OR REPLACE FUNCTION ledger_needs_two() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    decided jsonb;
    fits boolean;
BEGIN
    SELECT terms INTO decided
      FROM staff_request
     WHERE target_id = NEW.source_id::text AND status = 'approved'
       AND kind = CASE NEW.scope
               WHEN 'suspense_credited' THEN 'wallets.credit_suspense'
               WHEN 'suspense_refund' THEN 'wallets.refund_suspense'
               WHEN 'suspense_written_off' THEN 'wallets.write_off_suspense'
               WHEN 'owed_written_off' THEN 'wallets.write_off_owed'
               WHEN 'staff_reversal' THEN 'wallets.reverse_transaction'
               WHEN 'withdrawal_released' THEN 'wallets.release_withdrawal'
           END
     ORDER BY decided_at DESC
     LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% takes two people: no approved request stands behind it', NEW.scope USING ERRCODE = 'SR002';
    END IF;

    SELECT sum(moved.amount) = (decided ->> 'amount_kobo')::bigint AND bool_and(
               CASE NEW.scope
                   WHEN 'suspense_credited'
                       THEN debited.purpose = 'suspense' AND credited.owner_id = (decided ->> 'wallet_id')::uuid
                   WHEN 'suspense_refund' THEN moved.phase = 'hold' AND debited.purpose = 'suspense'
                       AND credited.purpose = 'provider_clearing'
                   WHEN 'suspense_written_off' THEN debited.purpose = 'suspense' AND credited.purpose = 'fees'
                   WHEN 'owed_written_off' THEN credited.purpose = 'owed' AND credited.owner_id = NEW.source_id
                   WHEN 'staff_reversal' THEN earlier.id = moved.reverses_id AND earlier.journal_id =
                       (SELECT line.journal_id FROM wallets_transaction line WHERE line.id = NEW.source_id)
                   WHEN 'withdrawal_released' THEN moved.phase = 'release' AND EXISTS
                       (SELECT FROM ledger_transfer held JOIN ledger_journal its ON its.id = held.journal_id
                         WHERE held.id = moved.pending_id AND its.source_id = NEW.source_id)
               END)
      INTO fits
      FROM ledger_transfer moved
      JOIN ledger_account debited ON debited.id = moved.debit_account_id
      JOIN ledger_account credited ON credited.id = moved.credit_account_id
      LEFT JOIN ledger_transfer earlier ON earlier.id = moved.reverses_id
     WHERE moved.journal_id = NEW.id;
    -- Nothing moved is not what was decided either: it would use up the key under which the money moves.
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION '% is not what two people decided', NEW.scope USING ERRCODE = 'SR002';
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER ledger_journal_by_two ON ledger_journal;

CREATE CONSTRAINT TRIGGER ledger_journal_by_two AFTER INSERT ON ledger_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.scope IN ('suspense_credited', 'suspense_refund', 'suspense_written_off', 'staff_reversal',
                        'owed_written_off')
          OR NEW.scope = 'withdrawal_released' AND NEW.initiator_id IS NOT NULL)
    EXECUTE FUNCTION ledger_needs_two();
