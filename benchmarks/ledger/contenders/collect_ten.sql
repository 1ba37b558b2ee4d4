-- Ten contributions into one pot, each an event of its own, in one call.
\set debit random(1, 19980)
SELECT * FROM ledger_post_each('bench', 'bench', NULL, '', NULL, 'contribution',
    ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 10)),
    ARRAY(SELECT gen_random_uuid()::text FROM generate_series(1, 10)), array_fill(account(1), ARRAY[10]),
    ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 10)),
    ARRAY(SELECT account(:debit + leg) FROM generate_series(1, 10) leg), array_fill(account(90001), ARRAY[10]),
    array_fill(100::bigint, ARRAY[10]));
