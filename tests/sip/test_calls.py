"""Calls as SIPp makes them: answered, held, given up, refused, and left in every state."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.engine.events import Ending, KeyPressed, LineEnded, PromptEnded, RecordingEnded
from ivr.sip import Line, Quality
from tests.sip.caller import Caller
from tests.sip.desk import Desk, a_gateway, answer_and
from tests.sip.peer import Peer, refusing
from tests.sip.sipp import Sipp
from tests.sip.sounds import tone

OpenDesk = Callable[..., Desk]
RunSipp = Callable[..., Sipp]


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_call_is_answered_and_hung_up(
    open_desk: OpenDesk, sipp: RunSipp, address: str, protocol: str, tmp_path: Path
) -> None:
    desk = open_desk(a_gateway(address=address, protocol=protocol))
    file = tone(tmp_path / "tone.wav", 440, 0.3)

    desk.greet = answer_and(lambda line: line.play(1, [file], 0.3))
    desk.react = lambda line, event: line.hang_up() if event == PromptEnded(1) else None
    sipp("uac-answer-expect-bye", desk).expect(desk)
    desk.run(0.05)

    assert desk.events == [PromptEnded(1), LineEnded(1)]
    line = desk.lines[0]
    assert (line.caller, line.dialled, line.trunk) == ("+452030401", "600", "pbx")
    assert line.is_incoming
    assert line.offers_keys
    assert len(desk.endpoint) == 0


def test_a_held_prompt_stands_still_and_resumes(desk: Desk, sipp: RunSipp, tmp_path: Path) -> None:
    """0.4 s of it are heard, then 1.5 s of hold, then the rest of a second."""
    file = tone(tmp_path / "tone.wav", 440, 1.0)
    starts: list[float] = []

    def play(line: Line) -> None:
        line.answer()
        line.play(1, [file], 1.0)
        starts.append(desk.now())

    desk.greet = play
    desk.react = lambda line, event: line.hang_up() if event == PromptEnded(1) else None
    sipp("uac-hold-expect-resume", desk).expect(desk)
    desk.until(lambda: desk.has(LineEnded(1)))

    assert desk.events == [PromptEnded(1), LineEnded(1)]
    assert 2.4 < desk.times[0] - starts[0] < 2.8


def test_hold_the_old_way_is_hold_too(desk: Desk, sipp: RunSipp, tmp_path: Path) -> None:
    file = tone(tmp_path / "tone.wav", 440, 0.6)

    desk.greet = answer_and(lambda line: line.play(1, [file], 0.6))
    desk.react = lambda line, event: line.hang_up() if event == PromptEnded(1) else None
    sipp("uac-hold-rfc2543-expect-resume", desk).expect(desk)
    desk.until(lambda: desk.has(LineEnded(1)))

    assert desk.events == [PromptEnded(1), LineEnded(1)]


@pytest.mark.parametrize("moment", ["uac-cancel-expect-487", "uac-cancel-at-once-expect-487"])
def test_a_caller_gives_up_before_the_answer(desk: Desk, sipp: RunSipp, moment: str) -> None:
    desk.greet = lambda _line: None

    sipp(moment, desk).expect(desk)
    desk.until(lambda: desk.events)

    assert desk.events == [LineEnded(1)]
    assert len(desk.endpoint) == 0


@pytest.mark.parametrize("state", ["silent", "prompt", "music", "recording", "bridged"])
def test_a_caller_hangs_up_in_every_state(
    desk: Desk, sipp: RunSipp, tmp_path: Path, state: str
) -> None:
    file = tone(tmp_path / "tone.wav", 440, 5.0)

    def keep(line: Line) -> None:
        line.answer()
        match state:
            case "prompt":
                line.play(1, [file], 5.0)
            case "music":
                line.play_music(file)
            case "recording":
                line.record(1, tmp_path / "message.wav", 5.0, 0.0)
            case "bridged" if len(desk.lines) == 2:
                desk.lines[0].bridge(line)

    desk.greet = keep
    calls = 2 if state == "bridged" else 1
    sipp("uac-answer-bye-expect-200", desk, calls=calls).expect(desk)
    ends = [LineEnded(number + 1) for number in range(calls)]
    desk.until(lambda: all(desk.has(end) for end in ends))

    expected = len(ends) + (state == "recording")
    desk.until(lambda: len(desk.events) == expected)
    assert desk.events[: len(ends)] == ends
    assert all(isinstance(event, RecordingEnded) for event in desk.events[len(ends) :])
    assert len(desk.endpoint) == 0


def test_two_bridged_lines_survive_each_other(desk: Desk, sipp: RunSipp) -> None:
    """The first to go leaves the second on the line, in silence."""

    def keep(line: Line) -> None:
        line.answer()
        if len(desk.lines) == 2:
            desk.lines[0].bridge(line)

    desk.greet = keep
    first = sipp("uac-answer-bye-expect-200", desk)
    second = sipp("uac-answer-expect-bye", desk)
    first.expect(desk)
    desk.until(lambda: len(desk.lines) == 2 and len(desk.events) == 1)
    (left,) = [line for line in desk.lines if not line.is_over]
    desk.run(0.2)
    assert not left.is_over

    left.hang_up()
    second.expect(desk)


def test_a_diverted_call_tells_where_it_was_meant_for(desk: Desk, sipp: RunSipp) -> None:
    desk.greet = answer_and(Line.hang_up)
    sipp("uac-diverted-expect-bye", desk).expect(desk)

    line = desk.lines[0]
    assert (line.caller, line.dialled, line.diversion) == ("+4533110000", "600", "+4533663366")


def test_a_line_without_audio_is_hung_up(open_desk: OpenDesk) -> None:
    desk = open_desk(seconds_without_audio=0.8)
    caller = Caller(desk).call()
    try:
        assert caller.rtp is not None
        for _ in range(20):
            caller.rtp.silence()
            desk.run(0.05)
        assert desk.events == []
        desk.until(lambda: desk.events, 2)
    finally:
        caller.stop()

    assert desk.events == [LineEnded(1, Ending.NO_AUDIO)]
    assert desk.lines[0].quality.received == 20
    assert len(desk.endpoint) == 0


def test_a_held_line_may_be_silent(open_desk: OpenDesk, sipp: RunSipp) -> None:
    """Held for 1.5 s without a packet, where 0.8 s would be too long."""
    desk = open_desk(seconds_without_audio=0.8)

    running = sipp("uac-hold-expect-resume", desk)
    desk.until(lambda: desk.lines)
    desk.run(1.7)
    assert desk.events == []

    desk.until(lambda: desk.events, 3)
    assert desk.events == [LineEnded(1, Ending.NO_AUDIO)]
    running.expect(desk)


def test_what_was_lost_on_the_way_is_counted(desk: Desk) -> None:
    caller = Caller(desk).call()
    try:
        assert caller.rtp is not None
        for number in range(40):
            if number % 4 == 3:
                caller.rtp.sequence += 1
                caller.rtp.stamp += 160
            else:
                caller.rtp.silence()
            desk.run(0.01)
        caller.bye()
        desk.until(lambda: desk.events)
    finally:
        caller.stop()

    quality = desk.lines[0].quality
    assert quality.received == 30
    assert quality.lost in {9, 10}
    assert 0 <= quality.jitter_seconds < 0.1
    assert Quality() == Quality(0, 0, 0.0)


def test_three_hundred_calls_leave_nothing_behind(desk: Desk, sipp: RunSipp) -> None:
    """Twice 300 are more than the library has places for."""
    for _ in range(2):
        sipp("uac-quick-expect-200", desk, calls=300, rate=150).expect(desk, 20)
    desk.until(lambda: len(desk.events) == 600)

    assert {type(event) for event in desk.events} == {LineEnded}
    assert len(desk.endpoint) == 0
    assert list(desk.endpoint._legs) == []
    assert [text for text in desk.warnings if "too many" in text] == []


def test_an_order_too_late_does_nothing(desk: Desk, sipp: RunSipp, tmp_path: Path) -> None:
    sipp("uac-answer-bye-expect-200", desk).expect(desk)
    desk.until(lambda: desk.events)
    line, file = desk.lines[0], tone(tmp_path / "tone.wav", 440, 0.1)

    line.answer()
    line.reject(486)
    line.play(1, [file], 0.1)
    line.play_music(file)
    line.record(2, tmp_path / "late.wav", 1.0, 0.0)
    line.bridge(line)
    line.stop_playing()
    line.stop_recording()
    line.hang_up()
    desk.run(0.2)

    assert desk.events == [LineEnded(1)]


def test_an_agent_who_rings_is_released_when_the_caller_goes(desk: Desk) -> None:
    agent = Peer(refusing(0, rings=True))
    try:
        line = desk.dial(f"sip:agent@{agent.address}")
        desk.until(lambda: desk.events)
        line.hang_up()
        desk.until(lambda: "CANCEL" in agent.methods() and line.is_over)
    finally:
        agent.stop()

    assert len(desk.endpoint) == 0


def test_a_fault_in_taking_a_call_ends_that_call_only(desk: Desk, sipp: RunSipp) -> None:
    def stumble(line: Line) -> None:
        if len(desk.lines) == 1:
            raise RuntimeError("a fault of ours")
        line.answer()

    desk.greet = stumble
    caller = Caller(desk)
    try:
        caller.send("INVITE", 1)
        with pytest.raises(RuntimeError, match="a fault of ours"):
            desk.run(1.0)
        desk.until(caller.final)
        refusal = caller.final()
    finally:
        caller.stop()

    assert refusal is not None
    assert refusal.code == 500
    sipp("uac-quick-expect-200", desk).expect(desk)


def test_a_fault_in_handling_an_event_ends_no_other_line(desk: Desk, sipp: RunSipp) -> None:
    def stumble(line: Line, event: object) -> None:
        if line.number == 1 and isinstance(event, LineEnded):
            raise RuntimeError("a fault of ours")

    desk.react = stumble
    running = sipp("uac-quick-expect-200", desk, calls=3, rate=100)
    with pytest.raises(RuntimeError, match="a fault of ours"):
        desk.until(running.is_done)
    running.expect(desk)
    desk.until(lambda: len(desk.events) == 3)

    assert len(desk.endpoint) == 0
    assert KeyPressed("1") not in desk.events
