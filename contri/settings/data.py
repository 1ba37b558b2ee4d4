"""Where the truth is kept (PostgreSQL) and what may be forgotten (Redis)."""

from typing import Any

import environ

from contri.settings.environment import ENV

CONNECTION_LIFETIME_SECONDS = 600
# Whoever gets no connection for this long answers 503 with Retry-After: within two seconds while PostgreSQL is away.
# Tests of a hundred calls at once run on machines that do ten other things.
WAIT_FOR_CONNECTION_SECONDS = 30.0 if ENV.stage == "test" else 1.5
# A pool that fails to connect tries again at growing intervals; given up early, the next call starts afresh, and an
# outage is over when it is over.
RECONNECT_SECONDS = 2.0

DATABASES: dict[str, dict[str, Any]] = {"default": dict(environ.Env.db_url_config(ENV.database_url))}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "ATOMIC_REQUESTS": False,
    # PgBouncer in transaction mode cannot keep a cursor between two statements.
    "DISABLE_SERVER_SIDE_CURSORS": True,
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {
            "min_size": 0,
            "max_size": 10,
            "timeout": WAIT_FOR_CONNECTION_SECONDS,
            "max_lifetime": CONNECTION_LIFETIME_SECONDS,
            "reconnect_timeout": RECONNECT_SECONDS,
        },
        # Milliseconds: nobody waits longer for a lock, a statement or an abandoned transaction.
        "options": "-c lock_timeout=3000 -c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000",
    },
}

REDIS_URL = ENV.redis_url

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "contri",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    },
}

# Channels' own way to groups of sockets, for what may get lost. Ours hear by rooms instead: docs/adr/0030.
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "contri-channels"},
    },
}
