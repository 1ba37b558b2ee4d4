-- Circles of ten people each before their first due moment, straight into the tables: what is measured comes after.
-- Two cycles of each are written: the one that falls due and one more, so that none is at its end.
INSERT INTO accounts_user (id, email, password, first_name, last_name, role, is_active, is_staff, is_superuser,
                           kyc_status, kyc_tier, referral_code, avatar, proved_name)
SELECT md5(format('%(group)s user %%s %%s', c, s))::uuid, format('%(group)s-%%s-%%s@bench.invalid', c, s), '!', 'Ada',
       'Okafor', 'member', true, false, false, 'verified', 3, left('%(group)s', 1) || lpad(to_hex(c * 10 + s), 7, '0'), '', ''
FROM generate_series(1, %(circles)s) AS c, generate_series(1, 10) AS s;

INSERT INTO circles_circle (id, name, host_id, status, invite_code, charter_number, amount_kobo, frequency,
                            cycle_start_date, size, payout_order, shortfall_policy, grace_days, due_time,
                            needs_approval, late_fee_kobo, late_fee_to, deposit_kobo, reserve_kobo, security_taken_at,
                            auction_floor_percent, bids_close_days, assigned_order, draw_commitment, draw_seed, paused_from, locked_at)
SELECT md5(format('%(group)s circle %%s', c))::uuid, 'Market women', md5(format('%(group)s user %%s 1', c))::uuid, 'active',
       substr(md5(format('%(group)s code %%s', c)), 1, 12), 1, 100000, 'weekly', '2027-01-04', 10, 'join_order',
       'pay_collected', 2, '18:00', false, 0, 'reserve', 0, 0, 'locking', 80, 1, '[]', '', '', '', now()
FROM generate_series(1, %(circles)s) AS c;

INSERT INTO circles_membership (id, circle_id, user_id, role, status, hands, joined_at)
SELECT md5(format('%(group)s member %%s %%s', c, s))::uuid, md5(format('%(group)s circle %%s', c))::uuid,
       md5(format('%(group)s user %%s %%s', c, s))::uuid, CASE WHEN s = 1 THEN 'host' ELSE 'member' END, 'active', 1, now()
FROM generate_series(1, %(circles)s) AS c, generate_series(1, 10) AS s;

INSERT INTO circles_slot (id, circle_id, position, discount_kobo, membership_id)
SELECT md5(format('%(group)s slot %%s %%s', c, s))::uuid, md5(format('%(group)s circle %%s', c))::uuid, s, 0,
       md5(format('%(group)s member %%s %%s', c, s))::uuid
FROM generate_series(1, %(circles)s) AS c, generate_series(1, 10) AS s;

INSERT INTO circles_cycle (id, circle_id, number, slot_id, planned_due_at, delayed_days, opens_at, due_at, grace_ends_at,
                           status)
SELECT md5(format('%(group)s cycle %%s %%s', c, n))::uuid, md5(format('%(group)s circle %%s', c))::uuid, n,
       md5(format('%(group)s slot %%s %%s', c, n))::uuid, due, 0, due - interval '3 days', due, due + interval '2 days',
       CASE WHEN n = 1 THEN 'collecting' ELSE 'upcoming' END
FROM generate_series(1, %(circles)s) AS c, generate_series(1, 2) AS n,
     LATERAL (SELECT %(due)s::timestamptz + (n - 1) * interval '7 days' AS due) AS moment;

INSERT INTO circles_contribution (id, cycle_id, slot_id, membership_id, amount_kobo, paid_kobo, status, due_at, source)
SELECT md5(format('%(group)s share %%s %%s %%s', c, n, s))::uuid, md5(format('%(group)s cycle %%s %%s', c, n))::uuid,
       md5(format('%(group)s slot %%s %%s', c, s))::uuid, md5(format('%(group)s member %%s %%s', c, s))::uuid, 100000, 0,
       'pending', %(due)s::timestamptz + (n - 1) * interval '7 days', ''
FROM generate_series(1, %(circles)s) AS c, generate_series(1, 2) AS n, generate_series(1, 10) AS s;

-- Of the first cycle what is to come at its due moment: collect, mark late, pay out; of the second, opening it.
INSERT INTO circles_scheduledact (id, circle_id, cycle_id, kind, number, state, due_at, next_try_at, attempts, last_error)
SELECT md5(format('%(group)s act %%s %%s', c, kind))::uuid, md5(format('%(group)s circle %%s', c))::uuid,
       md5(format('%(group)s cycle %%s %%s', c, n))::uuid, kind, 0, 'pending', %(due)s::timestamptz + after,
       %(due)s::timestamptz + after, 0, ''
FROM generate_series(1, %(circles)s) AS c,
     (VALUES (1, 30, interval '0'), (1, 40, interval '2 days'), (1, 50, interval '2 days'),
             (2, 10, interval '4 days')) AS acts (n, kind, after);

INSERT INTO circles_chat (circle_id, last_number)
SELECT md5(format('%(group)s circle %%s', c))::uuid, 0 FROM generate_series(1, %(circles)s) AS c;

INSERT INTO wallets_wallet (id, user_id, currency, is_owing)
SELECT md5(format('%(group)s wallet %%s %%s', c, s))::uuid, md5(format('%(group)s user %%s %%s', c, s))::uuid, 'NGN', false
FROM generate_series(1, %(circles)s) AS c, generate_series(1, 10) AS s;
