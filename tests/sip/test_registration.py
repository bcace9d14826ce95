"""Registration with a trunk, and to whom we prove who we are."""

from collections.abc import Callable

import pytest

from ivr.engine.events import Failure, LineFailed
from tests.sip.desk import Desk, a_gateway, a_registration, a_trunk
from tests.sip.peer import Answer, Peer, Registrar, Reply, Request, StreamPeer, refusing

OpenDesk = Callable[..., Desk]
OpenPeer = Callable[[Answer], Peer]


@pytest.mark.parametrize(("algorithm", "named"), [("md5", "MD5"), ("sha-256", "SHA-256")])
def test_a_trunk_registers_and_says_goodbye(
    peer: OpenPeer, open_desk: OpenDesk, algorithm: str, named: str
) -> None:
    pbx = peer(Registrar("pbx.example", "gateway", "secret", named))
    trunk = a_trunk(proxy=pbx.address, registration=a_registration(algorithm=algorithm))

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
        registration=a_registration(algorithm="sha-256"),
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

    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, registration=a_registration())))
    desk.until(lambda: "REGISTER" in pbx.methods())
    desk.run(0.3)

    assert not any("authorization" in request.headers for request in pbx.requests)
    assert desk.endpoint.status()[0].registered is False
    assert desk.trunks == []


def test_a_weaker_algorithm_than_agreed_is_not_answered(
    peer: OpenPeer, open_desk: OpenDesk
) -> None:
    pbx = peer(Registrar("pbx.example", "gateway", "secret", "MD5"))
    trunk = a_trunk(proxy=pbx.address, registration=a_registration(algorithm="sha-256"))

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
    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, registration=a_registration())))
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
    trunk = a_trunk(proxy=pbx.address, registration=a_registration(algorithm="sha-256"))
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

    desk = open_desk(a_gateway(a_trunk(proxy=pbx.address, registration=a_registration())))
    desk.until(lambda: "REGISTER" in pbx.methods())
    desk.run(0.1)
    pbx.answer = registrar
    # Nobody reads a clock in there: six seconds later is now.
    desk.later(6.0)
    desk.until(lambda: desk.endpoint.status()[0].registered)

    assert desk.trunks == [("pbx",)]
