"""Every refusal that Contri knows, read off the classes themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import get_resolver

from contri.core.api.problems import GENERIC_CODES, status_of
from contri.core.errors import DomainError, meaning_of


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One stable error code."""

    code: str
    status: int
    title: str
    meaning: str


def error_catalogue() -> list[CatalogueEntry]:
    """All codes in alphabetical order: the refusals of every loaded app and the framework's own."""
    # Doors have refusals of their own, and Django loads them with the first request only.
    _ = get_resolver().url_patterns
    domain = [_entry(error) for error in _concrete(DomainError)]
    generic = [
        CatalogueEntry(code, status, title, "Answered by the framework, not by a rule of Contri.")
        for status, (code, title) in GENERIC_CODES.items()
    ]
    parse_error = CatalogueEntry("parse_error", 400, "The body is not JSON", "Malformed or unkeepable JSON.")
    by_code = {(entry.code, entry.status): entry for entry in (*generic, parse_error, *domain)}
    return [by_code[key] for key in sorted(by_code)]


def _concrete(family: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in family.__subclasses__():
        if "code" in vars(error):
            yield error
        yield from _concrete(error)


def _entry(error: type[DomainError]) -> CatalogueEntry:
    return CatalogueEntry(error.code, int(status_of(error)), error.title, meaning_of(error))
