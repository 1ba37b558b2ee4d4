"""`python -m contri.local run | with | env | clean`: run Contri, or one command in an environment of its own."""

import argparse
import os
import signal
import subprocess
import sys

from contri.local.console import Console
from contri.local.data import PROJECT_ROOT, project_data
from contri.local.environment import Ports, filled, local_values, production_like_values
from contri.local.faults import LocalFaultError
from contri.local.keys import fresh_keys, kept_keys
from contri.local.locks import is_held
from contri.local.ports import free_ports
from contri.local.throwaway import throwaway_folder, throwaway_servers

NOWHERE = "postgresql://contri@127.0.0.1:1/contri"
NO_REDIS = "redis://127.0.0.1:1/0"


def main() -> int:
    """Do what the command line says; its exit code."""
    options = _options()
    try:
        if options.action == "run":
            return _run()
        if options.action == "clean":
            return _clean()
        if not options.command:
            raise LocalFaultError(f"Say what to run: python -m contri.local {options.action} -- COMMAND …")
        if options.action == "with":
            return _with_servers(options.command)
        return _with_values(options.command, stage=options.stage)
    except LocalFaultError as fault:
        Console(sys.stderr).complain(str(fault))
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m contri.local", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="everything, under one supervisor, until Ctrl-C")
    with_servers = actions.add_parser("with", help="one command, with throw-away servers and local values")
    with_servers.add_argument("command", nargs=argparse.REMAINDER)
    with_values = actions.add_parser("env", help="one command, with values for every variable but no servers")
    with_values.add_argument("--stage", choices=("local", "test", "production"), default="local")
    with_values.add_argument("command", nargs=argparse.REMAINDER)
    actions.add_parser("clean", help="remove the data of this checkout for good")
    options = parser.parse_args()
    command = getattr(options, "command", [])
    options.command = command[1:] if command[:1] == ["--"] else command
    return options


def _run() -> int:
    # Imported here: it pulls in the environment's checks, which the other two do not need.
    from contri.local.supervisor import Supervisor

    Supervisor(project_data(), os.environ, Console()).run()
    return 0


def _clean() -> int:
    data = project_data()
    if is_held(data.lock):
        raise LocalFaultError("Contri is running here: stop it before its data is removed.")
    data.remove()
    return 0


def _with_servers(command: list[str]) -> int:
    with throwaway_folder() as folder:
        keys = kept_keys(folder.keys)
        with throwaway_servers(folder, keys, os.environ) as servers:
            values = local_values(
                stage="local",
                database_url=servers.owner_url,
                redis_url=servers.redis_url,
                ports=Ports(*free_ports(3)),
                keys=keys,
                sandbox_data=folder.sandbox,
            )
            return _exit_code_of(command, filled(os.environ, values))


def _with_values(command: list[str], *, stage: str) -> int:
    values = local_values(
        stage=stage,
        database_url=NOWHERE,
        redis_url=NO_REDIS,
        ports=Ports(*free_ports(3)),
        keys=fresh_keys(),
        sandbox_data=project_data().sandbox,
    )
    if stage == "production":
        values |= production_like_values()
    return _exit_code_of(command, filled(os.environ, values))


def _exit_code_of(command: list[str], environ: dict[str, str]) -> int:
    """Run a command at the terminal. Signals reach it: Ctrl-C by the terminal, the request to end through us."""
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        process = subprocess.Popen(command, env=environ, cwd=PROJECT_ROOT)
    except OSError as error:
        raise LocalFaultError(f"Cannot run {command[0]}: {error.strerror}.") from error
    signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
