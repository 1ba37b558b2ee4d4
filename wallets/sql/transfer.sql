-- Sending money from wallet to wallet in two statements: one that sees, one that does everything or nothing.

-- Kobo that left a wallet for other wallets and banks on the Lagos day that begins at `p_day`. A contribution does not
-- count (what may go into circles is decided on joining), nor does what came back.
CREATE FUNCTION wallet_outflow(p_wallet uuid, p_day timestamptz) RETURNS bigint
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(sum(amount_kobo), 0)::bigint FROM wallets_transaction
     WHERE wallet_id = p_wallet AND direction = 'debit' AND type IN ('transfer', 'withdrawal')
       AND status IN ('pending', 'succeeded') AND created_at >= p_day AND created_at < p_day + interval '1 day'
$$;

-- What counts against the balance limit: a withdrawal under way may still come back.
CREATE FUNCTION wallet_owned(p_wallet uuid) RETURNS bigint
    LANGUAGE sql STABLE
AS $$
    SELECT credits_posted - debits_posted FROM ledger_account
     WHERE owner_id = p_wallet AND purpose = 'wallet' AND currency = 'NGN'
$$;

-- What has to be known before money is sent: whether the caller is who they say, the answer their key already has, and
-- both people with their wallets. Reads only; whatever of it can change meanwhile is asked again by the next function.
CREATE FUNCTION wallet_transfer_seen(
    p_user uuid, p_session uuid, p_key text, p_pin_token bytea, p_payee uuid, p_payee_email text,
    OUT is_signed_in boolean, OUT has_pin_token boolean,
    OUT kept_fingerprint bytea, OUT kept_status smallint, OUT kept_content_type text, OUT kept_body bytea,
    OUT sender_first_name text, OUT sender_last_name text, OUT sender_tier smallint, OUT sending uuid,
    OUT payee uuid, OUT payee_first_name text, OUT payee_last_name text, OUT payee_avatar text,
    OUT payee_tier smallint, OUT receiving uuid, OUT is_payee_owing boolean)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    is_signed_in := account_is_signed_in(p_user, p_session);
    SELECT fingerprint, status, content_type, body INTO kept_fingerprint, kept_status, kept_content_type, kept_body
      FROM core_idempotencyrecord WHERE user_id = p_user AND key = p_key;
    IF FOUND OR NOT is_signed_in THEN
        RETURN;
    END IF;
    has_pin_token := account_good_pin_token(p_user, p_pin_token, 'transfer') IS NOT NULL;
    SELECT first_name, last_name, kyc_tier INTO sender_first_name, sender_last_name, sender_tier
      FROM accounts_user WHERE id = p_user;
    SELECT id INTO sending FROM wallets_wallet WHERE user_id = p_user AND currency = 'NGN';
    IF p_payee IS NOT NULL THEN
        SELECT id, first_name, last_name, avatar, kyc_tier
          INTO payee, payee_first_name, payee_last_name, payee_avatar, payee_tier
          FROM accounts_user WHERE id = p_payee AND is_active;
    ELSE
        SELECT id, first_name, last_name, avatar, kyc_tier
          INTO payee, payee_first_name, payee_last_name, payee_avatar, payee_tier
          FROM accounts_user WHERE email = p_payee_email AND is_active;
    END IF;
    SELECT id, is_owing INTO receiving, is_payee_owing
      FROM wallets_wallet WHERE user_id = payee AND currency = 'NGN';
END
$$;

-- Send the money: the caller's proofs, the key, the limits, the ledger, what people see of it, and the kept answer.
--
-- A refusal undoes everything, the claim on the key and the use of the PIN token included. `p_outflow_before` and
-- `p_owned_before` are the most that may have left the sender today, and that the recipient may own, before this; NULL
-- is no limit. They are asked under the wallets' locks, so that two transfers cannot both pass on the same room.
--
-- `p_body` is the answer as the API renders it before the money has moved: its moment and the balance after are null.
-- Inside a JSON text a quotation mark is escaped, so nobody's note can look like either.
CREATE FUNCTION wallet_transfer_made(
    p_user uuid, p_session uuid, p_pin_token bytea,
    p_key text, p_fingerprint bytea, p_status integer, p_content_type text, p_body text,
    p_sending uuid, p_receiving uuid, p_debit uuid, p_credit uuid, p_amount bigint, p_reference text,
    p_day timestamptz, p_outflow_before bigint, p_owned_before bigint,
    p_journal uuid, p_transfer uuid, p_source uuid, p_lines jsonb, p_notices jsonb, p_audit jsonb,
    OUT refusal text,
    OUT kept_fingerprint bytea, OUT kept_status smallint, OUT kept_content_type text, OUT kept_body bytea)
    LANGUAGE plpgsql
