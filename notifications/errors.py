"""What this app refuses."""

from contri.core.errors import ConflictError, NotFoundError


class MailNotFoundError(NotFoundError):
    """There is no such mail in the outbox."""

    code = "mail_not_found"
    title = "No such mail"


class MailAlreadySentError(ConflictError):
    """The mail was sent; its facts are gone and it cannot be sent again."""

    code = "mail_already_sent"
    title = "This mail was sent"
