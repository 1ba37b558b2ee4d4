"""The embedded Valkey."""

import pytest
import redis

from contri.local.keys import fresh_keys
from contri.local.throwaway import throwaway_folder
from contri.local.valkey import EmbeddedValkey

KEYS = fresh_keys()


@pytest.fixture
def folder():
    with throwaway_folder() as data:
        yield data.valkey


@pytest.fixture
def server(folder):
    server = EmbeddedValkey(folder, KEYS)
    server.start()
    yield server
    server.stop()


def client(server, **options):
    return redis.Redis.from_url(server.url(**options), decode_responses=True)


def test_what_was_written_is_there_after_a_restart(server):
    with client(server) as before:
        before.set("limit", "5")
    server.stop()

    server.start()

    with client(server) as after:
        assert after.get("limit") == "5"


def test_nothing_is_thrown_out_when_memory_is_full(server):
    with client(server) as asking:
        assert asking.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_key_spaces_are_apart(server):
    with client(server) as first, client(server, database=3) as other:
        first.set("name", "first")
        assert other.get("name") is None


def test_nobody_gets_in_without_the_password(server):
    with (
        redis.Redis.from_url(server.url().replace(KEYS["VALKEY_PASSWORD"], "guess")) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_a_server_left_over_is_ended_before_another_starts_on_its_folder(folder, server):
    left_over = server.process
    with client(server) as before:
        before.set("name", "kept")

    other = EmbeddedValkey(folder, KEYS)
    other.start()
    try:
        assert left_over.wait(timeout=5) == 0
        with client(other) as after:
            assert after.get("name") == "kept"
    finally:
        other.stop()