AS $$
DECLARE
    its_record bigint;
    moment timestamptz;
    sent_after bigint;
    received_after bigint;
BEGIN
    BEGIN
        -- A second call with the key waits here until the first has committed or rolled back.
        INSERT INTO core_idempotencyrecord (user_id, key, fingerprint, content_type)
        VALUES (p_user, p_key, p_fingerprint, '') ON CONFLICT (user_id, key) DO NOTHING RETURNING id INTO its_record;
        IF its_record IS NULL THEN
            RAISE EXCEPTION 'key_taken' USING ERRCODE = 'WT000';
        END IF;
        IF NOT account_is_signed_in(p_user, p_session) THEN
            RAISE EXCEPTION 'signed_out' USING ERRCODE = 'WT000';
        END IF;
        IF NOT account_use_pin_token(p_user, p_pin_token, 'transfer') THEN
            RAISE EXCEPTION 'pin_token_invalid' USING ERRCODE = 'WT000';
        END IF;

        PERFORM FROM wallets_wallet WHERE id IN (p_sending, p_receiving) ORDER BY id FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM wallets_wallet WHERE id = p_sending AND is_owing) THEN
            RAISE EXCEPTION 'owing' USING ERRCODE = 'WT000';
        END IF;
        IF p_outflow_before IS NOT NULL AND wallet_outflow(p_sending, p_day) > p_outflow_before THEN
            RAISE EXCEPTION 'daily_outflow' USING ERRCODE = 'WT000';
        END IF;
        IF p_owned_before IS NOT NULL AND wallet_owned(p_receiving) > p_owned_before THEN
            RAISE EXCEPTION 'recipient_balance' USING ERRCODE = 'WT000';
        END IF;

        SELECT posted.refusal INTO refusal
          FROM ledger_post(p_journal, 'transfer', p_reference, 'transaction', p_source, p_user, '', NULL,
               ARRAY[p_transfer], ARRAY[p_debit], ARRAY[p_credit], ARRAY[p_amount], ARRAY['transfer'],
               ARRAY['single'], ARRAY[NULL::uuid], ARRAY[NULL::uuid]) posted;
        IF refusal IS NOT NULL THEN
            RAISE EXCEPTION '%', refusal USING ERRCODE = 'WT000';
        END IF;
        SELECT created_at, debit_after, credit_after INTO moment, sent_after, received_after
          FROM ledger_transfer WHERE id = p_transfer;

        INSERT INTO wallets_transaction
            SELECT line.* FROM jsonb_array_elements(p_lines) WITH ORDINALITY AS given(fields, place),
                 jsonb_populate_record(NULL::wallets_transaction, given.fields || jsonb_build_object(
                     'journal_id', p_journal, 'created_at', moment,
                     'balance_after_kobo', CASE given.place WHEN 1 THEN sent_after ELSE received_after END)) line;
        INSERT INTO notifications_notification
            SELECT notice.* FROM jsonb_array_elements(p_notices) AS given(fields),
                 jsonb_populate_record(NULL::notifications_notification,
                     given.fields || jsonb_build_object('created_at', moment)) notice;
        INSERT INTO django_admin_log
            (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
            SELECT moment, entry.user_id, entry.content_type_id, entry.object_id, entry.object_repr, entry.action_flag,
                   entry.change_message
              FROM jsonb_populate_record(NULL::django_admin_log, p_audit) entry;

        UPDATE core_idempotencyrecord
           SET status = p_status, content_type = p_content_type,
               body = convert_to(replace(replace(p_body,
                   '"balance_after":null', format('"balance_after":"%s"', as_naira(sent_after))),
                   '"created_at":null', format('"created_at":"%s"', as_rfc3339(moment))), 'UTF8')
         WHERE id = its_record
        RETURNING fingerprint, status, content_type, body
          INTO kept_fingerprint, kept_status, kept_content_type, kept_body;
    EXCEPTION
        WHEN SQLSTATE 'WT000' THEN
            refusal := SQLERRM;
        WHEN lock_not_available THEN
            -- Waiting for a wallet is somebody else's traffic; waiting for the key is one's own first call.
            IF its_record IS NOT NULL THEN
                RAISE;
            END IF;
            refusal := 'in_progress';
    END;
    IF refusal = 'key_taken' THEN
        SELECT fingerprint, status, content_type, body INTO kept_fingerprint, kept_status, kept_content_type, kept_body
          FROM core_idempotencyrecord WHERE user_id = p_user AND key = p_key;
    END IF;
END
$$;

-- How the API spells kobo and moments; see contri.core.money and contri.core.moments.
CREATE FUNCTION as_naira(kobo bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT kobo / 100 || '.' || lpad((kobo % 100)::text, 2, '0')
$$;
CREATE FUNCTION as_rfc3339(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
