-- One event of ten transfers.
\set debit random(1, 19980)
SELECT * FROM ledger_post(gen_random_uuid(), 'bench', gen_random_uuid()::text, 'bench', account(1), account(1), '', NULL,
    ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 10)),
    ARRAY(SELECT account(:debit + leg) FROM generate_series(1, 10) leg), array_fill(account(90001), ARRAY[10]),
    array_fill(100::bigint, ARRAY[10]), array_fill('contribution'::text, ARRAY[10]),
    array_fill('single'::text, ARRAY[10]), array_fill(NULL::uuid, ARRAY[10]), array_fill(NULL::uuid, ARRAY[10]));
