"""People, their devices and their proofs of identity, as staff see them."""

from accounts.admin import checks, limits, people, signing_in

# Each registers its own.
__all__ = ["checks", "limits", "people", "signing_in"]
