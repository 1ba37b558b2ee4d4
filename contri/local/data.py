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
    system_data: Path = SYSTEM_DATA

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
    def smtp_port(self) -> Path:
        return self.root / "smtp-port"

    @property
    def counts(self) -> Path:
        """Where the processes of one run keep what they count for Prometheus."""
        return self.root / "counts"

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
        return self.elsewhere / "postgres"

    @property
    def elsewhere(self) -> Path:
        """What stands in for this folder, for PostgreSQL alone, where its user cannot go (root only)."""
        mark = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return self.system_data / f"contri-{mark}"

    def fresh_counts(self) -> Path:
        """The folder for counts, empty: those of an earlier run belong to processes that are gone."""
        shutil.rmtree(self.counts, ignore_errors=True)
        self.counts.mkdir(mode=0o700)
        return self.counts

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
        """Remove for good what a run keeps here, and only that: CONTRI_DATA may name a folder that holds other things.

        Raises:
            LocalFaultError: something cannot be removed.
        """
        try:
            for folder in (self.postgres, self.valkey, self.sandbox, self.elsewhere):
                if folder.is_dir():
                    shutil.rmtree(folder)
            for file in (self.keys, self.run_env, self.smtp_port, self.lock):
                file.unlink(missing_ok=True)
            if self.root.is_dir() and not any(self.root.iterdir()):
                self.root.rmdir()
        except OSError as error:
            raise LocalFaultError(f"Cannot remove {error.filename}: {error.strerror}.") from error


def project_data() -> DataFolder:
    """The data folder of this checkout, kept from one `make run` to the next.

    CONTRI_DATA names another, for a second copy beside the first (which wants ports of its own, too).
    """
    chosen = os.environ.get("CONTRI_DATA")
    return DataFolder(Path(chosen).resolve() if chosen else PROJECT_ROOT / ".local")


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


def _may_pass(user: ServiceUser, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
