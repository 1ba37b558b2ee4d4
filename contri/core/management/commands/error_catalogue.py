"""`manage.py error_catalogue`: docs/errors.md, from the error classes themselves."""

from typing import Any

from django.core.management.base import BaseCommand

from contri.core.api.catalogue import error_catalogue

HEADING = """# Error codes

Every refusal is `application/problem+json` with one of these codes in `code`. Codes never change their meaning. This
page is written by `manage.py error_catalogue > docs/errors.md`; a test holds it to the code.

| code | status | meaning |
| --- | --- | --- |
"""


class Command(BaseCommand):
    """Prints the catalogue as Markdown."""

    help = "Print docs/errors.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page to standard output."""
        self.stdout.write(catalogue_page(), ending="")


def catalogue_page() -> str:
    """The whole page."""
    rows = (f"| `{e.code}` | {e.status} | **{e.title}.** {e.meaning} |\n" for e in error_catalogue())
    return HEADING + "".join(rows)
