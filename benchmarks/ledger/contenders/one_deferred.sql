-- All touch one deferred account, which nobody waits for.
\set credit random(1, 20000)
SELECT * FROM ledger_post(gen_random_uuid(), 'bench', gen_random_uuid()::text, 'bench', account(1), account(1), '', NULL,
    ARRAY[gen_random_uuid()], ARRAY[account(90000)], ARRAY[account(:credit)], ARRAY[100::bigint], ARRAY['transfer'], ARRAY['single'],
    ARRAY[NULL::uuid], ARRAY[NULL::uuid]);
