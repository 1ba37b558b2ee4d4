"""The logins that `make run` seeds and prints. They exist on a developer's machine only."""

from dataclasses import dataclass

DEMO_PASSWORD = "Ajo-with-friends-1"  # noqa: S105 - printed on purpose; `seed_demo` refuses to run in production
DEMO_PIN = "2580"
# The key of every demo member of staff's authenticator app: type it into yours, or run `manage.py demo_code`.
DEMO_TOTP_SECRET = "AJOWITHFRIENDS234567AJOWITHFRIEN"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One person who can log in after `make run`."""

    email: str
    first_name: str
    last_name: str
    role: str
    # The group whose permissions a member of staff has; empty for members and superusers.
    group: str = ""
    password: str = DEMO_PASSWORD

    @property
    def is_staff(self) -> bool:
        """Whether they work at the staff desk, where a code is asked for, too."""
        return self.role != "member"


DEMO_LOGINS: tuple[DemoLogin, ...] = (
    DemoLogin("ada@demo.contri.ng", "Ada", "Okafor", "member"),
    DemoLogin("bola@demo.contri.ng", "Bola", "Adeyemi", "member"),
    DemoLogin("chidi@demo.contri.ng", "Chidi", "Eze", "member"),
    DemoLogin("admin@demo.contri.ng", "Demo", "Admin", "superuser"),
    DemoLogin("support@demo.contri.ng", "Sade", "Bello", "support", "support"),
    DemoLogin("compliance@demo.contri.ng", "Kemi", "Ojo", "compliance", "compliance"),
    DemoLogin("maker@demo.contri.ng", "Musa", "Danjuma", "finance", "finance maker"),
    DemoLogin("checker@demo.contri.ng", "Ngozi", "Obi", "finance", "finance checker"),
    DemoLogin("auditor@demo.contri.ng", "Tunde", "Alabi", "auditor", "auditor"),
)
