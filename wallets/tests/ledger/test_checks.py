"""The deployment check: quiet over what the migrations wrote, and naming what somebody changed since."""

import pytest
from django.core.checks import CheckMessage

from wallets.checks import check_ledger_guards
from wallets.services.runtime_role import grant_runtime_role
from wallets.tests.ledger.attacks import sql

pytestmark = pytest.mark.django_db


def found() -> list[CheckMessage]:
    """What is wrong, but for the tests' own login, which is the owner's."""
    return [message for message in check_ledger_guards(None, ["default"]) if message.id != "wallets.W002"]


def test_nothing_is_wrong_with_what_the_migrations_wrote():
    assert found() == []


def test_without_a_database_to_look_at_nothing_is_said():
    assert check_ledger_guards(None, None) == []


@pytest.mark.parametrize(
    ("change", "code", "names"),
    [
        ("DROP TRIGGER ledger_transfer_append_only ON ledger_transfer", "E001", "ledger_transfer_append_only"),
        ("ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_stays", "E001", "ledger_account_stays"),
        (
            "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "E002",
            "refuse",
        ),
        ("ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_never_overdrawn", "E003", "never_overdrawn"),
        ("DROP INDEX ledger_transfer_reversed_once", "E003", "ledger_transfer_reversed_once"),
        ("GRANT DELETE ON ledger_transfer TO contri_runtime", "E004", "DELETE"),
        ("REVOKE DELETE ON ledger_unfolded FROM contri_runtime", "E004", "ledger_unfolded"),
        ("GRANT CREATE ON SCHEMA public TO contri_runtime", "E006", "create"),
        ("GRANT UPDATE (credits_posted) ON ledger_account TO contri_runtime", "E005", "credits_posted"),
        ("GRANT DELETE ON django_admin_log TO contri_runtime", "E004", "django_admin_log"),
        ("GRANT UPDATE (terms) ON staff_request TO contri_runtime", "E005", "staff_request.terms"),
        ("ALTER TABLE django_admin_log DISABLE TRIGGER audit_append_only", "E001", "audit_append_only"),
        ("DROP TRIGGER ledger_journal_by_two ON ledger_journal", "E001", "ledger_journal_by_two"),
    ],
)
def test_what_was_changed_is_named(change, code, names):
    sql(change)

    [message] = found()

    assert message.id == f"wallets.{code}"
    assert names in message.msg


def test_granting_again_puts_the_rights_right():
    sql("GRANT ALL ON ledger_transfer, ledger_account TO contri_runtime")

    grant_runtime_role()

    assert found() == []


def test_serving_as_the_owner_is_warned_of():
    assert [message.id for message in check_ledger_guards(None, ["default"])] == ["wallets.W002"]
