-- The limit: what a due moment does, written by hand as one statement a chunk that never leaves the server. It knows
-- these circles to be ordinary, as the engine first has to find out; it writes the same rows.
CREATE FUNCTION pg_temp.collect_by_hand(circles uuid[], moment timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    collected bigint;
BEGIN
    PERFORM FROM circles_circle WHERE id = ANY (circles) ORDER BY id FOR NO KEY UPDATE;
    CREATE TEMP TABLE due ON COMMIT DROP AS
    SELECT uuidv7() AS payment, uuidv7() AS line, uuidv7() AS journal, uuidv7() AS transfer, share.id AS share,
           share.amount_kobo AS amount, cycle.id AS cycle, cycle.number AS number, cycle.slot_id = share.slot_id AS is_turn,
           circle.id AS circle, circle.name AS circle_name, person.id AS person, share.membership_id AS membership,
           share.slot_id AS slot, wallet.id AS wallet, purse.id AS purse, pot.id AS pot, slot.position AS position,
           concat(person.first_name, ' ', left(person.last_name, 1), '.') AS display_name
    FROM circles_circle AS circle
    JOIN circles_cycle AS cycle ON cycle.circle_id = circle.id AND cycle.status = 'collecting'
    JOIN circles_contribution AS share ON share.cycle_id = cycle.id AND share.status = 'pending'
    JOIN circles_slot AS slot ON slot.id = share.slot_id
    JOIN circles_membership AS member ON member.id = share.membership_id
    JOIN accounts_user AS person ON person.id = member.user_id
    JOIN wallets_wallet AS wallet ON wallet.user_id = person.id
    JOIN ledger_account AS purse ON purse.owner_id = wallet.id AND purse.purpose = 'wallet'
    JOIN ledger_account AS pot ON pot.owner_id = circle.id AND pot.purpose = 'pot'
    WHERE circle.id = ANY (circles) ORDER BY circle.id, slot.position;
    GET DIAGNOSTICS collected = ROW_COUNT;
    PERFORM FROM wallets_wallet WHERE id IN (SELECT wallet FROM due) ORDER BY id FOR NO KEY UPDATE;

    PERFORM ledger_post_each('contribution', 'contribution', NULL, '', moment, 'contribution', array_agg(journal),
        array_agg(payment::text), array_agg(payment), array_agg(transfer), array_agg(purse), array_agg(pot),
        array_agg(amount)) FROM due;
    INSERT INTO wallets_transaction (id, wallet_id, type, direction, amount_kobo, fee_kobo, currency, status, reference,
                                     description, balance_after_kobo, circle_id, journal_id)
    SELECT line, wallet, 'contribution', 'debit', due.amount, 0, 'NGN', 'succeeded',
           'contri-' || replace(payment::text, '-', ''), format('%s: contribution to cycle %s', circle_name, number),
           moved.debit_after, circle, moved.journal_id
    FROM due JOIN ledger_transfer AS moved ON moved.id = transfer;
    INSERT INTO circles_contributionpayment (id, contribution_id, amount_kobo, source, transaction_id, paid_at)
    SELECT payment, share, amount, 'wallet', line, moment FROM due;
    UPDATE circles_contribution SET paid_kobo = amount_kobo, status = 'paid', paid_at = moment, source = 'wallet'
    WHERE id IN (SELECT share FROM due);

    CREATE TEMP TABLE pots ON COMMIT DROP AS
    SELECT uuidv7() AS payout, uuidv7() AS payment, uuidv7() AS line, uuidv7() AS journal, uuidv7() AS transfer,
           cycle, turn.number, turn.circle, turn.circle_name, turn.person, turn.membership, turn.slot, turn.wallet,
           turn.purse, turn.pot, turn.display_name, pot.amount AS pot_amount, pot.payers
    FROM (SELECT * FROM due WHERE is_turn) AS turn
    JOIN (SELECT cycle, sum(amount)::bigint AS amount,
                 string_agg(format('%s ₦%s', display_name, to_char(amount / 100.0, 'FM999999990.00')), ', ') AS payers
          FROM due GROUP BY cycle) AS pot USING (cycle);
    INSERT INTO circles_payout (id, cycle_id, slot_id, membership_id, amount_kobo, paid_kobo, lent_kobo, repaid_kobo,
                                paid_at)
    SELECT payout, cycle, slot, membership, pot_amount, pot_amount, 0, 0, moment FROM pots;
    PERFORM ledger_post_each('payout', 'payout', NULL, '', moment, 'payout', array_agg(journal),
        array_agg(payment::text), array_agg(payment), array_agg(transfer), array_agg(pot), array_agg(purse),
        array_agg(pot_amount)) FROM pots;
    INSERT INTO wallets_transaction (id, wallet_id, type, direction, amount_kobo, fee_kobo, currency, status, reference,
                                     description, balance_after_kobo, circle_id, journal_id)
    SELECT line, wallet, 'payout', 'credit', pot_amount, 0, 'NGN', 'succeeded',
           'contri-' || replace(payment::text, '-', ''), format('%s: payout of cycle %s', circle_name, number),
           moved.credit_after, circle, moved.journal_id
    FROM pots JOIN ledger_transfer AS moved ON moved.id = transfer;
    INSERT INTO circles_payoutpayment (id, payout_id, amount_kobo, transaction_id, paid_at)
    SELECT payment, payout, pot_amount, line, moment FROM pots;

    UPDATE circles_cycle SET status = 'closed', closed_at = moment WHERE id IN (SELECT cycle FROM pots);
    UPDATE circles_scheduledact SET state = CASE WHEN kind = 30 THEN 'done' ELSE 'dropped' END,
           done_at = CASE WHEN kind = 30 THEN moment END
    WHERE cycle_id IN (SELECT cycle FROM pots) AND state = 'pending';

    INSERT INTO notifications_notification (id, recipient_id, kind, key, title, body, type, priority, action_url)
    SELECT uuidv7(), person, 'contribution_collected', '', format('Paid: cycle %s of %s', number, circle_name),
           format('Your contribution of ₦%s was taken from your wallet.', to_char(amount / 100.0, 'FM999999990.00')),
           'success', 'normal', format('/circles/%s', circle) FROM due
    UNION ALL
    SELECT uuidv7(), person, 'payout_received', '',
           format('₦%s from %s', to_char(pot_amount / 100.0, 'FM999999990.00'), circle_name),
           format('The pot of cycle %s is yours.', number), 'success', 'high', '/wallet' FROM pots
    UNION ALL
    SELECT uuidv7(), due.person, 'pot_paid_out', '',
           format('%s received the pot of %s', pots.display_name, pots.circle_name),
           format('₦%s were paid out in cycle %s.', to_char(pot_amount / 100.0, 'FM999999990.00'), pots.number), 'info',
           'normal', format('/circles/%s', pots.circle) FROM due JOIN pots USING (cycle) WHERE NOT due.is_turn;
    UPDATE circles_chat SET last_number = last_number + 2 WHERE circle_id IN (SELECT circle FROM pots);
    INSERT INTO circles_chatmessage (id, circle_id, number, changed_number, kind, client_id, body, image, event, flags,
                                     created_at)
    SELECT uuidv7(), circle, last_number - 1, last_number - 1, 'system', '',
           format('Paid for cycle %s: %s.', number, payers), '', 'contributions_collected', '[]'::jsonb, moment
    FROM pots JOIN circles_chat ON circle_id = circle
    UNION ALL
    SELECT uuidv7(), circle, last_number, last_number, 'system', '',
           format('%s received the pot of cycle %s: ₦%s.', display_name, number,
                  to_char(pot_amount / 100.0, 'FM999999990.00')), '', 'pot_paid_out', '[]'::jsonb, moment
    FROM pots JOIN circles_chat ON circle_id = circle;
    INSERT INTO django_admin_log (action_time, user_id, content_type_id, object_id, object_repr, action_flag,
                                  change_message)
    SELECT now(), (SELECT id FROM accounts_user WHERE email = 'system@contri.invalid'),
           (SELECT id FROM django_content_type WHERE (app_label, model) = ('circles', 'payout')), payout::text,
           format('payout of %s', cycle), 2,
           json_build_object('what', format('paid out ₦%s', to_char(pot_amount / 100.0, 'FM999999990.00')),
                             'request_id', '-', 'address', '')::text
    FROM pots;
    RETURN collected;
END
$$;
