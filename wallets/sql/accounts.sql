-- How accounts begin and end. In triggers that fire then only: a CHECK is read and weighed at every change of a row,
-- and a balance changes twice for each transfer (docs/adr on the ledger's rules has the measurement).

-- An account opens empty and open; whether it may go below zero, and when it is counted, follow from its purpose.
CREATE FUNCTION ledger_open_account() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF (NEW.debits_posted, NEW.debits_pending, NEW.credits_posted, NEW.credits_pending, NEW.seq, NEW.status)
        <> (0, 0, 0, 0, 0, 'open')
    THEN
        RAISE EXCEPTION 'an account opens empty' USING ERRCODE = 'LG008';
    END IF;
    CASE
        -- People's money, and what nobody may spend twice.
        WHEN NEW.purpose IN ('wallet', 'parked', 'pot', 'deposits', 'reserve', 'suspense') THEN
            NEW.floor := 'strict';
            NEW.fold := 'inline';
        -- What a provider owes us, what Contri earns and pays: it may be negative, and every deposit touches it.
        WHEN NEW.purpose IN ('provider_clearing', 'fees', 'provider_fees') THEN
            NEW.floor := 'free';
            NEW.fold := 'deferred';
        ELSE
            RAISE EXCEPTION 'there is no purpose %', NEW.purpose USING ERRCODE = 'LG008';
    END CASE;
    RETURN NEW;
END
$$;

CREATE TRIGGER ledger_account_opens_empty BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_open_account();

-- Freezing and thawing are free; closing is for empty accounts and for ever.
CREATE FUNCTION ledger_change_status() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.status NOT IN ('open', 'frozen_debit', 'frozen', 'closed') THEN
        RAISE EXCEPTION 'there is no status %', NEW.status USING ERRCODE = 'LG009';
    ELSIF OLD.status = 'closed' AND NEW.status <> 'closed' THEN
        RAISE EXCEPTION 'ledger account % is closed for ever', NEW.id USING ERRCODE = 'LG009';
    ELSIF NEW.status = 'closed'
        AND (NEW.credits_posted - NEW.debits_posted, NEW.debits_pending, NEW.credits_pending) <> (0, 0, 0)
    THEN
        RAISE EXCEPTION 'ledger account % is not empty', NEW.id USING ERRCODE = 'LG009';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_account_ends_empty AFTER UPDATE OF status ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_change_status();
