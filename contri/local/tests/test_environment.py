"""The environment that a local run fills in."""

from pathlib import Path

import pytest

from contri.env import load
from contri.local.environment import Ports, chosen_ports, filled, local_values, production_like_values
from contri.local.faults import LocalFaultError
from contri.local.keys import fresh_keys

PORTS = Ports(web=8000, sandbox=8001, sandbox_smtp=8002)


def values(stage="local"):
    return local_values(
        stage=stage,
        database_url="postgresql://contri_app:x@127.0.0.1:5432/contri",
        redis_url="redis://127.0.0.1:6379/0",
        ports=PORTS,
        keys=fresh_keys(),
        sandbox_data=Path("/nowhere"),
    )


def test_contri_starts_with_nothing_but_the_local_values():
    environment = load(values())

    assert environment.stage == "local"
    assert environment.paystack_base_url == "http://127.0.0.1:8001/paystack"
    assert environment.smile_id_base_url == "http://127.0.0.1:8001/smileid/v1"
    assert environment.email_url == "smtp://127.0.0.1:8002"
    assert environment.public_base_url == "http://127.0.0.1:8000"


def test_the_production_like_values_pass_the_checks_of_production():
    assert load(values("production") | production_like_values()).is_production


def test_what_is_set_stays_even_when_it_is_set_to_nothing():
    chosen = {"PAYSTACK_BASE_URL": "http://elsewhere:9000", "CORS_ALLOWED_ORIGINS": "", "UNRELATED": "x"}

    result = filled(chosen, values())

    assert {name: result[name] for name in chosen} == chosen
    assert result["SMILE_ID_BASE_URL"] == "http://127.0.0.1:8001/smileid/v1"


def test_ports_are_those_set_or_8000_and_8001():
    assert chosen_ports({}, smtp=8002) == PORTS
    assert chosen_ports({"PORT": "9000", "SANDBOX_PORT": " 9001 ", "SANDBOX_SMTP_PORT": "9002"}, smtp=8002) == Ports(
        web=9000, sandbox=9001, sandbox_smtp=9002
    )


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", "٨٠٠٠"])
def test_what_is_no_port_is_refused_by_name(value):
    with pytest.raises(LocalFaultError, match=r"^PORT must be a port number from 1 to 65535"):
        chosen_ports({"PORT": value}, smtp=8002)


def test_two_servers_on_one_port_are_refused():
    with pytest.raises(LocalFaultError, match="must be three different ports"):
        chosen_ports({"PORT": "8001"}, smtp=8002)
