"""Messages: as long as they say, ended by silence or by hanging up, and never lost unnoticed."""

from collections.abc import Callable
from pathlib import Path

from demo.tones import strength
from ivr.engine.events import (
    CallEvent,
    LineEnded,
    RecordingEnded,
)
from tests.sip.desk import Desk
from tests.sip.phones import Phone
from tests.sip.sounds import RATE, samples

StartPhone = Callable[..., Phone]


def test_a_recording_is_as_long_as_it_says(desk: Desk, phone: StartPhone, tmp_path: Path) -> None:
    file = tmp_path / "message.wav"
    caller = phone("caller")
    caller.do("tone", hz=700)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    desk.run(0.2)

    desk.lines[0].record(3, file, 1.0, 0.0)
    ended = recording_ended(desk)

    assert ended.turn == 3
    assert abs(ended.seconds - 1.0) < 0.06
    assert len(samples(file)) == round(ended.seconds * RATE) * 2
    assert strength(samples(file)[3200:], 700) > -15

    desk.events.clear()
    desk.lines[0].record(4, tmp_path / "again.wav", 60.0, 0.0)
    desk.run(0.5)
    desk.lines[0].stop_recording()
    assert abs(recording_ended(desk).seconds - 0.5) < 0.06


def test_a_recording_ends_with_silence(desk: Desk, phone: StartPhone, tmp_path: Path) -> None:
    """A second of speech, then nothing: 0.6 s later it is over."""
    caller = phone("caller")
    caller.do("tone", hz=700)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    desk.run(0.2)

    desk.lines[0].record(3, tmp_path / "message.wav", 60.0, 0.6)
    desk.run(1.0)
    assert desk.events == []
    caller.do("tone", hz=0)

    assert 1.5 < recording_ended(desk).seconds < 2.0


def test_a_message_that_ends_with_hanging_up_is_kept(
    desk: Desk, phone: StartPhone, tmp_path: Path
) -> None:
    file = tmp_path / "message.wav"
    caller = phone("caller")
    caller.do("tone", hz=700)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))

    desk.lines[0].record(3, file, 60.0, 0.0)
    desk.run(0.6)
    caller.do("hang_up")
    ended = recording_ended(desk)
    desk.until(lambda: desk.has(LineEnded(1)))

    assert desk.events == [LineEnded(1), ended]
    assert 0.5 < ended.seconds < 0.8
    assert len(samples(file)) == round(ended.seconds * RATE) * 2


def test_what_cannot_be_recorded_is_told(desk: Desk, phone: StartPhone, tmp_path: Path) -> None:
    caller = phone("caller").ready(desk)
    caller.do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))

    desk.lines[0].record(3, tmp_path / "no" / "such" / "folder.wav", 1.0, 0.0)
    desk.until(lambda: desk.events)

    assert desk.events == [RecordingEnded(3, 0.0)]


def test_a_full_disk_does_not_end_the_call(desk: Desk, phone: StartPhone, tmp_path: Path) -> None:
    full = tmp_path / "full.wav"
    full.symlink_to("/dev/full")
    caller = phone("caller")
    caller.do("tone", hz=700)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))

    desk.lines[0].record(3, full, 0.5, 0.0)
    assert recording_ended(desk) == RecordingEnded(3, 0.0)

    assert not desk.lines[0].is_over


def recording_ended(desk: Desk) -> RecordingEnded:
    def ended() -> list[CallEvent]:
        return [event for event in desk.events if isinstance(event, RecordingEnded)]

    desk.until(ended)
    event = ended()[-1]
    assert isinstance(event, RecordingEnded)
    return event
