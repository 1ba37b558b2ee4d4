"""Where a checkout keeps its data: one git-ignored folder, and who may enter it.

PostgreSQL refuses to run as root. Started by root, it is dropped to `nobody`, and then its data and its programs must
lie where that user can go. A checkout under /root (mode 700) is out of its reach; such a checkout keeps these two
under /var/lib instead, never under a folder that everyone may write to.
"""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from contri.local.faults import LocalFaultError

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SYSTEM_DATA = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The unprivileged account that PostgreSQL runs under when root starts it."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The layout of one data folder. Nothing exists until `create` made it."""

    root: Path

    @property
    def keys(self) -> Path:
        return self.root / "keys.json"

    @property
    def run_env(self) -> Path:
        return self.root / "run.env"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def sandbox(self) -> Path:
        return self.root / "sandbox"

    @property
    def postgres(self) -> Path:
        user = service_user()
        if user is None or may_enter(user, self.root.parent):
            return self.root / "postgres"
        return out_of_reach_folder(self.root) / "postgres"

    def create(self) -> None:
        """Make the folder, open to pass through (PostgreSQL's user must), closed to listing.

        Raises:
            LocalFaultError: it belongs to another user or cannot be written.
        """
        try:
            self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
            if self.root.stat().st_uid == os.geteuid():
                self.root.chmod(0o711)
            writable = os.access(self.root, os.W_OK | os.X_OK)
        except OSError as error:
            raise LocalFaultError(f"Cannot make the data folder {self.root}: {error.strerror}.") from error
        if not writable:
            owner = self.root.stat().st_uid
            raise LocalFaultError(
                f"The data folder {self.root} belongs to user {owner}: run as that user, or remove it."
            )

    def remove(self) -> None:
        """Remove everything in it for good, and what stands in for it where PostgreSQL's user could not go."""
        shutil.rmtree(self.root, ignore_errors=True)
        if service_user() is not None:
            shutil.rmtree(out_of_reach_folder(self.root), ignore_errors=True)


def project_data() -> DataFolder:
    """The data folder of this checkout, kept from one `make run` to the next."""
    return DataFolder(PROJECT_ROOT / ".local")


def service_user() -> ServiceUser | None:
    """Whom PostgreSQL must run as: `nobody` when we are root, otherwise None (ourselves)."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam("nobody")
    return ServiceUser(account.pw_name, account.pw_uid, account.pw_gid)


def may_enter(user: ServiceUser, folder: Path) -> bool:
    """Whether `user` can reach what lies inside `folder`, judged by the mode of every folder on the way."""
    resolved = folder.resolve()
    return all(_may_pass(user, step) for step in (resolved, *resolved.parents))


def out_of_reach_folder(of: Path) -> Path:
    """The folder under /var/lib that stands in for `of` where PostgreSQL's user cannot go (root only)."""
    mark = hashlib.sha256(str(of.resolve()).encode()).hexdigest()[:12]
    return SYSTEM_DATA / f"contri-{mark}"


def _may_pass(user: ServiceUser, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
