from django.db import migrations

# The first rules, of the day of launch, are the law's and have no request; they are inserted and never touched again.
AS_DECIDED = """
    CREATE FUNCTION tier_rule_fits_request() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM staff_request
             WHERE id = NEW.request_id AND status = 'approved' AND kind = 'accounts.change_limits'
               AND terms = jsonb_build_object(
                   'tier', NEW.tier, 'effective_from', NEW.effective_from, 'deposit_kobo', NEW.deposit_kobo,
                   'balance_kobo', NEW.balance_kobo, 'daily_outflow_kobo', NEW.daily_outflow_kobo,
                   'can_withdraw', NEW.can_withdraw)
        ) THEN
            RAISE EXCEPTION 'a change of limits takes two people: no approved request says just this'
                USING ERRCODE = 'SR002';
        END IF;
        RETURN NULL;
    END
    $$;
    CREATE FUNCTION tier_rule_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'limits end when later ones begin; they are never deleted' USING ERRCODE = 'SR001';
    END
    $$;
    DROP TRIGGER tier_rule_request_is_approved ON accounts_tierrule;
    CREATE CONSTRAINT TRIGGER tier_rule_as_decided AFTER INSERT ON accounts_tierrule
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.request_id IS NOT NULL)
        EXECUTE FUNCTION tier_rule_fits_request();
    CREATE CONSTRAINT TRIGGER tier_rule_changes_as_decided AFTER UPDATE ON accounts_tierrule
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tier_rule_fits_request();
    CREATE TRIGGER tier_rule_stays BEFORE DELETE ON accounts_tierrule
        FOR EACH STATEMENT EXECUTE FUNCTION tier_rule_refuse();
"""
UNDO = """
    DROP TRIGGER tier_rule_stays ON accounts_tierrule;
    DROP TRIGGER tier_rule_changes_as_decided ON accounts_tierrule;
    DROP TRIGGER tier_rule_as_decided ON accounts_tierrule;
    DROP FUNCTION tier_rule_refuse();
    DROP FUNCTION tier_rule_fits_request();
    CREATE CONSTRAINT TRIGGER tier_rule_request_is_approved AFTER INSERT OR UPDATE ON accounts_tierrule
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.request_id IS NOT NULL)
        EXECUTE FUNCTION staff_request_needed();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_by_two_people")]

    operations = [migrations.RunSQL(AS_DECIDED, UNDO)]
