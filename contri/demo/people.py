"""The logins that `make run` seeds and prints. They exist on a developer's machine only."""

from dataclasses import dataclass

DEMO_PASSWORD = "Ajo-with-friends-1"  # noqa: S105 - printed on purpose; `seed_demo` refuses to run in production
DEMO_PIN = "2580"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One person who can log in after `make run`."""

    email: str
    first_name: str
    last_name: str
    role: str
    password: str = DEMO_PASSWORD


DEMO_LOGINS: tuple[DemoLogin, ...] = (
    DemoLogin("ada@demo.contri.ng", "Ada", "Okafor", "member"),
    DemoLogin("bola@demo.contri.ng", "Bola", "Adeyemi", "member"),
    DemoLogin("chidi@demo.contri.ng", "Chidi", "Eze", "member"),
    DemoLogin("admin@demo.contri.ng", "Demo", "Admin", "superuser"),
)
