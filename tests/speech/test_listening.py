"""A listening step between the thread that feeds it and the one that hears."""

import json
from array import array
from dataclasses import dataclass, field

from ivr.engine.events import CallEvent, RecogniserFailed, SpeechHeard
from ivr.engine.grammar import Grammar
from ivr.speech.listening import AT_ONCE, MOST, Listening
from ivr.speech.recognition import Recognition

FRAME = array("h", [8000, -8000] * 80).tobytes()
"""Loud enough to be heard."""


@dataclass
class Ear:
    """A recogniser that hears `nej` in the chunk that is `answers`, or breaks in `breaks`."""

    answers: int = 0
    breaks: int = 0
    heard: list[int] = field(default_factory=list)

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
        self.heard.append(len(data))
        if len(self.heard) == self.breaks:
            raise RuntimeError("secret words that somebody said")
        return int(len(self.heard) == self.answers)

    def PartialResult(self) -> str:  # noqa: N802
        return json.dumps({"partial": ""})

    def Result(self) -> str:  # noqa: N802
        return json.dumps({"text": "nej", "result": [{"word": "nej", "conf": 0.97}]})

    FinalResult = Result


@dataclass
class Step:
    """A listening step whose worker works when it is told to."""

    ear: Ear
    told: list[CallEvent] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    wakes: int = 0

    def __post_init__(self) -> None:
        self.listening = Listening(
            7, self.begin, post=self.told.append, wake=self.wake, warn=self.warnings.append
        )

    def begin(self) -> Recognition:
        return Recognition(7, Grammar("menu", "da", ("nej",)), 8.0, self.ear)

    def wake(self, listening: Listening) -> None:
        assert listening is self.listening
        self.wakes += 1

    def feed(self, frames: int) -> None:
        for _ in range(frames):
            self.listening.feed(FRAME)


def broken() -> Recognition:
    raise RuntimeError("no recogniser")


def test_every_third_frame_wakes_the_worker_which_hears_all_that_lie_there() -> None:
    step = Step(Ear())

    step.feed(AT_ONCE // len(FRAME) - 1)
    assert step.wakes == 0
    step.feed(6)
    assert step.wakes == 1, "it is awaited already"
    step.listening.work()
    step.feed(AT_ONCE // len(FRAME))
    step.listening.work()

    assert step.ear.heard == [320 * 8, 320 * 3]
    assert step.wakes == 2


def test_it_is_over_with_the_answer_and_takes_no_more_frames() -> None:
    step = Step(Ear(answers=1))
    step.feed(3)
    step.listening.work()

    assert step.told == [SpeechHeard(7, "nej", 0.97)]
    assert step.listening.is_over
    step.feed(MOST // len(FRAME) * 2)
    step.listening.work()
    assert step.told == [SpeechHeard(7, "nej", 0.97)]


def test_what_is_heard_after_the_order_to_stop_is_not_told() -> None:
    step = Step(Ear(answers=1))
    step.feed(3)

    step.listening.stop()
    step.listening.work()

    assert step.told == []
    assert step.ear.heard == []


def test_a_recogniser_that_breaks_is_told_once_and_without_words() -> None:
    step = Step(Ear(breaks=2))
    for _ in range(4):
        step.feed(3)
        step.listening.work()

    assert step.told == [RecogniserFailed(7)]
    assert step.warnings == ["the recogniser failed: RuntimeError"]
    assert step.listening.is_over


def test_a_recogniser_that_cannot_be_made_is_told() -> None:
    told: list[CallEvent] = []
    wakes: list[Listening] = []
    listening = Listening(9, broken, post=told.append, wake=wakes.append, warn=lambda _text: None)
    for _ in range(3):
        listening.feed(FRAME)

    listening.work()

    assert told == [RecogniserFailed(9)]


def test_a_worker_that_does_not_keep_up_is_given_up() -> None:
    step = Step(Ear())

    step.feed(MOST // len(FRAME) + 10)

    assert step.told == [RecogniserFailed(7)]
    assert step.warnings == ["the recogniser does not keep up"]
    assert step.listening.is_over
    step.listening.work()
    assert step.ear.heard == []


def test_a_frame_may_have_any_length() -> None:
    step = Step(Ear())

    for pcm in (b"", bytes(1), bytes(40_000)):
        step.listening.feed(pcm)
    step.listening.work()

    assert step.told == []
