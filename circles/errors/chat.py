"""What a circle's chat refuses."""

from contri.core.errors import ConflictError, ForbiddenError, NotFoundError


class MessageNotFoundError(NotFoundError):
    """There is no such message in this chat."""

    code = "message_not_found"
    title = "No such message"


class NotAuthorError(ForbiddenError):
    """Only who wrote a message may change it or take it back."""

    code = "not_author"
    title = "Not your message"


class SilencedError(ForbiddenError):
    """A moderator has taken your word away in this chat for a while; you can read on."""

    code = "silenced"
    title = "You cannot write here now"


class NotYoursToChangeError(ConflictError):
    """Contri itself wrote this message; it stands."""

    code = "system_message"
    title = "This message stands"


class TooLateToChangeError(ConflictError):
    """A message can be changed or taken back for fifteen minutes."""

    code = "too_late_to_change"
    title = "Too late to change it"


class MessageDeletedError(ConflictError):
    """The message was taken back or hidden."""

    code = "message_deleted"
    title = "The message is gone"
