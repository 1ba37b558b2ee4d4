"""What of a page its Content-Security-Policy would not let a browser do."""

from html.parser import HTMLParser

# Not run by a browser: data beside a page.
DATA = "application/json"


class _Blocked(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Scripts and styles without an address of their own, and attributes that are either."""
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != DATA):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]
        addresses = [given.get(name) or "" for name in ("href", "src", "action", "formaction")]
        self.found += [f"<{tag} {address}>" for address in addresses if address.lower().startswith("javascript:")]


def blocked_parts(page: str) -> list[str]:
    """The inline scripts and styles of a page, by their tags."""
    reader = _Blocked()
    reader.feed(page)
    return reader.found
