"""A gateway that cannot start says in one line what is in its way."""

import socket
from contextlib import closing

import pytest

from tests.gateway.conftest import Open
from tests.gateway.house import House
from tests.gateway.site import LOOPBACK
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740616"


@pytest.mark.parametrize(
    ("what", "kind", "says"),
    [
        ("metrics", socket.SOCK_STREAM, "cannot serve metrics at 127.0.0.1:{port}"),
        ("sip", socket.SOCK_DGRAM, "cannot listen on udp 127.0.0.1 port {port}"),
        ("sip", socket.SOCK_STREAM, "cannot listen on tcp 127.0.0.1 port {port}"),
    ],
)
def test_a_port_that_is_taken_is_named(
    opened: Open, what: str, kind: socket.SocketKind, says: str
) -> None:
    house = opened()
    port: int = getattr(house.site, what)
    with closing(socket.socket(socket.AF_INET, kind)) as other:
        other.bind((LOOPBACK, port))
        if kind is socket.SOCK_STREAM:
            other.listen()

        said = house.ivr("run", str(house.site.folder), status=1)

    assert f"ivr: {says.format(port=port)}" in said
    assert "Address already in use" in said
    assert "Traceback" not in said
    assert not house.site.control.exists()


def test_a_trunk_that_nothing_listens_for_is_named(opened: Open) -> None:
    house = opened()
    house.site.change({"gateway.yaml": {"sip": {"listen": f"udp {LOOPBACK}:{house.site.sip}"}}})
    house.site.change({"gateway.yaml": {"sip": {"trunks": {"pbx": {"protocol": "tcp"}}}}})

    said = house.ivr("run", str(house.site.folder), status=1)

    assert "pbx" in said
    assert "Traceback" not in said


def test_a_second_gateway_of_the_same_site_does_not_start(opened: Open) -> None:
    house = opened()
    house.start()

    said = house.ivr("run", str(house.site.folder), status=1)

    assert "another ivr is running with the journal" in said
    still_answers(house)


def still_answers(house: House) -> None:
    with Wire(house.site.sip) as wire:
        house.ring(wire, NUMBER).tells("says menu.demo.long")
