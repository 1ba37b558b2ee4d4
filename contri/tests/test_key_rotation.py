"""`manage.py rotate_field_keys`."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db import models

from accounts.models import IdentityCheck
from accounts.tests.factories import UserFactory
from contri.core import crypto
from contri.core.key_rotation import sealed_columns

pytestmark = pytest.mark.django_db
OLD, NEW, STRANGE = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def keys(settings):
    """`keys(NEW, OLD)`: from now on, newest first."""

    def use(*wanted):
        settings.FIELD_ENCRYPTION_KEYS = list(wanted)
        crypto._fields.cache_clear()

    yield use
    crypto._fields.cache_clear()


def check_of(number, **kept):
    return IdentityCheck.objects.create(
        user=UserFactory.create(), id_type="bvn", job_id=f"job-{number}", number=crypto.encrypt(number), **kept
    )


def rotate(*options):
    """The counts for the column of identity numbers, and how the command ended."""
    told = StringIO()
    code: object = 0
    try:
        call_command("rotate_field_keys", "--json", *options, stdout=told)
    except SystemExit as end:
        code = end.code
    [counts] = [one for one in json.loads(told.getvalue()) if one["column"] == "accounts_identitycheck.number"]
    return counts["rotated"], counts["current"], counts["unreadable"], code


def test_after_a_rotation_the_old_key_may_go(keys):
    keys(OLD)
    old = check_of("22212345678", details=crypto.encrypt("{}"))
    keys(NEW, OLD)
    check_of("22212345679")

    assert rotate("--dry-run") == (1, 1, 0, 0)
    assert rotate() == (1, 1, 0, 0)
    assert rotate() == (0, 2, 0, 0)

    keys(NEW)
    old.refresh_from_db()
    assert (crypto.decrypt(old.number), crypto.decrypt(old.details)) == ("22212345678", "{}")


def test_a_value_that_no_key_opens_is_counted_and_left(keys):
    keys(STRANGE)
    lost = check_of("22212345678")
    keys(NEW, OLD)
    before = bytes(lost.number)

    assert rotate() == (0, 0, 1, 1)
    lost.refresh_from_db()
    assert bytes(lost.number) == before


def test_wiped_values_are_passed_over(keys):
    keys(NEW)
    check = check_of("22212345678")
    IdentityCheck.objects.filter(pk=check.pk).update(number=None)

    assert rotate() == (0, 0, 0, 0)


def test_every_column_of_bytes_is_known_to_be_sealed_or_not():
    """A new one must say which: a sealed column that the rotation does not know would keep an old key alive."""
    sealed = {(model, column) for model, column in sealed_columns()}
    plain = {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and (model, field.name) not in sealed
    }

    assert {column for column in plain if not column.endswith(("hash", "fingerprint", "digest", "previous"))} == {
        "core_idempotencyrecord.body",
        # A keyed hash.
        "desk_signintries.subject",
    }
