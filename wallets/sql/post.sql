-- Post one event in one call: claim its key, move its transfers, keep a refusal as an answer.
--
-- The rules are not repeated here: the trigger and the constraints judge each transfer, and their verdicts on the
-- request become `refusal`. Anything else (an unknown account, two currencies, a lock time-out) is raised.
CREATE FUNCTION ledger_post(
    p_journal uuid, p_scope text, p_key text, p_source text, p_source_id uuid, p_initiator uuid, p_reason text,
    p_effective_at timestamptz, p_transfers uuid[], p_debits uuid[], p_credits uuid[], p_amounts bigint[],
    p_kinds text[], p_phases text[], p_pendings uuid[], p_reversals uuid[],
    OUT journal uuid, OUT refusal text, OUT is_replay boolean, OUT is_other_event boolean, OUT transfers uuid[])
    LANGUAGE plpgsql
AS $$
DECLARE
    event_fingerprint bytea := ledger_fingerprint(
        p_source, p_source_id, p_debits, p_credits, p_amounts, p_kinds, p_phases, p_pendings, p_reversals);
    broken text;
BEGIN
    is_other_event := false;
    -- Whoever posts the same key at the same time waits here until the first one has committed or rolled back.
    INSERT INTO ledger_journal (id, scope, key, source, source_id, initiator_id, reason, effective_at, fingerprint)
    VALUES (p_journal, p_scope, p_key, p_source, p_source_id, p_initiator, p_reason, p_effective_at, event_fingerprint)
    ON CONFLICT (scope, key) DO NOTHING;
    is_replay := NOT FOUND;

    IF is_replay THEN
        SELECT j.id, j.fingerprint <> event_fingerprint,
               (SELECT r.code FROM ledger_refusal r WHERE r.journal_id = j.id),
               ARRAY(SELECT t.id FROM ledger_transfer t WHERE t.journal_id = j.id ORDER BY t.id)
          INTO journal, is_other_event, refusal, transfers
          FROM ledger_journal j WHERE j.scope = p_scope AND j.key = p_key;
        RETURN;
    END IF;

    journal := p_journal;
    transfers := p_transfers;
    IF cardinality(p_transfers) > 1 THEN
        PERFORM ledger_lock(p_debits || p_credits);
    END IF;
    BEGIN
        FOR i IN 1 .. cardinality(p_transfers) LOOP
            INSERT INTO ledger_transfer
                (id, journal_id, debit_account_id, credit_account_id, amount, kind, phase, pending_id, reverses_id)
            VALUES (p_transfers[i], p_journal, p_debits[i], p_credits[i], p_amounts[i], p_kinds[i], p_phases[i],
                p_pendings[i], p_reversals[i]);
        END LOOP;
    EXCEPTION WHEN check_violation OR unique_violation OR SQLSTATE 'LG002' THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
        refusal := CASE
            WHEN SQLSTATE = 'LG002' THEN 'account_not_open'
            WHEN EXISTS (SELECT FROM ledger_transfer WHERE pending_id = ANY (p_pendings)) THEN 'hold_resolved'
            WHEN EXISTS (SELECT FROM ledger_transfer WHERE reverses_id = ANY (p_reversals)) THEN 'already_reversed'
            WHEN broken = 'ledger_account_never_overdrawn' THEN 'insufficient_funds'
        END;
        IF refusal IS NULL THEN
            RAISE;
        END IF;
        INSERT INTO ledger_refusal (journal_id, code) VALUES (p_journal, refusal);
        transfers := '{}';
    END;
END
$$;

-- What makes two events under one key the same event.
CREATE FUNCTION ledger_fingerprint(
    source text, source_id uuid, debits uuid[], credits uuid[], amounts bigint[], kinds text[], phases text[],
    pendings uuid[], reversals uuid[])
    RETURNS bytea LANGUAGE sql STABLE
AS $$
    SELECT sha256(convert_to(
        concat_ws('|', source, source_id, debits, credits, amounts, kinds, phases, pendings, reversals), 'UTF8'))
$$;

-- Lock accounts in the order of their ids. Deferred ones are never locked: that is their point.
CREATE FUNCTION ledger_lock(accounts uuid[]) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM FROM ledger_account WHERE id = ANY (accounts) AND fold = 'inline' ORDER BY id FOR NO KEY UPDATE;
END
$$;

-- Post many single transfers in one call, each an event of its own: who has too little is passed over by a test, not
-- by an exception, and leaves no trace, so that the same key can be tried again when money has come.
CREATE FUNCTION ledger_post_each(
    p_scope text, p_source text, p_initiator uuid, p_reason text, p_effective_at timestamptz, p_kind text,
    p_journals uuid[], p_keys text[], p_source_ids uuid[], p_transfers uuid[], p_debits uuid[], p_credits uuid[],
    p_amounts bigint[])
    RETURNS TABLE (journal uuid, refusal text, is_replay boolean, is_other_event boolean, transfer uuid)
    LANGUAGE plpgsql
AS $$
DECLARE
    event_fingerprint bytea;
BEGIN
    PERFORM ledger_lock(p_debits || p_credits);
    FOR i IN 1 .. cardinality(p_keys) LOOP
        event_fingerprint := ledger_fingerprint(p_source, p_source_ids[i], p_debits[i:i], p_credits[i:i],
            p_amounts[i:i], ARRAY[p_kind], ARRAY['single'], ARRAY[NULL::uuid], ARRAY[NULL::uuid]);
        refusal := NULL;
        is_replay := true;
        SELECT j.id, j.fingerprint <> event_fingerprint, r.code, t.id
          INTO journal, is_other_event, refusal, transfer
          FROM ledger_journal j
          LEFT JOIN ledger_refusal r ON r.journal_id = j.id
          LEFT JOIN ledger_transfer t ON t.journal_id = j.id
         WHERE j.scope = p_scope AND j.key = p_keys[i];
        IF NOT FOUND THEN
            is_replay := false;
            is_other_event := false;
            refusal := ledger_objection(p_debits[i], p_credits[i], p_amounts[i]);
            IF refusal IS NULL THEN
                journal := p_journals[i];
                transfer := p_transfers[i];
                INSERT INTO ledger_journal
                    (id, scope, key, source, source_id, initiator_id, reason, effective_at, fingerprint)
                VALUES (journal, p_scope, p_keys[i], p_source, p_source_ids[i], p_initiator, p_reason,
                    p_effective_at, event_fingerprint);
                INSERT INTO ledger_transfer (id, journal_id, debit_account_id, credit_account_id, amount, kind)
                VALUES (transfer, journal, p_debits[i], p_credits[i], p_amounts[i], p_kind);
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

-- What the trigger would say to a single transfer between two locked accounts; NULL when nothing.
CREATE FUNCTION ledger_objection(debit uuid, credit uuid, amount bigint) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN d.status <> 'open' OR c.status IN ('closed', 'frozen') THEN 'account_not_open'
        WHEN d.floor = 'strict' AND d.credits_posted - d.debits_posted - d.debits_pending < amount
            THEN 'insufficient_funds'
    END
    FROM ledger_account d, ledger_account c WHERE d.id = debit AND c.id = credit
$$;
