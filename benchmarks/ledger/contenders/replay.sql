-- The same key again: the first answer.
SELECT * FROM ledger_post(gen_random_uuid(), 'bench', 'replayed', 'bench', account(1), account(1), '', NULL,
    ARRAY[gen_random_uuid()], ARRAY[account(1)], ARRAY[account(2)], ARRAY[100::bigint], ARRAY['transfer'], ARRAY['single'],
    ARRAY[NULL::uuid], ARRAY[NULL::uuid]);
