"""Outgoing calls over a trunk: what a failed one means, and what the called party sees."""

from collections.abc import Callable

import pytest

from ivr.engine.events import Failure, LineFailed, LineRang
from tests.sip.desk import Desk, a_gateway, a_trunk
from tests.sip.peer import Answer, Peer, refusing

OpenDesk = Callable[..., Desk]
OpenPeer = Callable[[Answer], Peer]


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
