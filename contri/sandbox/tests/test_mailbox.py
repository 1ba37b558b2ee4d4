"""Mails arrive over SMTP and can be read as JSON and on a page."""

import os
import smtplib
from email.message import EmailMessage

import httpx
import pytest


@pytest.fixture
def post_mail(sandbox):
    def post(*recipients, subject="Confirm your address", text="Hello", html=""):
        message = EmailMessage()
        message["From"] = "Contri <hello@contri.ng>"
        message["To"] = ", ".join(recipients)
        message["Subject"] = subject
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", int(os.environ["SANDBOX_SMTP_PORT"]), timeout=10) as server:
            server.send_message(message)

    return post


def test_a_mail_arrives_with_its_text_its_html_and_its_links(sandbox, post_mail):
    post_mail(
        "ada@example.com",
        subject="Confirm – Ọláolú",
        text="Open http://127.0.0.1:8000/verify?key=AB.C, or (http://example.com/help).\n",
        html='<p>Ọláolú, <a href="http://127.0.0.1:8000/verify?key=AB.C">confirm</a> or <a href="http://x.test">go</a></p>',
    )

    (mail,) = sandbox.mails("ada@example.com")

    assert (mail.to, mail.sender, mail.subject) == (
        "ada@example.com",
        "Contri <hello@contri.ng>",
        "Confirm – Ọláolú",
    )
    assert mail.text == "Open http://127.0.0.1:8000/verify?key=AB.C, or (http://example.com/help).\n"
    assert mail.html.startswith("<p>Ọláolú")
    assert mail.links == ["http://127.0.0.1:8000/verify?key=AB.C", "http://example.com/help", "http://x.test"]


def test_mails_are_kept_by_recipient_and_shown_newest_first(sandbox, post_mail):
    post_mail("ada@example.com", subject="first")
    post_mail("ada@example.com", "Bola@Example.com", subject="second")

    assert [mail.subject for mail in sandbox.mails("ada@example.com")] == ["second", "first"]
    assert [mail.subject for mail in sandbox.mails("BOLA@example.com")] == ["second"]
    assert sandbox.mails("chidi@example.com") == []
    assert len(httpx.get(f"{sandbox.base_url}/mailbox.json").json()) == 3


def test_the_page_shows_a_mail_but_runs_nothing_of_it(sandbox, post_mail):
    post_mail(
        "ada@example.com",
        subject="<script>alert(1)</script>",
        text="See http://example.com/a",
        html='<script>alert(2)</script><a href="http://example.com/b">b</a>',
    )
    (mail,) = sandbox.mails("ada@example.com")

    listed = httpx.get(f"{sandbox.base_url}/mailbox", params={"to": "ada@example.com"}).text
    shown = httpx.get(f"{sandbox.base_url}/mailbox/{mail.id}").text

    assert "&lt;script&gt;alert(1)" in listed
    assert "<script>" not in listed + shown
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
    assert '<a href="http://example.com/b">' in shown
    assert '<a href="http://example.com/a" rel="nofollow">' in shown
    assert httpx.get(f"{sandbox.base_url}/mailbox/999999").status_code == 404
