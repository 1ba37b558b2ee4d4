"""Servers that exist for one command or one test run, over a temporary folder that goes with them."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from contri.local.data import DataFolder, may_enter, service_user
from contri.local.faults import LocalFaultError
from contri.local.keys import kept_keys
from contri.local.locks import FileLock, is_held
from contri.local.servers import LocalServers

PREFIX = "contri-throwaway-"
# Young folders are let be: their owner may not have taken its lock yet.
LEFT_BEHIND_AFTER_SECONDS = 60.0


@contextmanager
def throwaway_folder() -> Iterator[DataFolder]:
    """A data folder under the temporary folder, removed in the end; those of killed runs are removed now."""
    place = _temporary_place()
    _remove_left_behind(place)
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=PREFIX, dir=place)))
    folder.create()
    lock = FileLock(folder.lock)
    lock.take()
    try:
        yield folder
    finally:
        shutil.rmtree(folder.root, ignore_errors=True)
        lock.release()


@contextmanager
def throwaway_servers(
    folder: DataFolder, keys: dict[str, str], environ: Mapping[str, str], *, max_connections: int = 200
) -> Iterator[LocalServers]:
    """Running servers over `folder`; those that `environ` names are used instead and left alone.

    Raises:
        LocalFaultError: a server does not come up.
    """
    servers = LocalServers(folder, keys, environ, max_connections=max_connections)
    servers.start()
    try:
        yield servers
    finally:
        servers.stop()


def throwaway_keys(folder: DataFolder) -> dict[str, str]:
    """Fresh secrets for one throw-away run."""
    return kept_keys(folder.keys)


def _temporary_place() -> Path:
    user = service_user()
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 (mkdtemp makes a private folder)
    for place in places:
        if place.is_dir() and (user is None or may_enter(user, place)):
            return place
    raise LocalFaultError("There is no temporary folder that PostgreSQL's user can enter: set TMPDIR to one.")


def _remove_left_behind(place: Path) -> None:
    for root in place.glob(f"{PREFIX}*"):
        try:
            status = root.lstat()
        except FileNotFoundError:
            continue
        is_old = time.time() - status.st_mtime > LEFT_BEHIND_AFTER_SECONDS
        if status.st_uid == os.geteuid() and is_old and not is_held(DataFolder(root).lock):
            shutil.rmtree(root, ignore_errors=True)
