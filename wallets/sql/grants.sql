-- What the run-time role may do. Everything that serves logs in as a member of it; only migrations run as the owner.
-- Safe to run again, and meant to be: after every migrate, so that new tables are covered (manage.py grant_runtime_role).
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'contri_runtime') THEN
        CREATE ROLE contri_runtime NOLOGIN;
    END IF;
EXCEPTION
    -- Roles belong to the whole cluster: another database's migration made it at the same moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE WARNING 'cannot create the role contri_runtime: have an administrator do it, then run grant_runtime_role';
END
$$;

-- Whoever can make functions where ours look for theirs could put words into their mouths.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'contri_runtime') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA public TO contri_runtime;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO contri_runtime;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO contri_runtime;

    -- The ledger: read everything, add rows, and of an account change nothing but its status.
    REVOKE ALL ON ledger_account, ledger_journal, ledger_refusal, ledger_transfer, ledger_unfolded, ledger_seal
        FROM contri_runtime;
    GRANT SELECT ON ledger_account, ledger_journal, ledger_refusal, ledger_transfer, ledger_unfolded, ledger_seal
        TO contri_runtime;
    GRANT INSERT (id, owner_id, purpose, currency), UPDATE (status) ON ledger_account TO contri_runtime;
    GRANT INSERT (id, scope, key, source, source_id, initiator_id, reason, effective_at, fingerprint)
        ON ledger_journal TO contri_runtime;
    GRANT INSERT (id, journal_id, debit_account_id, credit_account_id, amount, kind, phase, pending_id, reverses_id)
        ON ledger_transfer TO contri_runtime;
    GRANT INSERT ON ledger_refusal TO contri_runtime;
    GRANT DELETE ON ledger_unfolded TO contri_runtime;
    GRANT INSERT (day, transfers, previous, digest) ON ledger_seal TO contri_runtime;

    -- The audit trail is added to; of what takes two people only the decision is ever written; limits are never deleted.
    -- (The first migration of the ledger runs before these tables are there.)
    IF to_regclass('staff_request') IS NOT NULL THEN
        REVOKE UPDATE, DELETE ON django_admin_log, audit_link, staff_request FROM contri_runtime;
        GRANT UPDATE (status, decided_by_id, decided_reason, decided_at) ON staff_request TO contri_runtime;
        REVOKE DELETE ON accounts_tierrule FROM contri_runtime;
    END IF;
END
$$;
