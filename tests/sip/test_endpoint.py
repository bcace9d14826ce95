"""The endpoint itself: its beginning, its end, and its limits."""

import gc
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.engine.events import Ending, Failure, LineEnded, LineFailed
from ivr.errors import SipError
from ivr.sip import Endpoint, Line
from tests.sip.caller import Caller
from tests.sip.desk import Desk, a_gateway, a_trunk, free_media_port, steady
from tests.sip.peer import Peer, refusing
from tests.sip.sipp import Sipp
from tests.sip.sounds import tone
from tests.sip.test_bad_input import invite


def nothing(*_anything: object) -> None:
    """Take it and do nothing."""


def test_an_endpoint_may_be_closed_and_another_opened(open_desk: Callable[..., Desk]) -> None:
    sip = a_gateway()
    for _ in range(5):
        desk = open_desk(sip)
        desk.run(0.01)
        desk.close()
        desk.close()
        with pytest.raises(SipError, match="not started"):
            desk.poll()


def test_an_endpoint_says_nothing_on_the_terminal(
    open_desk: Callable[..., Desk], capfd: pytest.CaptureFixture[str]
) -> None:
    open_desk().run(0.05)

    assert capfd.readouterr() == ("", "")


def test_an_unknown_codec_is_told_by_name() -> None:
    with pytest.raises(SipError, match="codec opus is not known: use pcma, pcmu, g722"):
        Desk(replace(a_gateway(), codecs=("pcma", "opus")))


def test_an_unknown_transport_is_told_by_name() -> None:
    sip = a_gateway()
    sctp = replace(sip.listen[0], protocol="sctp")
    with pytest.raises(SipError, match="sctp is not a transport: use udp or tcp"):
        Desk(replace(sip, listen=(*sip.listen, sctp)))


def test_too_few_ports_are_told() -> None:
    with pytest.raises(SipError, match="2 RTP ports are too few"):
        Desk(replace(a_gateway(), rtp_ports=2))


def test_every_audio_port_is_for_whoever_comes_and_who_gets_none_gets_an_answer(
    open_desk: Callable[..., Desk],
) -> None:
    """Four lines have ports, also over a trunk; the fifth caller hears that it cannot be."""
    callee = Peer(refusing(486))
    ports = free_media_port("127.0.0.1", streams=4)
    sip = a_gateway(a_trunk(proxy=callee.address))
    desk = open_desk(replace(sip, rtp_port=ports, rtp_ports=8))
    callers: list[Caller] = []

    def ring() -> int:
        callers.append(Caller(desk))
        callers[-1].send("INVITE", 1)
        desk.until(callers[-1].final)
        answer = callers[-1].final()
        return answer.code if answer else 0

    try:
        assert [ring() for _ in range(5)] == [200, 200, 200, 200, 500]
        desk.until(lambda: len(desk.endpoint) == 4)
        assert desk.events == [LineEnded(5, Ending.BROKEN)]
        assert any("appropriate RTP/RTCP ports" in text for text in desk.warnings)
        assert not any("bind()" in text for text in desk.warnings)

        desk.lines[0].hang_up()
        desk.until(lambda: len(desk.endpoint) == 3)
        desk.dial("+4520304050", trunk="pbx")
        desk.until(lambda: desk.has(LineFailed(6, Failure.BUSY, 486)))
        assert ring() == 200
    finally:
        callee.stop()
        for caller in callers:
            caller.stop()


def test_more_calls_than_there_are_places(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    """The library has 512: it refuses the rest, dials nobody, and then is as good as new."""
    desk.greet = nothing
    peer = Peer(lambda _request: [])
    callee = Peer(refusing(486))
    try:
        for number in range(530):
            message = invite(f"full{number}").replace(b"PORT", str(peer.port).encode())
            peer.send_bytes(message, desk.port)
            desk.endpoint.poll(desk.now(), 0.001)
        desk.until(lambda: sum(reply.code == 486 for reply in peer.responses) >= 18)
        assert len(desk.endpoint) == 512

        number = len(desk.lines) + 1
        desk.dial(f"sip:agent@{callee.address}")
        desk.until(lambda: desk.events)
        assert desk.events == [LineFailed(number, Failure.UNREACHABLE)]

        for line in desk.lines:
            line.hang_up()
        desk.until(lambda: len(desk.endpoint) == 0)
    finally:
        peer.stop()
        callee.stop()

    desk.greet = Line.answer
    sipp("uac-quick-expect-200", desk, calls=5).expect(desk)


def test_closing_hangs_everybody_up(
    open_desk: Callable[..., Desk], sipp: Callable[..., Sipp], tmp_path: Path
) -> None:
    file = tone(tmp_path / "tone.wav", 440, 5.0)
    desk = open_desk()

    def keep(line: Line) -> None:
        line.answer()
        match len(desk.lines):
            case 1:
                line.play(1, [file], 5.0)
            case 2:
                line.play_music(file)
            case 3:
                line.record(1, tmp_path / "message.wav", 5.0, 0.0)
            case 4:
                desk.lines[0].bridge(line)

    desk.greet = keep
    running = sipp("uac-answer-expect-bye", desk, calls=4, rate=100)
    desk.until(lambda: len(desk.lines) == 4)
    desk.run(0.3)

    desk.close()
    other = open_desk()
    running.expect(other)
    assert desk.warnings == []


def test_the_garbage_collector_hangs_nobody_up(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    """Finished calls are destroyed by name; what Python frees later touches no call."""
    desk.greet = Line.answer
    for _ in range(3):
        sipp("uac-quick-expect-200", desk, calls=20, rate=200).expect(desk)
        running = sipp("uac-answer-bye-expect-200", desk, calls=5, rate=200)
        desk.until(lambda: len(desk.endpoint) == 5)
        gc.collect()
        desk.lines.clear()
        gc.collect()
        running.expect(desk)

    assert all(isinstance(event, LineEnded) for event in desk.events)


def test_another_thread_runs_while_the_library_waits(desk: Desk) -> None:
    """The interpreter's lock is let go, or no worker would get anything done."""
    ran = threading.Event()

    def work() -> None:
        ran.set()

    threading.Timer(0.05, work).start()
    desk.endpoint.poll(desk.now(), 0.5)

    assert ran.is_set()


def test_a_poll_before_the_start_is_refused() -> None:
    endpoint = Endpoint(
        a_gateway(), clock=steady, arrived=nothing, rejected=nothing, trunks_changed=nothing
    )

    with pytest.raises(SipError, match="not started"):
        endpoint.poll(0.0, 0.0)
    endpoint.close()


def test_a_call_that_is_dialled_before_the_first_poll_rings_its_whole_time(desk: Desk) -> None:
    callee = Peer(refusing(0, rings=True))
    try:
        begins = desk.now()
        desk.dial(f"sip:agent@{callee.address}", seconds_to_ring=0.5)
        desk.until(lambda: LineFailed(1, Failure.NO_ANSWER) in desk.events)
    finally:
        callee.stop()

    assert 0.4 < desk.times[-1] - begins < 1.0
