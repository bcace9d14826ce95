"""The recogniser in a process of its own: what it hears, and what becomes of us when it dies."""

import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event

import psutil  # type: ignore[import-untyped]  # psutil carries no types
import pytest

from ivr.engine.events import CallEvent, RecogniserFailed, SpeechHeard
from ivr.engine.grammar import Grammar
from ivr.errors import SpeechUnavailable
from ivr.speech import Speech
from ivr.speech.speech import MOST_UNHEARD
from tests.speech.conftest import MODEL
from tests.speech.voice import frames, silence
from tests.speech.voice import speech as said

MENU = Grammar("menu", "da", ("byggetilladelse", "parkering", "nej tak"))
PARKING = silence(0.3) + said("parkering") + silence(1.2)
"""Fed at once: less than what a slow worker may leave unheard."""


@dataclass
class Caller:
    """Somebody who is listened to by a process; what is told comes when it comes."""

    speech: Speech
    grammar: Grammar = MENU
    told: list[CallEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.step = self.speech.listen(1, self.grammar, 8.0, self.told.append)

    def say(self, samples: bytes) -> "Caller":
        for frame in frames(samples):
            self.step.feed(frame)
        return self


def until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds  # noqa: TID251 -- a process takes real time
    while not is_so():
        assert time.monotonic() < end, "it never came"  # noqa: TID251
        Event().wait(0.005)


def killed(speech: Speech) -> int:
    assert speech.process is not None
    os.kill(speech.process, signal.SIGKILL)
    return speech.process


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def mortal(warnings: list[str]) -> Iterator[Speech]:
    """A recogniser whose process is going to die."""
    speech = Speech.load(MODEL, language="da", workers=1, warn=warnings.append)
    yield speech
    speech.close()


def test_what_is_said_is_told_and_ends_the_step(speech: Speech) -> None:
    caller = Caller(speech).say(PARKING)

    until(lambda: caller.step.is_over)
    assert isinstance(heard := caller.told[-1], SpeechHeard)
    assert heard.text == "parkering"


def test_words_the_model_lacks_are_told_and_their_phrases_left_out(speech: Speech) -> None:
    assert speech.missing(["ja", "kvægavlsforening", "snurrebasse"]) == (
        "kvægavlsforening",
        "snurrebasse",
    )

    caller = Caller(speech, Grammar("menu", "da", ("snurrebasse parkering", "parkering")))
    caller.say(PARKING)

    until(lambda: caller.step.is_over)
    assert isinstance(heard := caller.told[-1], SpeechHeard)
    assert heard.text == "parkering"


@pytest.mark.parametrize(
    ("grammar", "why"),
    [
        (Grammar("menu", "da", ()), "knows no phrase of menu"),
        (Grammar("menu", "da", ("snurrebasse",)), "knows no phrase of menu"),
        (Grammar("menu", "en", ("yes",)), "menu is in en, the speech model in da"),
    ],
)
def test_a_grammar_that_would_crash_vosk_never_reaches_it(
    speech: Speech, grammar: Grammar, why: str
) -> None:
    with pytest.raises(SpeechUnavailable, match=why):
        speech.listen(1, grammar, 8.0, lambda _event: None)


def test_a_grammar_larger_than_any_buffer_arrives(speech: Speech) -> None:
    phrases = tuple(" ".join(["nej tak"] * (1 + number % 5)) for number in range(20_000))
    assert len(pickle.dumps(phrases)) > 400_000

    caller = Caller(speech, Grammar("menu", "da", (*phrases, "parkering"))).say(PARKING)

    until(lambda: caller.step.is_over, 60.0)
    assert isinstance(caller.told[-1], SpeechHeard)


def test_a_process_that_dies_fails_every_step_and_another_takes_its_place(
    mortal: Speech, warnings: list[str]
) -> None:
    callers = [Caller(mortal).say(silence(0.2)) for _ in range(3)]
    before = killed(mortal)

    until(lambda: all(caller.step.is_over for caller in callers))
    assert [caller.told for caller in callers] == [[RecogniserFailed(1)]] * 3
    assert warnings == ["the recogniser has died"]

    until(lambda: "another recogniser listens in its place" in warnings)
    again = Caller(mortal).say(PARKING)
    until(lambda: again.step.is_over)
    assert isinstance(again.told[-1], SpeechHeard)
    assert not psutil.pid_exists(before)


def test_while_there_is_no_process_nobody_can_be_listened_to(mortal: Speech) -> None:
    late = Caller(mortal)
    before = killed(mortal)

    until(lambda: mortal.process != before)
    if mortal.process is None:
        with pytest.raises(SpeechUnavailable, match="is being started anew"):
            Caller(mortal)
    late.say(PARKING)
    late.step.stop()
    assert late.told == [RecogniserFailed(1)]


def test_a_process_that_hangs_is_given_up_for_everybody(
    mortal: Speech, warnings: list[str]
) -> None:
    assert mortal.process is not None
    os.kill(mortal.process, signal.SIGSTOP)
    waiting, speaking = Caller(mortal), Caller(mortal)

    speaking.say(silence(MOST_UNHEARD / 16000))
    assert speaking.told == []
    speaking.say(silence(0.1))

    until(lambda: waiting.told == speaking.told == [RecogniserFailed(1)])
    until(lambda: "another recogniser listens in its place" in warnings)


def test_a_step_is_busy_until_all_is_heard(speech: Speech) -> None:
    caller = Caller(speech)
    states = [caller.step.is_busy]

    caller.say(silence(1.0))
    states.append(caller.step.is_busy)
    until(lambda: not caller.step.is_busy)
    assert states == [False, True]


def test_the_signals_that_end_a_gateway_leave_it_until_the_gateway_has_ended(
    mortal: Speech, warnings: list[str]
) -> None:
    """A service manager sends them to both, and callers are still being heard."""
    process = mortal.process
    assert process is not None
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(process, number)

    caller = Caller(mortal).say(PARKING)
    until(lambda: caller.step.is_over)
    assert isinstance(caller.told[-1], SpeechHeard)
    mortal.close()
    assert warnings == []
    assert not psutil.pid_exists(process)


def test_a_step_that_was_stopped_tells_nothing_more(speech: Speech) -> None:
    stopped = Caller(speech).say(PARKING)
    stopped.step.stop()
    told = list(stopped.told)

    other = Caller(speech).say(PARKING)
    until(lambda: other.step.is_over)
    assert stopped.told == told
