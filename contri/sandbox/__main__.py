"""`python -m contri.sandbox`: brings its database up to date, then serves HTTP, SMTP and webhooks until told to end.

With `--until-stdin-closes` it also ends when whoever started it is gone.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from contri.sandbox.environment import SandboxEnvironment, SandboxRefusedError, current

ListenerT = TypeVar("ListenerT")

logger = logging.getLogger("sandbox")


def main(arguments: list[str]) -> int:
    """Serve until interrupted. Returns the exit code: 1, with one sentence, when it cannot start."""
    try:
        environment = current()
        _prepare(environment)
        _serve(environment, until_stdin_closes="--until-stdin-closes" in arguments)
    except SandboxRefusedError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


def _prepare(environment: SandboxEnvironment) -> None:
    try:
        environment.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SandboxRefusedError(f"SANDBOX_DATA {environment.data} cannot be used: {error.strerror}.") from error
    os.environ["DJANGO_SETTINGS_MODULE"] = "contri.sandbox.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _serve(environment: SandboxEnvironment, *, until_stdin_closes: bool) -> None:
    # Imported here: these need Django, and Django needs the environment to be sound.
    from contri.sandbox import clockwork
    from contri.sandbox.mailbox.smtp import start_mail_server
    from contri.sandbox.server import SandboxServer
    from contri.sandbox.wsgi import application

    server = _bound(lambda: SandboxServer(environment.port), "SANDBOX_PORT", environment.port)
    mail = _bound(lambda: start_mail_server(environment.smtp_port), "SANDBOX_SMTP_PORT", environment.smtp_port)
    server.set_app(application)
    clockwork.start()
    signal.signal(signal.SIGTERM, _interrupt)
    if until_stdin_closes:
        threading.Thread(target=_interrupt_at_end_of_stdin, daemon=True).start()
    logger.info("The sandbox answers at %s and takes mail on port %s.", environment.base_url, environment.smtp_port)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        clockwork.stop()
        mail.stop()
        server.server_close()


def _bound(listen: Callable[[], ListenerT], variable: str, port: int) -> ListenerT:
    try:
        return listen()
    except OSError as error:
        raise SandboxRefusedError(
            f"Port {port} ({variable}) cannot be used: {os.strerror(error.errno or 0)}."
        ) from error


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _interrupt_at_end_of_stdin() -> None:
    # Not through sys.stdin: its lock, held by this thread, would keep the interpreter from ending.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
