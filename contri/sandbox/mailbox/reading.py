"""Reading a mail: its text, its HTML, and the links in both."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]+")
# A full stop or comma after an address belongs to the sentence around it.
SENTENCE_ENDS = ".,;:!?"


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What a person sees of a mail."""

    sender: str
    subject: str
    text: str
    html: str
    links: list[str]


def read_mail(raw: bytes) -> ReadMail:
    """Take a message apart."""
    message = message_from_bytes(raw, policy=policy.default)
    text, html = _part(message, "plain"), _part(message, "html")
    return ReadMail(str(message["From"] or ""), str(message["Subject"] or ""), text, html, links_in(text, html))


def links_in(text: str, html: str) -> list[str]:
    """The web addresses in both parts of a mail, in their order, each once."""
    links = [address.rstrip(SENTENCE_ENDS) for address in WEB_ADDRESS.findall(text)] + _hrefs(html)
    return list(dict.fromkeys(links))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    # Lines end with CR LF on the wire only.
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def _hrefs(html: str) -> list[str]:
    reader = _LinkReader()
    reader.feed(html)
    return reader.links


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where an anchor leads."""
        address = dict(attrs).get("href")
        if tag == "a" and address and address.startswith(("http://", "https://")):
            self.links.append(address)
