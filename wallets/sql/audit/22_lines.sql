-- What people are shown is what was booked: each line that moved money names a journal that moved just that in or out
-- of its wallet, and each such journal is told on every wallet that it touched.
WITH moved AS (
    SELECT t.journal_id, a.owner_id AS wallet_id,
           sum(CASE WHEN a.id = t.credit_account_id THEN t.amount ELSE -t.amount END)::bigint AS amount
      FROM ledger_journal j
      JOIN ledger_transfer t ON t.journal_id = j.id
      JOIN ledger_account a ON a.id IN (t.debit_account_id, t.credit_account_id) AND a.purpose IN ('wallet', 'parked')
     WHERE j.scope IN ('deposit', 'withdrawal', 'withdrawal_reversed', 'withdrawal_paid_late', 'transfer',
                       'contribution', 'payout', 'refund',
                       'fee', 'suspense_credited', 'charged_back', 'owed_recovered', 'staff_reversal')
     GROUP BY t.journal_id, a.owner_id
), told AS (
    SELECT journal_id, wallet_id, reference,
           CASE direction WHEN 'credit' THEN amount_kobo ELSE -amount_kobo - fee_kobo END AS amount
      FROM wallets_transaction WHERE journal_id IS NOT NULL
)
SELECT NULL::uuid AS account, NULL::bigint AS seq, NULL::uuid AS transfer,
       format('wallet %s, journal %s: line %s tells of %s, booked %s', coalesce(t.wallet_id, m.wallet_id),
              coalesce(t.journal_id, m.journal_id), coalesce(t.reference, 'missing'), coalesce(t.amount, 0),
              coalesce(m.amount, 0)) AS finding
  FROM told t FULL JOIN moved m ON (m.journal_id, m.wallet_id) = (t.journal_id, t.wallet_id)
 WHERE t.amount IS DISTINCT FROM m.amount
