"""Every kind of notice and of mail that Contri sends.

Titles, bodies, links and subjects are `str.format` templates over the facts given when the notice is written. The kinds
of each app are in a file of its own; `notice_kinds()` and `mail_kinds()` find them all.
"""

from functools import cache

from notifications.kinds.kind import *
from notifications.kinds.mails import *
from notifications.kinds.of_accounts import *
from notifications.kinds.of_circles import *
from notifications.kinds.of_wallets import *


@cache
def notice_kinds() -> dict[str, NoticeKind]:
    """Every kind of notice by its code."""
    return {kind.code: kind for kind in globals().values() if isinstance(kind, NoticeKind)}


def kinds_over(channel: Channel) -> list[str]:
    """The codes of the kinds that this channel carries: pushes tell everything, mails what is worth one."""
    return sorted(code for code, kind in notice_kinds().items() if kind.mails or channel == Channel.PUSH)


def kinds_always_on() -> list[str]:
    """The codes of the kinds that nobody can switch off."""
    return sorted(code for code, kind in notice_kinds().items() if not kind.can_be_switched_off)


@cache
def mail_kinds() -> dict[str, MailKind]:
    """Every kind of mail by its code."""
    return {kind.code: kind for kind in globals().values() if isinstance(kind, MailKind)}
