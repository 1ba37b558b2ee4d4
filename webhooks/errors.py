"""What the webhook doors and the inbox refuse."""

from contri.core.errors import InvalidInputError, NotAuthenticatedError, NotFoundError


class SignatureInvalidError(NotAuthenticatedError):
    """The signature is missing, wrong, too old, or was used for another body."""

    code = "signature_invalid"
    title = "The signature does not hold"


class EventUnreadableError(InvalidInputError):
    """The signature holds, and the body is not an event that we can read."""

    code = "event_unreadable"
    title = "The event cannot be read"


class EventNotFoundError(NotFoundError):
    """There is no such event in the inbox."""

    code = "event_not_found"
    title = "No such event"
