"""What a newcomer reads when everything is up."""

from contri.local.environment import Ports
from contri.local.ports import LOOPBACK


def welcome(ports: Ports, *, seconds: float, with_sandbox: bool) -> str:
    """Where to look, whom to log in as and how to stop."""
    from contri.demo.people import DEMO_LOGINS, DEMO_TOTP_SECRET

    web, sandbox = f"http://{LOOPBACK}:{ports.web}", f"http://{LOOPBACK}:{ports.sandbox}"
    places = {"Start here": f"{web}/", "API": f"{web}/api/v1", "API docs": f"{web}/api/docs", "Admin": f"{web}/admin/"}
    if with_sandbox:
        places |= {"Sandbox": f"{sandbox}/  (the pretend bank and identity check)", "Mailbox": f"{sandbox}/mailbox"}
    lines = [f"Contri is up, after {seconds:.0f} seconds.", ""]
    lines += [f"  {name:<12}{place}" for name, place in places.items()]
    lines += ["", "  Demo logins"]
    lines += [f"  {login.role:<12}{login.email:<26}{login.password}" for login in DEMO_LOGINS]
    lines += ["", "  The admin asks for a code, too; this shows the one that holds now:"]
    lines += [f"  .venv/bin/python manage.py demo_code    (key for an authenticator app: {DEMO_TOTP_SECRET})"]
    lines += ["", "  Ctrl-C stops everything; the data is kept for the next run."]
    return "\n".join(["", *lines, ""])
