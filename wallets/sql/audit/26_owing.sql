-- A wallet is marked as owing exactly while its owner owes, and nobody is owed anything by Contri this way.
SELECT a.id AS account, a.seq, NULL::uuid AS transfer,
       format('wallet %s: owes %s, marked as owing: %s', coalesce(w.id, a.owner_id),
              coalesce(a.debits_posted - a.credits_posted, 0), coalesce(w.is_owing, false)) AS finding
  FROM (SELECT * FROM ledger_account WHERE purpose = 'owed') a
  FULL JOIN (SELECT * FROM wallets_wallet WHERE is_owing) w ON w.id = a.owner_id
 WHERE coalesce(a.debits_posted - a.credits_posted, 0) < 0
    OR (coalesce(a.debits_posted - a.credits_posted, 0) > 0 AND w.id IS NULL
        AND EXISTS (SELECT FROM wallets_wallet WHERE id = a.owner_id))
    OR (w.id IS NOT NULL AND coalesce(a.debits_posted - a.credits_posted, 0) = 0)
