"""How `manage.py`, run by hand, finds what `make run` has started.

While it is up, the supervisor keeps its variables in `run.env` beside its lock. The lock tells whether they still hold:
the kernel drops it with the supervisor, however that ended.
"""

import shlex
import sys
from collections.abc import Mapping, MutableMapping, Sequence

from contri.local.data import DataFolder, project_data
from contri.local.keys import write_private
from contri.local.locks import is_held

# Any of these set means that somebody has chosen an environment: then nothing is guessed.
CHOSEN_BY = ("STAGE", "DATABASE_URL")
OWNER_DATABASE_URL = "CONTRI_OWNER_DATABASE_URL"
# The commands that change the schema or need all of it. Everything else must do with the running Contri's rights.
OWNER_COMMANDS = frozenset({"migrate", "flush", "backup", "restore_drill"})


def adopt_running_servers(
    environ: MutableMapping[str, str], *, argv: Sequence[str] | None = None, data: DataFolder | None = None
) -> None:
    """Fill what `environ` lacks with the variables of the running `make run`, if there is one and none was chosen.

    The commands of the database's owner get its login, every other command the run-time role that the web server has.
    """
    data = data or project_data()
    if any(name in environ for name in CHOSEN_BY) or not is_held(data.lock):
        return
    values = _read(data)
    owner_url = values.pop(OWNER_DATABASE_URL, None)
    command = (sys.argv if argv is None else argv)[1:2]
    if owner_url and set(command) & OWNER_COMMANDS:
        values["DATABASE_URL"] = owner_url
    for name, value in values.items():
        environ.setdefault(name, value)


def leave_running_servers(data: DataFolder, values: Mapping[str, str], *, owner_url: str) -> None:
    """Write down, for the owner of the data folder only, how to reach what has been started."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in {**values, OWNER_DATABASE_URL: owner_url}.items()]
    write_private(data.run_env, "".join(lines))


def _read(data: DataFolder) -> dict[str, str]:
    try:
        lines = data.run_env.read_text().splitlines()
    except OSError:
        # Not written yet, or another user's run: theirs is not ours to use.
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}
