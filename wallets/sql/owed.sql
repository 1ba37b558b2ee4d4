-- People may owe Contri: an account of its own, below zero while they do, so that no other ever has to be.
CREATE OR REPLACE FUNCTION ledger_open_account() RETURNS trigger
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
        -- What one person owes: seldom touched, and read together with their wallet.
        WHEN NEW.purpose = 'owed' THEN
            NEW.floor := 'free';
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
