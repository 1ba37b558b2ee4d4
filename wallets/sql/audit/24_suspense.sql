-- Each item that is in suspense, or on its way back and not there yet, lies on the suspense account; nothing else does.
WITH items AS (
    SELECT coalesce(sum(amount_minor), 0)::bigint AS amount FROM wallets_suspenseitem
     WHERE status IN ('open', 'going_back') AND journal_id IS NOT NULL
), lying AS (
    SELECT coalesce(sum(credits_posted - debits_posted), 0)::bigint AS amount FROM ledger_account
     WHERE purpose = 'suspense'
)
SELECT NULL::uuid AS account, NULL::bigint AS seq, NULL::uuid AS transfer,
       format('%s in suspense, items over %s', lying.amount, items.amount) AS finding
  FROM items, lying WHERE items.amount <> lying.amount
