"""Ports that are free, taken or remembered."""

import socket
from contextlib import contextmanager

import pytest

from contri.local.checks import require_free_ports
from contri.local.environment import Ports
from contri.local.faults import LocalFaultError
from contri.local.ports import free_ports, is_taken, remembered_port


@contextmanager
def listening_on(port, address="127.0.0.1"):
    with socket.create_server((address, port)):
        yield


@pytest.mark.parametrize("address", ["127.0.0.1", ""], ids=["loopback", "everywhere"])
def test_a_port_is_taken_while_somebody_listens_there(address):
    [port] = free_ports(1)

    with listening_on(port, address):
        assert is_taken(port)
    assert not is_taken(port)


def test_a_server_gets_the_port_it_had_last_time(tmp_path):
    note = tmp_path / "deep" / "port"

    port = remembered_port(note)

    assert remembered_port(note) == port


def test_a_remembered_port_that_somebody_else_took_is_given_up(tmp_path):
    port = remembered_port(tmp_path / "port")

    with listening_on(port):
        other = remembered_port(tmp_path / "port")

    assert other != port
    assert remembered_port(tmp_path / "port") == other


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT"])
def test_a_taken_port_is_refused_with_its_number_and_its_variable(variable):
    web, sandbox, smtp = free_ports(3)
    taken = {"PORT": web, "SANDBOX_PORT": sandbox, "SANDBOX_SMTP_PORT": smtp}[variable]

    with listening_on(taken), pytest.raises(LocalFaultError) as refusal:
        require_free_ports(Ports(web, sandbox, smtp), with_sandbox=True)

    assert str(refusal.value) == (
        f"Port {taken} is taken by another program: stop that one, or set {variable} to a free port."
    )


def test_without_a_sandbox_its_ports_do_not_matter():
    web, sandbox, smtp = free_ports(3)

    with listening_on(sandbox):
        require_free_ports(Ports(web, sandbox, smtp), with_sandbox=False)
