-- A pot holds what was paid into it, less what was paid out of it and given back. Said once more, and in another way than
-- the circles' audit says it.
WITH moved AS (
    SELECT y.circle_id, p.amount_kobo FROM circles_contributionpayment p
      JOIN circles_contribution c ON c.id = p.contribution_id JOIN circles_cycle y ON y.id = c.cycle_id
    UNION ALL
    SELECT y.circle_id, -r.amount_kobo FROM circles_refund r
      JOIN circles_contribution c ON c.id = r.contribution_id JOIN circles_cycle y ON y.id = c.cycle_id
    UNION ALL
    SELECT y.circle_id, -p.amount_kobo FROM circles_payoutpayment p
      JOIN circles_payout o ON o.id = p.payout_id JOIN circles_cycle y ON y.id = o.cycle_id
    UNION ALL
    SELECT y.circle_id, -d.amount_kobo FROM circles_discountshare d
      JOIN circles_payout o ON o.id = d.payout_id JOIN circles_cycle y ON y.id = o.cycle_id
    UNION ALL
    SELECT s.circle_id, CASE WHEN s.net_kobo < 0 THEN p.amount_kobo ELSE -p.amount_kobo END
      FROM circles_dissolutionpayment p JOIN circles_dissolutionshare s ON s.id = p.share_id
    UNION ALL
    SELECT circle_id, CASE WHEN kind = ANY ('{deposit_used,reserve_lent,deposit_pooled,reserve_pooled}') THEN amount_kobo ELSE -amount_kobo END
      FROM circles_securitymovement WHERE kind = ANY ('{deposit_used,reserve_lent,deposit_pooled,reserve_pooled,reserve_repaid}')
), expected AS (
    SELECT circle_id, sum(amount_kobo) AS kobo FROM moved GROUP BY circle_id
), held AS (
    SELECT owner_id AS circle_id, credits_posted - debits_posted - debits_pending AS kobo
      FROM ledger_account WHERE purpose = 'pot'
)
SELECT format('circle %s: the pot holds %s kobo, its payments leave %s', circle_id, held.kobo, expected.kobo) AS finding
  FROM held FULL JOIN expected USING (circle_id)
 WHERE coalesce(held.kobo, 0) <> coalesce(expected.kobo, 0)
