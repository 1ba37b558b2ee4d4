"""The verbs of accounts."""

from accounts.services.pin_tokens import consume_pin_token, issue_pin_token
from accounts.services.sessions import open_session

__all__ = [
    "consume_pin_token",
    "issue_pin_token",
    "open_session",
]
