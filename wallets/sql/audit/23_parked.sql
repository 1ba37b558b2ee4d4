-- What lies on a wallet's parked account is what its parked credits still wait for.
WITH waiting AS (
    SELECT wallet_id, sum(amount_kobo - released_kobo)::bigint AS amount FROM wallets_parkedcredit GROUP BY wallet_id
), lying AS (
    SELECT id, owner_id, seq, credits_posted - debits_posted AS amount FROM ledger_account WHERE purpose = 'parked'
)
SELECT l.id AS account, l.seq, NULL::uuid AS transfer,
       format('wallet %s: %s parked, %s waiting', coalesce(l.owner_id, w.wallet_id), coalesce(l.amount, 0),
              coalesce(w.amount, 0)) AS finding
  FROM lying l FULL JOIN waiting w ON w.wallet_id = l.owner_id
 WHERE coalesce(l.amount, 0) <> coalesce(w.amount, 0)
