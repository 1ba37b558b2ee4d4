"""Refusals. A verb that will not do something raises one of these; each door translates it in one table.

A subclass carries a stable `code` (part of the API contract, listed in docs/errors.md) and a `title` for people.
What varies from one occurrence to the next goes into `detail`; machine-readable extras go into `extra`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

Extra = Mapping[str, str | int | list[str] | None]


class DomainError(Exception):
    """A rule said no. Subclass one of the families below, never this class."""

    code: ClassVar[str]
    title: ClassVar[str]
    # Whether an idempotency key remembers this refusal: a rule's verdict on the request is kept, so that a forgotten
    # retry cannot move money later; a mistake that the caller corrects and sends again under the same key is not.
    is_kept_for_replay: ClassVar[bool] = True

    def __init__(self, detail: str = "", *, extra: Extra | None = None, retry_after: int | None = None) -> None:
        self.detail = detail or meaning_of(type(self))
        self.extra = dict(extra or {})
        self.retry_after = retry_after
        super().__init__(self.detail)


def meaning_of(error: type[DomainError]) -> str:
    """What a class says of itself: the first paragraph of its docstring, on one line."""
    return " ".join((error.__doc__ or "").split("\n\n")[0].split())


class InvalidInputError(DomainError):
    """The request cannot be understood as it stands (400)."""

    is_kept_for_replay = False


class NotAuthenticatedError(DomainError):
    """Whoever is calling has not proved who they are (401)."""

    is_kept_for_replay = False


class ForbiddenError(DomainError):
    """The caller is known, and may not do this (403)."""


class NotFoundError(DomainError):
    """There is no such thing, or none that this caller may know of (404)."""


class ConflictError(DomainError):
    """The state of things does not allow it now (409)."""


class RuleViolationError(DomainError):
    """The request is well-formed and still breaks a rule of its own (422)."""


class RateLimitedError(DomainError):
    """Too many tries in too short a time (429)."""

    code = "rate_limited"
    title = "Too many requests"
    is_kept_for_replay = False


class UpstreamError(DomainError):
    """Somebody we depend on did not answer usefully (503); nothing was decided."""

    is_kept_for_replay = False


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing wrong with one input field; `field` is a dotted path, "" for the whole body."""

    field: str
    code: str
    detail: str


class ValidationFaultsError(InvalidInputError):
    """The request's fields are not acceptable."""

    code = "validation_error"
    title = "The request is not valid"

    def __init__(self, *faults: FieldFault) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.detail for fault in faults))


def refuse_if(condition: object, error: type[DomainError], detail: str = "", **extra: Any) -> None:
    """Raise `error` when `condition` holds, so that a rule reads as one line."""
    if condition:
        raise error(detail, extra=extra or None)
