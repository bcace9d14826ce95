"""What a listener is given of a line: its own sound, whole and in step, and nothing after that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from demo.tones import measure
from ivr.engine.events import KeyPressed, LineEnded
from ivr.sip import Line
from tests.sip.desk import Desk
from tests.sip.phones import Phone
from tests.sip.sounds import tone

StartPhone = Callable[..., Phone]
FRAME = 320
"""Bytes in 20 ms."""
PROMPT, CALLER = 2000, 440


class Ear:
    """Keeps every frame; counts what comes after it was stopped."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.stops = 0
        self.over_prompt: list[bool] = []
        self.late = 0

    def feed(self, pcm: bytes, *, over_prompt: bool) -> None:
        self.over_prompt.append(over_prompt)
        assert len(pcm) % FRAME == 0, "frames come whole"
        if self.stops:
            self.late += 1
        else:
            self.frames += [pcm[at : at + FRAME] for at in range(0, len(pcm), FRAME)]

    def stop(self) -> None:
        self.stops += 1

    def hz(self, frames: int = 25) -> float:
        return measure(b"".join(self.frames[-frames:])).hz


def talking(desk: Desk, phone: StartPhone) -> tuple[Phone, Line]:
    """Return a telephone that says a tone, and its line."""
    caller = phone("caller").ready(desk)
    caller.do("tone", hz=CALLER)
    caller.do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    return caller, desk.lines[-1]


def test_a_listener_gets_every_frame_of_the_caller_and_nothing_of_our_prompt(
    desk: Desk, phone: StartPhone, tmp_path: Path
) -> None:
    _, line = talking(desk, phone)
    line.play(1, [tone(tmp_path / "prompt.wav", PROMPT, 5.0)], 5.0)
    ear = Ear()

    line.listen(ear)
    desk.run(1.5)

    assert 65 <= len(ear.frames) <= 77, "fifty a second"
    assert all(ear.over_prompt), "it may be an echo"
    heard = measure(b"".join(ear.frames[-50:]))
    assert abs(heard.hz - CALLER) < 5
    assert heard.level > -20


def test_no_frame_comes_after_the_last_order(desk: Desk, phone: StartPhone) -> None:
    _, line = talking(desk, phone)
    ear = Ear()
    line.listen(ear)
    desk.until(lambda: len(ear.frames) > 10)

    assert not any(ear.over_prompt)
    line.stop_listening()
    desk.run(0.2)

    assert ear.stops == 1
    assert ear.late == 0


def test_whoever_listens_next_takes_the_place_of_the_one_before(
    desk: Desk, phone: StartPhone
) -> None:
    _, line = talking(desk, phone)
    first, second = Ear(), Ear()
    line.listen(first)
    desk.until(lambda: first.frames)

    line.listen(second)
    desk.until(lambda: len(second.frames) > 25)

    assert (first.stops, second.stops) == (1, 0)
    assert abs(second.hz() - CALLER) < 5


def test_a_listener_hears_nothing_while_the_line_is_held_and_hears_again_after(
    desk: Desk, phone: StartPhone
) -> None:
    caller, line = talking(desk, phone)
    ear = Ear()
    line.listen(ear)
    desk.until(lambda: ear.frames)

    caller.do("hold")
    desk.run(0.5)
    held = len(ear.frames)
    desk.run(0.4)
    assert len(ear.frames) == held

    caller.do("unhold")
    desk.run(0.3)
    desk.until(lambda: len(ear.frames) > held + 50)
    assert abs(ear.hz() - CALLER) < 5
    assert ear.stops == 0


def test_a_caller_who_hangs_up_while_he_is_listened_to(desk: Desk, phone: StartPhone) -> None:
    caller, line = talking(desk, phone)
    ear = Ear()
    line.listen(ear)
    desk.until(lambda: ear.frames)

    caller.do("hang_up")
    desk.until(lambda: desk.has(LineEnded(1)))
    desk.run(0.2)

    assert (ear.stops, ear.late) == (1, 0)
    line.listen(late := Ear())
    assert late.stops == 1, "a line that is over has nothing to say"


def test_our_own_hang_up_ends_the_listening(desk: Desk, phone: StartPhone) -> None:
    _, line = talking(desk, phone)
    ear = Ear()
    line.listen(ear)
    desk.until(lambda: ear.frames)

    line.hang_up()
    desk.until(lambda: desk.has(LineEnded(1)))
    desk.run(0.2)

    assert (ear.stops, ear.late) == (1, 0)


def test_closing_while_somebody_is_listened_to(desk: Desk, phone: StartPhone) -> None:
    _, line = talking(desk, phone)
    ear = Ear()
    line.listen(ear)
    desk.until(lambda: ear.frames)

    desk.close()

    assert (ear.stops, ear.late) == (1, 0)


def test_keys_are_keys_also_while_somebody_listens(desk: Desk, phone: StartPhone) -> None:
    caller, line = talking(desk, phone)
    ear = Ear()
    line.listen(ear)

    caller.do("keys", keys="7")

    desk.until(lambda: desk.has(KeyPressed("7", 1)))


@pytest.mark.parametrize("frames_heard", [0, 1])
def test_hundreds_of_listeners_come_and_go(
    desk: Desk, phone: StartPhone, frames_heard: int
) -> None:
    """Each port is destroyed while the media clock runs, mostly in the midst of a frame."""
    _, line = talking(desk, phone)
    ears = [Ear() for _ in range(300)]

    for ear in ears:
        line.listen(ear)
        while len(ear.frames) < frames_heard:
            desk.poll()

    last = Ear()
    line.listen(last)
    desk.until(lambda: len(last.frames) > 25)
    assert [ear.stops for ear in ears] == [1] * len(ears)
    assert not any(ear.late for ear in ears)
    assert abs(last.hz() - CALLER) < 5
