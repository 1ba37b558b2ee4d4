-- One event of one transfer through ledger_post: key, fingerprint, locks, funds, entries, stored refusal.
\set debit random(1, 20000)
\set credit (:debit + 7) % 20000 + 1
SELECT * FROM ledger_post(gen_random_uuid(), 'bench', gen_random_uuid()::text, 'bench', account(1), account(1), '', NULL,
    ARRAY[gen_random_uuid()], ARRAY[account(:debit)], ARRAY[account(:credit)], ARRAY[100::bigint], ARRAY['transfer'], ARRAY['single'],
    ARRAY[NULL::uuid], ARRAY[NULL::uuid]);
