"""What is refused, and what others offer or ask for that is not."""

from collections.abc import Callable
from ipaddress import ip_network

import pytest

from ivr.engine.events import LineEnded
from tests.sip.caller import Caller
from tests.sip.desk import Desk, a_gateway, a_trunk
from tests.sip.peer import Peer, refusing
from tests.sip.sipp import Sipp

OpenDesk = Callable[..., Desk]
RunSipp = Callable[..., Sipp]


def test_no_common_codec_is_refused_with_488(desk: Desk, sipp: RunSipp) -> None:
    sipp("uac-no-codec-expect-488", desk).expect(desk)
    desk.run(0.1)

    assert desk.events in ([], [LineEnded(1)])
    assert len(desk.endpoint) == 0


def test_a_bad_sdp_is_refused(desk: Desk, sipp: RunSipp) -> None:
    sipp("uac-bad-sdp-expect-4xx", desk).expect(desk)
    desk.run(0.1)

    assert len(desk.endpoint) == 0


def test_a_stranger_is_refused_with_403(open_desk: OpenDesk, sipp: RunSipp) -> None:
    desk = open_desk(a_gateway(a_trunk(sources=(ip_network("192.0.2.0/24"),))))

    sipp("uac-call-expect-403", desk, calls=5, rate=50).expect(desk)
    desk.run(0.1)

    assert desk.rejected == {"not_a_trunk": 5}
    assert desk.lines == []
    assert desk.events == []
    assert len(desk.endpoint) == 0


def test_a_full_house_says_when_to_come_again(desk: Desk, sipp: RunSipp) -> None:
    desk.greet = lambda line: line.reject(503, 120)

    sipp("uac-call-expect-503", desk).expect(desk)
    desk.until(lambda: desk.events)

    assert desk.events == [LineEnded(1)]


def test_refer_is_refused_and_the_call_goes_on(desk: Desk, sipp: RunSipp) -> None:
    sipp("uac-refer-expect-403", desk).expect(desk)
    desk.until(lambda: desk.events)

    assert desk.rejected == {"refer": 1}
    assert desk.events == [LineEnded(1)]
    assert len(desk.lines) == 1


def test_refer_outside_a_call_leads_nowhere(desk: Desk) -> None:
    """The library answers it with silence; what matters is that it dials nobody."""
    stranger = Caller(desk)
    target = Peer(refusing(486))
    try:
        stranger.send("REFER", 1, "", f"Refer-To: <sip:+4590901234@{target.address}>")
        desk.run(0.3)

        assert [reply.code for reply in stranger.peer.responses if reply.code < 300] == []
        assert target.requests == []
        assert desk.lines == []
    finally:
        stranger.stop()
        target.stop()


def test_replaces_of_nothing_is_refused(desk: Desk, sipp: RunSipp) -> None:
    sipp("uac-replaces-nothing-expect-481", desk).expect(desk)

    assert desk.lines == []


def test_nobody_takes_the_place_of_a_caller(desk: Desk) -> None:
    """A call in progress cannot be taken over by INVITE with Replaces (RFC 3891)."""
    victim, thief = Caller(desk), Caller(desk)
    try:
        victim.call()
        answer = victim.final()
        assert answer is not None
        ours = answer.headers["to"].rpartition("tag=")[2]
        call = answer.headers["call-id"]

        thief.send(
            "INVITE", 1, "", f"Replaces: {call};to-tag={ours};from-tag=1", "Require: replaces"
        )
        desk.until(thief.final)
        refusal = thief.final()

        assert refusal is not None
        assert refusal.code == 403
        assert desk.rejected == {"replaces": 1}
        assert len(desk.lines) == 1
        assert not desk.lines[0].is_over
    finally:
        victim.stop()
        thief.stop()


def test_nobody_subscribes_to_us(desk: Desk, sipp: RunSipp) -> None:
    sipp("uac-subscribe-expect-403", desk).expect(desk)
    desk.run(0.05)

    assert desk.rejected == {"subscribe": 1}


@pytest.mark.parametrize(
    "scenario",
    [
        "uac-options-expect-200",
        "uac-late-offer-expect-audio-only",
        "uac-offer-with-text-expect-audio",
        "uac-timer-expect-200",
        "uac-100rel-expect-200",
    ],
)
def test_what_others_offer_or_ask_for(desk: Desk, sipp: RunSipp, scenario: str) -> None:
    sipp(scenario, desk).expect(desk)
