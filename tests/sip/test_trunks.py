"""Trunks: who may come in, registration, health, and what a failed call means."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from ivr.engine.events import Failure, LineFailed
from ivr.errors import SipError
from ivr.gateway import Listen
from ivr.sip.way import Way
from tests.sip.desk import Desk, a_gateway, a_registration, a_trunk
from tests.sip.peer import Answer, Peer, Reply

OpenDesk = Callable[..., Desk]
OpenPeer = Callable[[Answer], Peer]


def test_options_tell_whether_a_trunk_is_up(peer: OpenPeer, open_desk: OpenDesk) -> None:
    answers = [Reply(200)]
    pbx = peer(lambda _request: answers)

    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, seconds_between_options=0.2)))
    desk.until(lambda: desk.endpoint.status()[0].is_up)
    status = desk.endpoint.status()[0]

    assert desk.trunks == [("pbx",)]
    assert status.registered is None
    assert status.rtt is not None
    assert 0 <= status.rtt < 0.2

    answers.clear()
    desk.run(0.3)
    desk.later(4.0)
    desk.until(lambda: not desk.endpoint.status()[0].is_up)

    assert desk.trunks == [("pbx",), ()]
    assert desk.endpoint.status()[0].rtt is None

    answers.append(Reply(404))
    desk.until(lambda: desk.endpoint.status()[0].is_up, 6)

    assert desk.trunks == [("pbx",), (), ("pbx",)]


def test_a_trunk_that_answers_503_is_down(peer: OpenPeer, open_desk: OpenDesk) -> None:
    pbx = peer(lambda _request: [Reply(503)])

    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, seconds_between_options=0.2)))
    desk.until(lambda: "OPTIONS" in pbx.methods())
    desk.run(0.3)

    assert desk.trunks == []
    line = desk.dial("+4520304050", trunk="pbx")
    desk.until(lambda: desk.events)
    assert desk.events == [LineFailed(1, Failure.UNREACHABLE)]
    assert line.is_over


def test_a_trunk_may_be_named(peer: OpenPeer, open_desk: OpenDesk) -> None:
    pbx = peer(lambda _request: [Reply(200)])

    desk = open_desk(a_gateway(a_trunk(proxy=f"localhost:{pbx.port}", seconds_between_options=0.2)))
    desk.until(lambda: desk.endpoint.status()[0].is_up)

    assert pbx.requests[0].uri == f"sip:localhost:{pbx.port}"


def test_a_name_that_nobody_knows_is_a_trunk_that_is_down(open_desk: OpenDesk) -> None:
    desk = open_desk(a_gateway(a_trunk(proxy="nowhere.invalid:5060")))
    desk.run(0.2)
    desk.dial("+4520304050", trunk="pbx")
    desk.until(lambda: desk.events)

    assert desk.events == [LineFailed(1, Failure.UNREACHABLE)]


def test_a_name_that_moves_is_followed(
    peer: OpenPeer, open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked up anew when nobody answers; the account then leads to the new address."""
    pbx = peer(lambda _request: [Reply(200)])
    found = ["127.0.0.99", "127.0.0.1"]

    def look_up(*_asked: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        address = found.pop(0) if len(found) > 1 else found[0]
        return [(2, 2, 17, "", (address, 0))]

    monkeypatch.setattr("ivr.sip.names.socket.getaddrinfo", look_up)
    desk = open_desk(
        a_gateway(a_trunk(proxy=f"pbx.example:{pbx.port}", seconds_between_options=0.2))
    )
    desk.run(0.3)
    assert not desk.endpoint.status()[0].is_up

    desk.later(5.0)
    desk.until(lambda: desk.endpoint.status()[0].is_up)

    assert pbx.requests[0].uri == f"sip:pbx.example:{pbx.port}"


def test_trunks_are_offered_in_order_of_preference(peer: OpenPeer, open_desk: OpenDesk) -> None:
    pbx = peer(lambda _request: [Reply(200)])
    ways = [
        a_trunk(name=name, proxy=pbx.address, outgoing=name != "inward", seconds_between_options=1)
        for name in ("first", "inward", "last")
    ]

    desk = open_desk(a_gateway(*ways))
    desk.until(lambda: len(desk.trunks) and len(desk.trunks[-1]) == 2)

    assert desk.trunks[-1] == ("first", "last")


def test_a_trunk_that_nothing_listens_for_is_told_at_once() -> None:
    with pytest.raises(SipError, match=r"trunk pbx goes over tcp to 127\.0\.0\.1:9"):
        Desk(a_gateway(a_trunk(protocol="tcp")))


def test_a_port_that_is_taken_is_told_by_name(desk: Desk) -> None:
    wanted = desk.sip.listen[0]
    desk.close()
    taken = Peer(lambda _request: [])
    try:
        with pytest.raises(SipError, match=f"cannot listen on udp 127.0.0.1 port {taken.port}"):
            Desk(replace(desk.sip, listen=(replace(wanted, port=taken.port),)))
    finally:
        taken.stop()


def test_a_source_that_is_no_trunk_is_counted(peer: OpenPeer, open_desk: OpenDesk) -> None:
    stranger = peer(lambda _request: [])
    elsewhere = a_trunk(sources=(ip_network("192.0.2.0/24"),))
    desk = open_desk(a_gateway(elsewhere))

    stranger.send(_invite(stranger.port, desk.port), desk.port)
    desk.until(lambda: desk.rejected)

    assert desk.rejected == {"not_a_trunk": 1}
    assert desk.warnings == ["refused a call from 127.0.0.1, which is no trunk"]
    assert desk.lines == []


def test_calls_come_in_from_a_registrar_however_its_address_is_spelt() -> None:
    trunk = a_trunk(proxy="[2001:DB8:0::7]:5060", sources=(), registration=a_registration())
    way = Way(trunk, (Listen("udp", "::", 5060),))
    way.addresses = (way.host,)

    assert way.admits(ip_address("2001:db8::7"))
    assert not way.admits(ip_address("2001:db8::8"))


def _invite(sender: int, receiver: int) -> str:
    return "\r\n".join(
        (
            f"INVITE sip:600@127.0.0.1:{receiver} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{sender};branch=z9hG4bKstranger",
            f"From: <sip:nobody@127.0.0.1:{sender}>;tag=1",
            f"To: <sip:600@127.0.0.1:{receiver}>",
            "Call-ID: stranger",
            "CSeq: 1 INVITE",
            f"Contact: <sip:nobody@127.0.0.1:{sender}>",
            "Max-Forwards: 70",
            "Content-Length: 0",
            "",
            "",
        )
    )
