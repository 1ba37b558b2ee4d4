-- Each transfer goes between two accounts of one currency that exist, is part of a journal that exists, and has a
-- sequence number on exactly those sides that are counted inline.
SELECT CASE WHEN d.id IS NULL THEN t.debit_account_id ELSE t.credit_account_id END AS account,
       coalesce(t.debit_seq, t.credit_seq) AS seq, t.id AS transfer,
       CASE WHEN d.id IS NULL OR c.id IS NULL THEN 'an account is missing'
            WHEN d.currency <> c.currency THEN 'between two currencies'
            WHEN j.id IS NULL THEN 'its journal is missing'
            ELSE 'a sequence number is missing or too much' END AS finding
  FROM ledger_transfer t
  LEFT JOIN ledger_account d ON d.id = t.debit_account_id
  LEFT JOIN ledger_account c ON c.id = t.credit_account_id
  LEFT JOIN ledger_journal j ON j.id = t.journal_id
 WHERE d.id IS NULL OR c.id IS NULL OR j.id IS NULL OR d.currency <> c.currency
    OR (d.fold = 'inline') <> (t.debit_seq IS NOT NULL) OR (c.fold = 'inline') <> (t.credit_seq IS NOT NULL)
 ORDER BY t.id
