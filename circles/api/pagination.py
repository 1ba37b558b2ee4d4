"""How what a circle writes in one stroke is paged."""

from contri.core.api.pagination import NewestFirst


class NewestKeyFirst(NewestFirst):
    """By key alone: a circle writes its contributions in one transaction, so moments do not tell them apart."""

    ordering = ("-id",)  # type: ignore[assignment]


class NewestNumberFirst(NewestFirst):
    """By the numbers that a chat gives its messages."""

    ordering = ("-number",)  # type: ignore[assignment]
