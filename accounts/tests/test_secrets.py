"""What people type in confidence is in no log line, no audit row, no notice and no clear column."""

import logging

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection
from psycopg.sql import SQL, Identifier

from accounts.models import User
from accounts.tests.mails import facts_of_mails

pytestmark = pytest.mark.django_db

PASSWORD, NEW_PASSWORD, WRONG = "Ajo-with-friends-1", "Kola-nuts-for-7-guests", "Wrong-horse-battery-3"
PIN, WRONG_PIN, BVN = "258047", "914736", "22298761234"


def live_through_everything(api):
    """Every route that takes a secret, once with the right one and once with a wrong one. Returns the tokens."""
    person = {"email": "ada@example.ng", "password": PASSWORD, "first_name": "Ada", "last_name": "Okafor"}
    signed_up = api.post("/api/v1/auth/signup", person).json()
    api.post("/api/v1/auth/login", {"email": person["email"], "password": WRONG})
    pair = api.post("/api/v1/auth/refresh", {"refresh": signed_up["refresh"]}).json()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    api.post("/api/v1/auth/pin", {"pin": PIN, "password": PASSWORD})
    api.post("/api/v1/auth/pin/verify", {"pin": WRONG_PIN})
    pin_token = api.post("/api/v1/auth/pin/verify", {"pin": PIN}).json()["pin_token"]
    claim = {"id_type": "bvn", "id_number": BVN, "first_name": "Ada", "last_name": "Okafor"}
    assert api.post("/api/v1/users/me/kyc", {**claim, "date_of_birth": "1990-04-02"}).status_code == 202
    change = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert api.post("/api/v1/auth/password/change", change).status_code == 200
    api.post("/api/v1/auth/password/forgot", {"email": person["email"]})
    mailed = [facts_of_mails(to=person["email"], kind=kind)[0]["key"] for kind in ("verify_email", "reset_password")]
    return [signed_up["refresh"], pair["refresh"], pair["access"], pin_token, *mailed]


def every_row():
    """All text and bytes of all tables, as PostgreSQL shows them."""
    with connection.cursor() as cursor:
        for model in [model for model in apps.get_models() if model._meta.managed]:
            cursor.execute(SQL("SELECT t::text FROM {} t").format(Identifier(model._meta.db_table)).as_string())
            yield from (row[0] for row in cursor.fetchall())


def test_no_secret_is_logged_audited_told_or_kept_in_clear(api, caplog):
    caplog.set_level(logging.DEBUG)
    # The SQL itself, which Django logs at this level in debugging only, would be a mirror of the tables.
    logging.getLogger("django.db.backends").setLevel(logging.INFO)

    tokens = live_through_everything(api)

    secrets = [PASSWORD, NEW_PASSWORD, WRONG, PIN, WRONG_PIN, BVN, *tokens]
    assert [secret for secret in secrets if secret in caplog.text] == []
    rows = "\n".join(every_row())
    hidden_in_bytes = [secret for secret in secrets if secret.encode().hex() in rows]
    assert ([secret for secret in secrets if secret in rows], hidden_in_bytes) == ([], [])
    assert LogEntry.objects.filter(object_id=str(User.objects.get(email="ada@example.ng").pk)).count() >= 5
