"""Who may call what: each call of the API, each kind of caller.

The calls are read off the URLconf: a new one without a row here fails. Staff have no power over the API: to it they are
strangers like any other. What they may do in the admin is tried there.
"""

import pytest

pytestmark = pytest.mark.django_db

ANYONE, SIGNED_IN, OWNER, MEMBER, HOST = "anyone", "signed in", "its owner", "a member", "the host"
NOWHERE = "019ac3c0-1111-7222-8333-000000000000"

# By the longest beginning that fits: (what the route begins with, methods or "*", who).
ROWS: tuple[tuple[str, str, str], ...] = (
    ("auth/signup", "*", ANYONE),
    ("auth/login", "*", ANYONE),
    ("auth/refresh", "*", ANYONE),
    ("auth/logout", "*", ANYONE),
    ("auth/social/", "*", ANYONE),
    ("auth/email/", "*", ANYONE),
    ("auth/password/forgot", "*", ANYONE),
    ("auth/password/reset", "*", ANYONE),
    ("webhooks/", "*", ANYONE),
)
