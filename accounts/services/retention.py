"""What is kept no longer than it is needed."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session as StaffSession

from accounts.models import PinToken, RefreshUse, Session

PIN_TOKENS_KEPT = timedelta(days=1)
ENDED_SESSIONS_KEPT = timedelta(days=90)


def forget_old_rows(*, at: datetime) -> int:
    """Delete PIN tokens a day after they expired, sessions ninety days after they ended, and the staff desk's once they
    expired. Returns how many rows.

    A session's used tokens go with it: by then the session itself refuses them.
    """
    tokens, _ = PinToken.objects.filter(expires_at__lt=at - PIN_TOKENS_KEPT).delete()
    limit = at - ENDED_SESSIONS_KEPT
    # One that merely ran out has no end of its own.
    old = Session.objects.filter(ended_at__lt=limit) | Session.objects.filter(expires_at__lt=limit)
    RefreshUse.objects.filter(session__in=old).delete()
    sessions, _ = old.delete()
    staff_sessions, _ = StaffSession.objects.filter(expire_date__lt=at).delete()
    return tokens + sessions + staff_sessions
