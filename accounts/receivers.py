"""What happens after the facts that accounts announces: only nudges."""

from uuid import UUID

from django.dispatch import receiver

from accounts.signals import identity_check_started, mail_requested, password_failed, session_ended
from accounts.tasks import tell_of_failures, work_identity_check, write_requested_mail
from contri.core.live import hint, session_room
from contri.core.nudging import nudge


@receiver(identity_check_started)
def nudge_identity_check(sender: object, *, check_id: UUID, **_kwargs: object) -> None:
    """Let a worker hand the check in now rather than at the next sweep."""
    nudge(work_identity_check, str(check_id))


@receiver(mail_requested)
def nudge_requested_mail(sender: object, *, request_id: UUID, **_kwargs: object) -> None:
    """Let a worker write the mail now rather than at the next sweep."""
    nudge(write_requested_mail, str(request_id))


@receiver(password_failed)
def nudge_telling_of_failures(sender: object, *, user_id: UUID, **_kwargs: object) -> None:
    """Counting is a worker's work: whoever guesses must not be able to time it."""
    nudge(tell_of_failures, str(user_id))


@receiver(session_ended)
def close_sockets(sender: object, *, session_id: UUID, **_kwargs: object) -> None:
    """Whoever logged out, was banned or changed their password has no open socket left."""
    hint(session_room(session_id), "session.ended")
