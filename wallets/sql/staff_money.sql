-- What staff move by their own decision has grown: refunds out of suspense, and debts that are written off.
DROP TRIGGER ledger_journal_by_two ON ledger_journal;

CREATE CONSTRAINT TRIGGER ledger_journal_by_two AFTER INSERT ON ledger_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.scope IN ('suspense_credited', 'suspense_refund', 'suspense_written_off', 'staff_reversal',
                        'owed_written_off')
          OR NEW.scope = 'withdrawal_released' AND NEW.initiator_id IS NOT NULL)
    EXECUTE FUNCTION ledger_needs_two();
