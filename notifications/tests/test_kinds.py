"""The registry of kinds: every app's section holds to the same rules."""

import re
from string import Formatter

import pytest
from django.template.loader import get_template

from notifications import kinds
from notifications.kinds import MailKind, NoticeKind, mail_kinds, notice_kinds

NOTICES = [kind for kind in vars(kinds).values() if isinstance(kind, NoticeKind)]
MAILS = [kind for kind in vars(kinds).values() if isinstance(kind, MailKind)]


def facts_in(template):
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def test_no_two_kinds_have_the_same_code():
    assert len(notice_kinds()) == len(NOTICES)
    assert len(mail_kinds()) == len(MAILS)


@pytest.mark.parametrize("kind", [*NOTICES, *MAILS], ids=lambda kind: kind.code)
def test_codes_are_short_and_in_snake_case(kind):
    assert re.fullmatch(r"[a-z][a-z0-9_]{2,58}[a-z0-9]", kind.code)


@pytest.mark.parametrize("kind", NOTICES, ids=lambda kind: kind.code)
def test_texts_want_plain_facts_and_the_link_is_a_place_in_the_app(kind):
    for template in (kind.title, kind.body, kind.action_url):
        assert all(name.isidentifier() for name in facts_in(template)), template
    assert kind.action_url == "" or kind.action_url.startswith("/")
    assert kind.title
    assert kind.body


@pytest.mark.parametrize("kind", MAILS, ids=lambda kind: kind.code)
def test_every_mail_has_its_two_templates_and_no_secret_in_its_subject(kind):
    for ending in ("txt", "html"):
        get_template(f"mail/{kind.template}.{ending}")
    assert not {"key", "link", "code"} & set(facts_in(kind.subject))
