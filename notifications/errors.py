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


class AddressReachableError(ConflictError):
    """Mail is sent to this address already."""

    code = "address_reachable"
    title = "Mail is sent there"
