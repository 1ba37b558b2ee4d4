"""Calls that schemathesis makes up from the schema: each by itself, and many after each other along what they answer.

They are made by people with money, PINs and circles, so that they get past the doors. No answer may be a crash, or one
that the schema does not know. The suite makes a few hundred calls, always the same;
`FUZZ_CALLS=100 FUZZ_SEED=7 make test ARGS=contri/tests/test_fuzzed_schema.py` makes a hundred times as many others.
"""

import os
from contextlib import closing, suppress

import hypothesis
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from contri.wsgi import application

pytestmark = pytest.mark.django_db

CALLS = int(os.environ.get("FUZZ_CALLS", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
LIVES, STEPS = 8, 12


def amount(examples: int, steps: int = 1) -> hypothesis.settings:
    """So many, and all of them: what is wrong is written down rather than shrunk."""
    return hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
        database=None,
    )


@pytest.fixture
def fuzzer(cast):
    # A second of start that only this test has to wait for.
    from contri.tests.fuzzing import Fuzzer

    return Fuzzer(cast)


@pytest.fixture(autouse=True, scope="module")
def the_tests_own_connection_stays_open():
    """As the client of Django's own tests does it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def schema(the_tests_own_connection_stays_open):
    """The schema as it is served."""
    import schemathesis

    return schemathesis.openapi.from_wsgi("/api/schema?format=json", answered_in_one)


def answered_in_one(environ, start_response):
    """The WSGI application; it closes its files, which schemathesis does not ask of it.

    Of half of the calls that break the schema schemathesis takes the token away, which the role matrix tries already.
    """
    environ["HTTP_AUTHORIZATION"] = environ.get("HTTP_X_CALLER", "")
    with closing(application(environ, start_response)) as answer:
        return [b"".join(answer)]


def test_every_answer_to_what_the_schema_allows_and_forbids_is_one_of_the_schemas(fuzzer, schema):
    from schemathesis import GenerationMode

    for operation in schema.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = operation.ok().as_strategy(generation_mode=mode)
            hypothesis.seed(SEED)(amount(CALLS)(hypothesis.given(strategy)(fuzzer.try_alone)))()

    assert fuzzer.found == {}


def test_so_is_every_answer_to_calls_that_use_what_others_answered(fuzzer, schema):
    from contri.tests.fuzzing import life_of

    life = life_of(schema, fuzzer)
    for turn in range(CALLS):
        hypothesis.seed(SEED + turn)(life)
        # What comes out otherwise when it is played again, as a moment has passed, ends one turn early.
        with suppress(hypothesis.errors.FlakyStrategyDefinition):
            life.run(settings=amount(LIVES, STEPS))

    assert fuzzer.found == {}
    assert sum(fuzzer.answers.values()) > STEPS * CALLS
