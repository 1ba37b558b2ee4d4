"""Questions that accounts asks the apps above it; they register their answers in `AppConfig.ready()`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from accounts.models import User

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """Something a person should do next; `priority` is "high" or "normal"."""

    code: str
    title: str
    detail: str
    action_url: str
    priority: str = "normal"


class Registry(Generic[A]):
    """Functions that answer one question about a user."""

    def __init__(self) -> None:
        self._sources: list[Callable[[User], A]] = []

    def register(self, source: Callable[[User], A]) -> Callable[[User], A]:
        """Add `source`, once however often it is registered."""
        if source not in self._sources:
            self._sources.append(source)
        return source

    def ask(self, user: User) -> Iterator[A]:
        """Every source's answer about `user`, in the order of registration."""
        return (source(user) for source in self._sources)


# Keys of GET /users/dashboard.
dashboard_parts: Registry[Mapping[str, Any]] = Registry()
# What `action_required` of GET /users/me lists.
action_required_sources: Registry[Iterable[ActionRequired]] = Registry()
# Reasons, as sentences, why an account cannot be closed yet.
obligations: Registry[Iterable[str]] = Registry()
# What else is erased of somebody who leaves, in the same transaction: linked accounts, cards, messages.
erasures: Registry[None] = Registry()
# What an export of everything kept on a person contains, by section.
export_parts: Registry[Mapping[str, Any]] = Registry()
