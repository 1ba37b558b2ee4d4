-- What a caller proves, as questions that one SQL call can ask together with whatever it does next.

-- Whether this session of this user is open, and its owner neither banned nor gone: the same that `signed_in_by` asks.
CREATE FUNCTION account_is_signed_in(p_user uuid, p_session uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
         WHERE s.id = p_session AND s.user_id = p_user
           AND s.ended_at IS NULL AND s.expires_at > statement_timestamp() AND u.is_active)
$$;

-- The PIN token of this user with this hash, if it is unused, in time, and was given for this purpose or for any one.
CREATE FUNCTION account_good_pin_token(p_user uuid, p_hash bytea, p_purpose text) RETURNS uuid
    LANGUAGE sql STABLE
AS $$
    SELECT id FROM accounts_pintoken
     WHERE token_hash = p_hash AND user_id = p_user AND used_at IS NULL
       AND expires_at > statement_timestamp() AND purpose IN ('', p_purpose)
$$;

-- Use a PIN token up; false when it was not good. Of fifty calls at once the row lock lets one through, and the others
-- find it used.
CREATE FUNCTION account_use_pin_token(p_user uuid, p_hash bytea, p_purpose text) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE accounts_pintoken SET used_at = statement_timestamp()
     WHERE id = account_good_pin_token(p_user, p_hash, p_purpose) AND used_at IS NULL;
    RETURN FOUND;
END
$$;
