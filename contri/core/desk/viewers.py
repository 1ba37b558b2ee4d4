"""Who is looking: all that the floor needs to know of a member of staff."""

from typing import Protocol


class Viewer(Protocol):
    """Somebody with permissions."""

    def has_perm(self, perm: str, obj: None = None) -> bool:
        """Whether they hold the permission `app.codename`."""
