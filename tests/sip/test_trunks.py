"""Trunks: who may come in, registration, health, and what a failed call means."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from ivr.engine.events import Failure, LineFailed, LineRang
from ivr.errors import SipError
from ivr.gateway import Listen, Registration, Secret
from ivr.sip.way import Way
from tests.sip.desk import Desk, a_gateway, a_trunk
from tests.sip.peer import Answer, Peer, Registrar, Reply, Request, StreamPeer, refusing

OpenDesk = Callable[..., Desk]
OpenPeer = Callable[[Answer], Peer]


@pytest.fixture
def peer() -> Iterator[OpenPeer]:
    peers: list[Peer] = []

    def start(answer: Answer) -> Peer:
        peers.append(Peer(answer))
        return peers[-1]

    yield start
    for one in peers:
        one.stop()


def registration(**changes: object) -> Registration:
    known = Registration("gateway", "pbx.example", Secret("a test", "secret"), "md5", 60)
    return replace(known, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("algorithm", "named"), [("md5", "MD5"), ("sha-256", "SHA-256")])
def test_a_trunk_registers_and_says_goodbye(
    peer: OpenPeer, open_desk: OpenDesk, algorithm: str, named: str
) -> None:
    pbx = peer(Registrar("pbx.example", "gateway", "secret", named))
    trunk = a_trunk(proxy=pbx.address, registration=registration(algorithm=algorithm))

    desk = open_desk(a_gateway(trunk))
    desk.until(lambda: desk.endpoint.status()[0].registered)

    assert desk.trunks == [("pbx",)]

    desk.close()

    assert "expires=0" in pbx.requests[-1].headers["contact"].lower() or (
        pbx.requests[-1].headers.get("expires") == "0"
    )


@pytest.mark.parametrize(
    ("host", "protocol", "kind"),
    [
        ("127.0.0.1", "tcp", StreamPeer),
        ("::1", "tcp", StreamPeer),
        ("::1", "udp", Peer),
    ],
)
def test_a_trunk_goes_over_tcp_and_ipv6_too_and_comes_back(
    open_desk: OpenDesk, host: str, protocol: str, kind: type[Peer | StreamPeer]
) -> None:
    """It registers, carries a call, is missed when it goes, and carries one again."""
    registrar = Registrar("pbx.example", "gateway", "secret", "SHA-256")
    refuses = refusing(486, rings=True)

    def answer(request: Request) -> list[Reply]:
        return refuses(request) if request.method in {"INVITE", "ACK"} else registrar(request)

    pbx = kind(answer, host)
    trunk = a_trunk(
        proxy=pbx.address,
        protocol=protocol,
        registration=registration(algorithm="sha-256"),
        seconds_between_options=0.2,
    )
    desk = open_desk(a_gateway(trunk, address=host, protocol=protocol))
    try:
        desk.until(lambda: desk.trunks == [("pbx",)])
        desk.dial("+4520304050", trunk="pbx")
        desk.until(lambda: desk.has(LineFailed(1, Failure.BUSY, 486)))

        pbx.stop()
        desk.run(0.3)
        desk.later(5.0)
        desk.until(lambda: desk.trunks[-1] == ())

        pbx = kind(answer, host, pbx.port)
        desk.until(lambda: desk.trunks[-1] == ("pbx",), 8)
        desk.dial("+4520304050", trunk="pbx")
        desk.until(lambda: desk.has(LineFailed(2, Failure.BUSY, 486)))
    finally:
        pbx.stop()


def test_credentials_are_not_sent_to_another_realm(peer: OpenPeer, open_desk: OpenDesk) -> None:
    pbx = peer(Registrar("somebody.else", "gateway", "secret", "MD5"))

    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, registration=registration())))
    desk.until(lambda: "REGISTER" in pbx.methods())
    desk.run(0.3)

    assert not any("authorization" in request.headers for request in pbx.requests)
    assert desk.endpoint.status()[0].registered is False
    assert desk.trunks == []


def test_a_weaker_algorithm_than_agreed_is_not_answered(
    peer: OpenPeer, open_desk: OpenDesk
) -> None:
    pbx = peer(Registrar("pbx.example", "gateway", "secret", "MD5"))
    trunk = a_trunk(proxy=pbx.address, registration=registration(algorithm="sha-256"))

    desk = open_desk(a_gateway(trunk))
    desk.until(lambda: "REGISTER" in pbx.methods())
    desk.run(0.3)

    assert not any("authorization" in request.headers for request in pbx.requests)


@pytest.mark.parametrize(
    ("realm", "algorithm", "is_answered"),
    [
        ("pbx.example", "MD5", True),
        ("elsewhere.example", "MD5", False),
        ("pbx.example", "X", False),
    ],
)
def test_a_call_proves_who_we_are_to_our_trunk_only(
    peer: OpenPeer,
    open_desk: OpenDesk,
    realm: str,
    algorithm: str,
    is_answered: bool,  # noqa: FBT001 -- a table
) -> None:
    registrar = Registrar("pbx.example", "gateway", "secret", "MD5")
    challenge = f'Proxy-Authenticate: Digest realm="{realm}", nonce="n", algorithm={algorithm}'

    def answer(request: Request) -> list[Reply]:
        if request.method != "INVITE":
            return registrar(request)
        return [Reply(486 if "proxy-authorization" in request.headers else 407, (challenge,))]

    pbx = peer(answer)
    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, registration=registration())))
    desk.until(lambda: desk.trunks)
    desk.dial("+4520304050", trunk="pbx")
    desk.until(lambda: desk.events)

    failed = (Failure.BUSY, 486) if is_answered else (Failure.REFUSED, 407)
    assert desk.events == [LineFailed(1, *failed)]


def test_a_call_answers_no_weaker_challenge_than_agreed(
    peer: OpenPeer, open_desk: OpenDesk
) -> None:
    registrar = Registrar("pbx.example", "gateway", "secret", "SHA-256")
    challenge = 'Proxy-Authenticate: Digest realm="pbx.example", nonce="n", algorithm=MD5'

    def answer(request: Request) -> list[Reply]:
        return [Reply(407, (challenge,))] if request.method == "INVITE" else registrar(request)

    pbx = peer(answer)
    trunk = a_trunk(proxy=pbx.address, registration=registration(algorithm="sha-256"))
    desk = open_desk(a_gateway(trunk))
    desk.until(lambda: desk.trunks)
    desk.dial("+4520304050", trunk="pbx", seconds_to_ring=3)
    desk.until(lambda: desk.events)

    assert not any("proxy-authorization" in request.headers for request in pbx.requests)
    (failed,) = desk.events
    assert isinstance(failed, LineFailed)
    assert failed.failure is Failure.REFUSED


def test_registration_is_tried_again(peer: OpenPeer, open_desk: OpenDesk) -> None:
    registrar = Registrar("pbx.example", "gateway", "secret", "MD5")
    pbx = peer(lambda _request: [Reply(503)])

    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, registration=registration())))
    desk.until(lambda: "REGISTER" in pbx.methods())
    desk.run(0.1)
    pbx.answer = registrar
    # Nobody reads a clock in there: six seconds later is now.
    desk.later(6.0)
    desk.until(lambda: desk.endpoint.status()[0].registered)

    assert desk.trunks == [("pbx",)]


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


FAILURES = [
    (486, False, Failure.BUSY),
    (600, False, Failure.BUSY),
    (603, True, Failure.DECLINED),
    (480, True, Failure.NO_ANSWER),
    (487, True, Failure.NO_ANSWER),
    (408, True, Failure.NO_ANSWER),
    (408, False, Failure.UNREACHABLE),
    (500, False, Failure.UNREACHABLE),
    (503, True, Failure.UNREACHABLE),
    (404, False, Failure.REFUSED),
    (302, False, Failure.REFUSED),
    (606, False, Failure.REFUSED),
]


def test_what_a_refusal_means(peer: OpenPeer, open_desk: OpenDesk) -> None:
    desk = open_desk()
    for number, (code, rings, failure) in enumerate(FAILURES, 1):
        callee = peer(refusing(code, rings=rings))
        desk.events.clear()
        desk.dial(f"sip:agent@{callee.address}")
        desk.until(lambda: any(isinstance(event, LineFailed) for event in desk.events))

        rang = [LineRang(number)] if rings else []
        assert desk.events == [*rang, LineFailed(number, failure, code)], code


def test_a_call_that_nobody_answers_is_cancelled(peer: OpenPeer, open_desk: OpenDesk) -> None:
    callee = peer(refusing(0, rings=True))
    desk = open_desk()

    desk.dial(f"sip:agent@{callee.address}", seconds_to_ring=0.5)
    desk.until(lambda: "CANCEL" in callee.methods())
    desk.run(0.1)

    assert desk.events == [LineRang(1), LineFailed(1, Failure.NO_ANSWER)]


def test_a_call_to_nobody_is_given_up(peer: OpenPeer, open_desk: OpenDesk) -> None:
    silent = peer(lambda _request: [])
    desk = open_desk()

    desk.dial(f"sip:agent@{silent.address}", seconds_to_ring=0.5)
    desk.until(lambda: desk.events)

    assert desk.events == [LineFailed(1, Failure.UNREACHABLE)]


@pytest.mark.parametrize(
    ("target", "trunk", "failure"),
    [
        ("+4520304050", "no such trunk", Failure.UNREACHABLE),
        ("20304050;evil", "pbx", Failure.REFUSED),
        ("", "pbx", Failure.REFUSED),
        ("not an address", "", Failure.REFUSED),
        ("sip:agent@127.0.0.1>\r\nX: y", "", Failure.REFUSED),
        ("sip:agent@[::1]:5060", "", Failure.UNREACHABLE),
        ("sip:agent@127.0.0.1;transport=tcp", "", Failure.UNREACHABLE),
    ],
)
def test_what_cannot_be_dialled_fails_at_the_next_poll(
    desk: Desk, target: str, trunk: str, failure: Failure
) -> None:
    desk.dial(target, trunk=trunk)
    assert desk.events == []

    desk.until(lambda: desk.events)

    assert desk.events == [LineFailed(1, failure)]


def test_the_called_party_sees_the_number_it_is_to_see(peer: OpenPeer, open_desk: OpenDesk) -> None:
    pbx = peer(refusing(486))
    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address)))

    desk.dial("+4520304050", trunk="pbx")
    desk.until(lambda: desk.events)
    invite = pbx.requests[0]

    assert invite.uri == f"sip:+4520304050@{pbx.address}"
    assert invite.headers["from"].startswith("<sip:+4533663366@")
    assert "m=audio" in invite.text
    assert "m=text" not in invite.text
    assert "m=video" not in invite.text
    assert "telephone-event" in invite.text


def test_a_withheld_number_asks_for_privacy(peer: OpenPeer, open_desk: OpenDesk) -> None:
    pbx = peer(refusing(486))
    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address)))

    desk.endpoint.dial(
        "+4520304050",
        trunk="pbx",
        shows="",
        number=1,
        post=desk.events.append,
        seconds_to_ring=5,
    )
    desk.until(lambda: desk.events)

    assert "anonymous.invalid" in pbx.requests[0].headers["from"]
    assert pbx.requests[0].headers["privacy"] == "id"


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
    trunk = a_trunk(proxy="[2001:DB8:0::7]:5060", sources=(), registration=registration())
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
