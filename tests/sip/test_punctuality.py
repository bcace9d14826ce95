"""Frames that everybody hears too late are counted."""

from collections.abc import Callable

from tests.sip.desk import Desk, steady


class Clock:
    """Stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return self.now

    def is_looked_at(self, desk: Desk) -> None:
        """Wait until it has been looked at twice: what is looked at first may be older."""
        before = self.looks
        desk.until(lambda: self.looks >= before + 2)


def test_a_gap_in_everybodys_audio_is_counted_in_frames(open_desk: Callable[..., Desk]) -> None:
    clock = Clock()
    desk = open_desk(clock=clock)

    clock.is_looked_at(desk)
    clock.now += 0.039
    clock.is_looked_at(desk)
    assert desk.endpoint.late_frames == 0

    clock.now += 0.2
    clock.is_looked_at(desk)
    assert 1 <= desk.endpoint.late_frames <= 9, "ten frames, less those that had come"


def test_nothing_is_late_while_the_media_clock_is_in_time(desk: Desk) -> None:
    """A machine that stands still is in time for nobody: half of the frames are."""
    end = steady() + 0.5
    desk.until(lambda: steady() >= end)
    assert desk.endpoint.late_frames < 12
