-- All pay into one pot, whose row everybody waits for.
\set debit random(1, 20000)
SELECT * FROM ledger_post(gen_random_uuid(), 'bench', gen_random_uuid()::text, 'bench', account(1), account(1), '', NULL,
    ARRAY[gen_random_uuid()], ARRAY[account(:debit)], ARRAY[account(90001)], ARRAY[100::bigint], ARRAY['transfer'], ARRAY['single'],
    ARRAY[NULL::uuid], ARRAY[NULL::uuid]);
