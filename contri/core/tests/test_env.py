"""The environment: complete, correct and strong, or no start and every fault named at once."""

import os
import subprocess
import sys

import pytest

from contri.env import Environment, EnvironmentFaultsError, load
from contri.tests.environments import GOOD

PRODUCTION = GOOD | {
    "STAGE": "production",
    "PUBLIC_BASE_URL": "https://api.contri.ng",
    "ALLOWED_HOSTS": "api.contri.ng",
    "PAYSTACK_BASE_URL": "https://api.paystack.co",
    "PAYSTACK_SECRET_KEY": "sk_live_1234567890",
    "SMILE_ID_BASE_URL": "https://api.smileidentity.com/v1",
}


def faults_of(source: dict[str, str]) -> list[str]:
    with pytest.raises(EnvironmentFaultsError) as refused:
        load(source)
    return refused.value.faults


def test_a_complete_environment_is_read_into_types() -> None:
    environment = load(GOOD | {"TRUSTED_PROXY_COUNT": "1", "CORS_ALLOWED_ORIGINS": "https://app.contri.ng"})

    assert isinstance(environment, Environment)
    assert environment.public_base_url == "http://127.0.0.1:8000"
    assert environment.allowed_hosts == ("localhost", "127.0.0.1")
    assert environment.trusted_proxy_count == 1
    assert environment.cors_allowed_origins == ("https://app.contri.ng",)


def test_an_empty_environment_lists_every_missing_variable_at_once() -> None:
    required = sorted(GOOD)

    assert sorted(fault.removesuffix(" is missing") for fault in faults_of({})) == required


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("STAGE", "staging", "STAGE must be one of local, test, production"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must be a URL (postgres, postgresql)"),
        ("DATABASE_URL", "", "DATABASE_URL is missing"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must be a URL (redis, rediss, unix)"),
        ("PUBLIC_BASE_URL", "contri.ng", "PUBLIC_BASE_URL must be a URL that starts with http:// or https://"),
        ("PUBLIC_BASE_URL", "http://[", "PUBLIC_BASE_URL must be a URL that starts with http:// or https://"),
        ("TRUSTED_PROXY_COUNT", "ture", "TRUSTED_PROXY_COUNT must be a whole number, 0 or more"),
        ("TRUSTED_PROXY_COUNT", "٣", "TRUSTED_PROXY_COUNT must be a whole number, 0 or more"),
        ("SECRET_KEY", "short", "SECRET_KEY needs at least 32 characters"),
        (
            "FIELD_ENCRYPTION_KEYS",
            "abc",
            "FIELD_ENCRYPTION_KEYS must list Fernet keys (32 bytes, URL-safe base64), newest first",
        ),
        (
            "CORS_ALLOWED_ORIGINS",
            "https://a.ng/x",
            "CORS_ALLOWED_ORIGINS must list origins like https://app.example.ng, without a path",
        ),
        (
            "PAYSTACK_SECRETKEY",
            "x",
            "PAYSTACK_SECRETKEY is not a variable of Contri; did you mean PAYSTACK_SECRET_KEY?",
        ),
    ],
)
def test_a_bad_value_is_one_fault_that_names_the_variable(name: str, value: str, fault: str) -> None:
    assert faults_of(GOOD | {name: value}) == [fault]


def test_faults_never_repeat_the_secret_they_are_about() -> None:
    faults = faults_of(GOOD | {"SECRET_KEY": "hunter2", "FIELD_ENCRYPTION_KEYS": "hunter2"})

    assert len(faults) == 2
    assert not any("hunter2" in fault for fault in faults)


def test_an_environment_shows_none_of_its_secrets() -> None:
    assert repr(load(GOOD)) == "Environment(stage='local')"


def test_strong_production_settings_start() -> None:
    assert load(PRODUCTION).is_production


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SECRET_KEY", "a" * 40, "SECRET_KEY is a weak secret"),
        ("JWT_SIGNING_KEY", "changeme-" * 5, "JWT_SIGNING_KEY is a weak secret"),
        (
            "PIN_PEPPER",
            PRODUCTION["SECRET_KEY"],
            "SECRET_KEY, JWT_SIGNING_KEY and PIN_PEPPER must differ from each other",
        ),
        ("PUBLIC_BASE_URL", "http://api.contri.ng", "PUBLIC_BASE_URL must be https in production"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts in production, not *"),
        ("CORS_ALLOWED_ORIGINS", "http://app.contri.ng", "CORS_ALLOWED_ORIGINS must be https in production"),
        ("PAYSTACK_SECRET_KEY", "sk_test_123", "PAYSTACK_SECRET_KEY must be a live key (sk_live_…) in production"),
        ("PAYSTACK_BASE_URL", "http://127.0.0.1:8001", "PAYSTACK_BASE_URL must be https in production"),
        (
            "EMAIL_URL",
            "sendgrid://:key@api.sendgrid.com",
            "SENDGRID_WEBHOOK_KEY is missing: without it nobody would learn of mails that bounce",
        ),
        ("SMILE_ID_BASE_URL", "http://127.0.0.1:8001", "SMILE_ID_BASE_URL must be https in production"),
    ],
)
def test_production_refuses_a_weak_setting(name: str, value: str, fault: str) -> None:
    assert faults_of(PRODUCTION | {name: value}) == [fault]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"S3_REGION": "eu-west-1"}, "S3_BUCKET is missing while other S3_ variables are set"),
        (
            {"S3_BUCKET": "b", "S3_ACCESS_KEY_ID": "k"},
            "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set both or neither",
        ),
        (
            {"S3_BUCKET": "b", "S3_ENDPOINT_URL": "minio:9000"},
            "S3_ENDPOINT_URL must be a URL that starts with http:// or https://",
        ),
        ({"S3_BUKET": "b"}, "S3_BUKET is not a variable of Contri; did you mean S3_BUCKET?"),
    ],
)
def test_half_a_bucket_does_not_start(given: dict[str, str], fault: str) -> None:
    assert faults_of(GOOD | given) == [fault]


def test_without_a_bucket_pictures_are_kept_on_the_disk() -> None:
    assert load(GOOD).bucket is None
    kept = load(GOOD | {"S3_BUCKET": "pictures", "S3_ACCESS_KEY_ID": "k", "S3_SECRET_ACCESS_KEY": "s-e-c-r-e-t"}).bucket
    assert kept is not None
    assert (kept.name, "s-e-c-r-e-t" in repr(kept)) == ("pictures", False)


def test_a_command_that_cannot_start_lists_the_faults_and_nothing_else() -> None:
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    refused = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environ | GOOD | {"STAGE": "lokal"}, capture_output=True, text=True
    )

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Contri cannot start: 1 fault(s) in the environment\n  - STAGE must be one of local, test, production\n"
    )


def test_in_production_every_fault_is_listed_at_once_whatever_its_kind() -> None:
    source = PRODUCTION | {"PUBLIC_BASE_URL": "http://api.contri.ng", "ALLOWED_HOSTS": "*", "METRICS_TOKEN": "short"}
    del source["PAYSTACK_SECRET_KEY"], source["JWT_SIGNING_KEY"]

    assert sorted(fault.split()[0] for fault in faults_of(source)) == [
        "ALLOWED_HOSTS",
        "JWT_SIGNING_KEY",
        "METRICS_TOKEN",
        "PAYSTACK_SECRET_KEY",
        "PUBLIC_BASE_URL",
    ]
