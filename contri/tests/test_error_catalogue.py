"""docs/errors.md and the code say the same."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from contri.core.api.catalogue import error_catalogue
from contri.core.api.problems import status_of
from contri.core.errors import DomainError
from contri.core.management.commands.error_catalogue import catalogue_page


def concrete_errors(family: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for error in family.__subclasses__():
        if "code" in vars(error):
            yield error
        yield from concrete_errors(error)


def test_the_page_lists_every_code_as_the_classes_have_it() -> None:
    page = Path(settings.BASE_DIR, "docs", "errors.md").read_text()

    assert page == catalogue_page()


def test_no_two_refusals_share_a_code_and_a_status() -> None:
    counted = Counter((error.code, status_of(error)) for error in concrete_errors())

    assert len(counted) > 20
    assert [shared for shared, times in counted.items() if times > 1] == []


def test_every_code_says_what_it_means() -> None:
    assert [entry.code for entry in error_catalogue() if not entry.meaning or not entry.title] == []
