"""Argon2 at the least cost that it allows. Slowness is its purpose in production and nobody's in most tests."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """The same algorithm and format as in production, a thousand times cheaper."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
