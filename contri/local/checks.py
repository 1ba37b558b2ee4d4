"""Questions asked before anything starts, so that a broken environment ends in a sentence and not in a trace."""

from collections.abc import Mapping

from contri.env import EnvironmentFaultsError, load
from contri.local.environment import Ports
from contri.local.faults import LocalFaultError
from contri.local.ports import is_taken

CONNECT_SECONDS = 3


def require_free_ports(ports: Ports, *, with_sandbox: bool) -> None:
    """Refuse when somebody else listens where we shall.

    Raises:
        LocalFaultError: names the port and the variable that chooses another.
    """
    wanted = {"PORT": ports.web}
    if with_sandbox:
        wanted |= {"SANDBOX_PORT": ports.sandbox, "SANDBOX_SMTP_PORT": ports.sandbox_smtp}
    for variable, port in wanted.items():
        if is_taken(port):
            raise LocalFaultError(
                f"Port {port} is taken by another program: stop that one, or set {variable} to a free port."
            )


def require_sound_environment(values: Mapping[str, str]) -> None:
    """Refuse an environment that Contri would not start with.

    Raises:
        LocalFaultError: lists every fault at once.
    """
    try:
        load(values)
    except EnvironmentFaultsError as error:
        raise LocalFaultError(str(error)) from error


def require_database(url: str) -> None:
    """Refuse a DATABASE_URL that does not lead to a PostgreSQL we may log in to.

    Raises:
        LocalFaultError: says what the server, or the way to it, answered; never the password.
    """
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.Error as error:
        raise LocalFaultError(f"DATABASE_URL leads to no usable PostgreSQL: {_first_line(error)}") from error


def require_redis(url: str) -> None:
    """Refuse a REDIS_URL that does not lead to a Redis or Valkey we may use.

    Raises:
        LocalFaultError: says what the server, or the way to it, answered.
    """
    import redis

    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise LocalFaultError(f"REDIS_URL leads to no usable Redis: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
