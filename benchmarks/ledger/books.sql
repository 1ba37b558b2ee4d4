-- Accounts to play with: 20,000 wallets with ten million naira each, numbered, one pot and one clearing account.
CREATE FUNCTION account(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('00000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid
$$;
INSERT INTO ledger_account (id, owner_id, purpose)
    SELECT account(number), account(number), 'wallet' FROM generate_series(1, 20000) number;
INSERT INTO ledger_account (id, owner_id, purpose) VALUES (account(90000), account(90000), 'provider_clearing');
INSERT INTO ledger_account (id, owner_id, purpose) VALUES (account(90001), account(90001), 'pot');
BEGIN;
INSERT INTO ledger_journal (id, scope, key, source, source_id, fingerprint)
    VALUES (account(1), 'seed', 'seed', 'seed', account(1), '');
INSERT INTO ledger_transfer (id, journal_id, debit_account_id, credit_account_id, amount, kind)
    SELECT gen_random_uuid(), account(1), account(90000), account(number), 1000000000, 'seed'
      FROM generate_series(1, 20000) number;
COMMIT;
DELETE FROM ledger_unfolded;
