-- A journal and one transfer by plain INSERTs: what the rules in the database cost by themselves.
\set debit random(1, 20000)
\set credit (:debit + 7) % 20000 + 1
WITH journal AS (
    INSERT INTO ledger_journal (id, scope, key, source, source_id, fingerprint)
    VALUES (gen_random_uuid(), 'bench', gen_random_uuid()::text, 'bench', account(1), '') RETURNING id
)
INSERT INTO ledger_transfer (id, journal_id, debit_account_id, credit_account_id, amount, kind)
    SELECT gen_random_uuid(), id, account(:debit), account(:credit), 100, 'transfer' FROM journal;
