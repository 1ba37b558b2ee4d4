-- A transfer row is what moves money: inserting it moves the counters of both its accounts, or fails.
--
-- Runs with its owner's rights, because whoever inserts a transfer may not touch a counter. The rules about one row are
-- here too, not in CHECKs, which PostgreSQL parses anew for each statement. LG002 is a verdict on the request, which
-- ledger_post keeps as an answer; the others are mistakes of the caller:
--   LG000 not a transfer       LG001 no such account       LG002 account not open       LG003 two currencies
--   LG004 not that hold        LG005 not a mirror          LG006 not a journal of this transaction
CREATE FUNCTION ledger_move() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    -- What the transfer adds to the posted and to the pending counters, the same on both sides.
    posted bigint := 0;
    pending bigint := 0;
    -- A freeze bars new movements, never what ends or undoes an older one.
    is_new boolean := NEW.pending_id IS NULL AND NEW.reverses_id IS NULL;
    earlier record;
    is_debit boolean;
    account uuid;
    its_currency text;
    its_status text;
    its_seq bigint;
    its_available bigint;
    first_currency text;
BEGIN
    IF NEW.amount <= 0 OR NEW.debit_account_id = NEW.credit_account_id OR NEW.kind = '' THEN
        RAISE EXCEPTION 'a transfer takes a positive amount from one account to another, and has a kind'
            USING ERRCODE = 'LG000';
    END IF;

    PERFORM FROM ledger_journal WHERE id = NEW.journal_id AND created_at = transaction_timestamp();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'journal % was not opened by this transaction', NEW.journal_id USING ERRCODE = 'LG006';
    END IF;

    IF is_new THEN
        CASE NEW.phase
            WHEN 'single' THEN posted := NEW.amount;
            WHEN 'hold' THEN pending := NEW.amount;
            ELSE RAISE EXCEPTION 'transfer % resolves no hold', NEW.id USING ERRCODE = 'LG004';
        END CASE;
    ELSIF NEW.reverses_id IS NULL THEN
        SELECT debit_account_id, credit_account_id, amount, phase INTO earlier
          FROM ledger_transfer WHERE id = NEW.pending_id;
        IF earlier.phase IS DISTINCT FROM 'hold' OR NEW.phase NOT IN ('settle', 'release')
            OR (earlier.debit_account_id, earlier.credit_account_id) <> (NEW.debit_account_id, NEW.credit_account_id)
            OR NEW.amount > earlier.amount
            OR (NEW.phase = 'release' AND NEW.amount <> earlier.amount)
        THEN
            RAISE EXCEPTION 'transfer % does not resolve hold %', NEW.id, NEW.pending_id USING ERRCODE = 'LG004';
        END IF;
        -- What is not settled of a hold is given back with it.
        pending := -earlier.amount;
        posted := CASE NEW.phase WHEN 'settle' THEN NEW.amount ELSE 0 END;
    ELSE
        SELECT debit_account_id, credit_account_id, amount, phase, reverses_id INTO earlier
          FROM ledger_transfer WHERE id = NEW.reverses_id;
        IF earlier.phase IS NULL OR earlier.phase NOT IN ('single', 'settle') OR earlier.reverses_id IS NOT NULL
            OR (earlier.debit_account_id, earlier.credit_account_id) <> (NEW.credit_account_id, NEW.debit_account_id)
            OR NEW.amount <> earlier.amount
            OR NEW.phase <> 'single' OR NEW.pending_id IS NOT NULL
        THEN
            RAISE EXCEPTION 'transfer % does not mirror %', NEW.id, NEW.reverses_id USING ERRCODE = 'LG005';
        END IF;
        posted := NEW.amount;
    END IF;

    -- Both accounts in the order of their ids, so that opposite transfers can never wait for each other.
    FOR side IN 1..2 LOOP
        is_debit := (side = 1) = (NEW.debit_account_id < NEW.credit_account_id);
        account := CASE WHEN is_debit THEN NEW.debit_account_id ELSE NEW.credit_account_id END;

        UPDATE ledger_account
           SET debits_posted   = debits_posted   + CASE WHEN is_debit THEN posted ELSE 0 END,
               debits_pending  = debits_pending  + CASE WHEN is_debit THEN pending ELSE 0 END,
               credits_posted  = credits_posted  + CASE WHEN is_debit THEN 0 ELSE posted END,
               credits_pending = credits_pending + CASE WHEN is_debit THEN 0 ELSE pending END,
               seq = seq + 1
         WHERE id = account AND fold = 'inline'
        RETURNING currency, status, seq, credits_posted - debits_posted - debits_pending
             INTO its_currency, its_status, its_seq, its_available;

        IF NOT FOUND THEN
            -- A deferred account is read without a lock: its row would make every deposit wait for every other.
            SELECT currency, status INTO its_currency, its_status FROM ledger_account WHERE id = account;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'there is no ledger account %', account USING ERRCODE = 'LG001';
            END IF;
            INSERT INTO ledger_unfolded
                (account_id, transfer_id, debits_posted, debits_pending, credits_posted, credits_pending)
            VALUES (account, NEW.id,
                CASE WHEN is_debit THEN posted ELSE 0 END, CASE WHEN is_debit THEN pending ELSE 0 END,
                CASE WHEN is_debit THEN 0 ELSE posted END, CASE WHEN is_debit THEN 0 ELSE pending END);
            its_seq := NULL;
            its_available := NULL;
        END IF;

        IF its_status <> 'open' AND (its_status = 'closed' OR (is_new AND (is_debit OR its_status = 'frozen'))) THEN
            RAISE EXCEPTION 'ledger account % is %', account, its_status USING ERRCODE = 'LG002';
        END IF;
        IF its_currency <> first_currency THEN
            RAISE EXCEPTION 'transfer % is between two currencies', NEW.id USING ERRCODE = 'LG003';
        END IF;
        first_currency := its_currency;

        IF is_debit THEN
            NEW.debit_seq := its_seq;
            NEW.debit_after := its_available;
        ELSE
            NEW.credit_seq := its_seq;
            NEW.credit_after := its_available;
        END IF;
    END LOOP;

    -- Taken while both accounts are locked: an account's transfers are in order by seq and by time alike.
    NEW.created_at := clock_timestamp();
    RETURN NEW;
END
$$;

CREATE TRIGGER ledger_transfer_moves_counters BEFORE INSERT ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_move();

-- Whoever may execute it could hang it on a table of their own and move counters without a transfer.
REVOKE EXECUTE ON FUNCTION ledger_move() FROM PUBLIC;
