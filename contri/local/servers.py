"""The pair of servers that Contri needs: embedded ones, or those that DATABASE_URL and REDIS_URL name."""

from collections.abc import Mapping

from contri.local.data import DataFolder
from contri.local.postgres import EmbeddedPostgres
from contri.local.processes import Process
from contri.local.valkey import EmbeddedValkey


class LocalServers:
    """PostgreSQL and Valkey over one data folder. A server named by the environment is used as it is, never started."""

    def __init__(
        self, folder: DataFolder, keys: dict[str, str], environ: Mapping[str, str], *, max_connections: int = 100
    ) -> None:
        self._given_database_url = environ.get("DATABASE_URL")
        self._given_redis_url = environ.get("REDIS_URL")
        self._postgres: EmbeddedPostgres | None = None
        self._valkey: EmbeddedValkey | None = None
        if self._given_database_url is None:
            self._postgres = EmbeddedPostgres(folder.postgres, keys, max_connections=max_connections)
        if self._given_redis_url is None:
            self._valkey = EmbeddedValkey(folder.valkey, keys)

    @property
    def owner_url(self) -> str:
        """For migrations."""
        return self._postgres.owner_url if self._postgres else self._given_database_url or ""

    @property
    def app_url(self) -> str:
        """For everything that serves."""
        return self._postgres.app_url if self._postgres else self._given_database_url or ""

    @property
    def redis_url(self) -> str:
        return self._valkey.url() if self._valkey else self._given_redis_url or ""

    @property
    def processes(self) -> dict[str, Process]:
        """The embedded servers that were started, by name."""
        embedded = {"postgres": self._postgres, "valkey": self._valkey}
        return {name: server.process for name, server in embedded.items() if server is not None and server.process}

    def start(self) -> None:
        """Start what is embedded.

        Raises:
            LocalFaultError: a server does not come up; none is left running then.
        """
        try:
            # Valkey first: its process is there at once, and it loads while PostgreSQL starts.
            if self._valkey is not None:
                self._valkey.start()
            if self._postgres is not None:
                self._postgres.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what was started here. Harmless when nothing was."""
        for server in (self._postgres, self._valkey):
            if server is not None:
                server.stop()

    def grant_runtime_role(self) -> None:
        """After migrating: give the app's login the run-time rights. On a server of one's own, its owner does that."""
        if self._postgres is not None:
            self._postgres.grant_runtime_role()
