"""Real speech, the real model, real Vosk: what is said is what is told."""

import random
import time
from array import array
from dataclasses import dataclass, field
from threading import Event

import pytest

from ivr.engine.events import CallEvent, NothingHeard, SpeechHeard, SpeechStarted
from ivr.engine.grammar import Grammar
from ivr.errors import SpeechUnavailable
from ivr.speech import Speech
from ivr.speech.listening import Listening
from tests.speech.voice import frames, silence
from tests.speech.voice import speech as said

PHRASES = ("byggetilladelse", "parkering", "nej tak", "ja", "ja tak", "kørekort", "rekruttering")
MENU = Grammar("menu", "da", PHRASES)
EAGER = Grammar("menu", "da", PHRASES, frozenset({"parkering", "nej tak", "ja tak"}))


@dataclass
class Step:
    """One listening step, and what it told after how many seconds of sound."""

    speech: Speech
    grammar: Grammar = MENU
    seconds: float = 8.0
    told: list[CallEvent] = field(default_factory=list)
    heard_after: float = 0.0

    def __post_init__(self) -> None:
        self.listening = self.speech.listen(1, self.grammar, self.seconds, self.told.append)

    def hear(self, samples: bytes, *, over_prompt: bool = False) -> "Step":
        """Feed frame after frame, each when those before it were heard."""
        for frame in frames(samples):
            self.listening.feed(frame, over_prompt=over_prompt)
            settled(self.listening)
            if self.listening.is_over:
                break
            self.heard_after += 0.02
        return self

    @property
    def last(self) -> CallEvent | None:
        return self.told[-1] if self.told else None


def settled(listening: Listening) -> None:
    for _ in range(20_000):
        if not listening.is_busy:
            return
        Event().wait(0.0005)
    raise AssertionError("the worker does not come to an end")


def noise(seconds: float, level: int) -> bytes:
    chance = random.Random(1)  # noqa: S311 -- it is noise
    return array("h", [round(chance.gauss(0, level)) for _ in range(int(seconds * 8000))]).tobytes()


@pytest.mark.parametrize("phrase", PHRASES)
def test_what_is_said_is_heard(speech: Speech, phrase: str) -> None:
    step = Step(speech).hear(silence(0.3) + said(phrase) + silence(2.0))

    assert step.told[0] == SpeechStarted(1)
    assert isinstance(step.last, SpeechHeard)
    assert step.last.text == phrase
    assert step.last.confidence > 0.5


def test_a_whole_phrase_is_told_before_the_pause_is_over(speech: Speech) -> None:
    sound = silence(0.3) + said("parkering") + silence(2.0)
    patient, eager = Step(speech).hear(sound), Step(speech, EAGER).hear(sound)

    assert isinstance(eager.last, SpeechHeard)
    assert eager.last == SpeechHeard(1, "parkering", 1.0)
    assert eager.heard_after < patient.heard_after - 0.1


def test_what_may_go_on_is_heard_to_its_end(speech: Speech) -> None:
    step = Step(speech, EAGER).hear(silence(0.3) + said("ja tak") + silence(2.0))

    assert isinstance(step.last, SpeechHeard)
    assert step.last.text == "ja tak"


@pytest.mark.parametrize("words", ["hvad er klokken egentlig", "solen skinner over byen i dag"])
def test_what_is_not_in_the_grammar_is_not_taken_for_what_is(speech: Speech, words: str) -> None:
    step = Step(speech).hear(silence(0.3) + said(words) + silence(2.0))

    assert not isinstance(step.last, SpeechHeard) or step.last.text not in PHRASES


@pytest.mark.parametrize("sound", [silence(8.0), noise(8.0, 300)], ids=["silence", "noise"])
def test_silence_and_noise_are_never_speech(speech: Speech, sound: bytes) -> None:
    step = Step(speech).hear(sound)

    assert SpeechStarted(1) not in step.told
    assert all(isinstance(event, NothingHeard | SpeechHeard) for event in step.told)


def test_after_nothing_it_goes_on_and_hears(speech: Speech) -> None:
    step = Step(speech).hear(silence(8.0) + said("parkering") + silence(2.0))

    assert NothingHeard(1) in step.told
    assert isinstance(step.last, SpeechHeard)
    assert step.last.text == "parkering"


def test_somebody_who_never_stops_is_ended(speech: Speech) -> None:
    step = Step(speech, seconds=2.0).hear(said("parkering ") * 8)

    assert isinstance(step.last, SpeechHeard)
    assert step.heard_after < 5.0


def test_everybody_is_heard_with_his_own_grammar(speech: Speech) -> None:
    """Thirty at once on two threads; what one says is no word to the next."""
    words = ("byggetilladelse", "parkering", "kørekort", "rekruttering")
    everybody = [words[place % len(words)] for place in range(30)]
    steps = [(Step(speech, Grammar("one", "da", (word,))), word) for word in everybody]
    sounds = [list(frames(silence(0.3) + said(phrase) + silence(2.0))) for _, phrase in steps]

    for tick in range(max(map(len, sounds))):
        for (step, _), sound in zip(steps, sounds, strict=True):
            if tick < len(sound) and not step.listening.is_over:
                step.listening.feed(sound[tick])
        for step, _ in steps:
            settled(step.listening)

    heard = [step.last.text for step, _ in steps if isinstance(step.last, SpeechHeard)]
    assert heard == everybody


def test_words_the_model_lacks_are_told_and_their_phrases_left_out(speech: Speech) -> None:
    assert speech.missing(["ja", "kvægavlsforening", "snurrebasse"]) == (
        "kvægavlsforening",
        "snurrebasse",
    )
    grammar = Grammar("menu", "da", ("snurrebasse parkering", "parkering"))

    step = Step(speech, grammar).hear(silence(0.3) + said("parkering") + silence(2.0))

    assert isinstance(step.last, SpeechHeard)
    assert step.last.text == "parkering"


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


def test_vosk_writes_nothing(speech: Speech, capfd: pytest.CaptureFixture[str]) -> None:
    """Its log would tell what people say."""
    grammar = Grammar("menu", "da", (*PHRASES, "ja ja", "ja  ja"))

    Step(speech, grammar).hear(silence(0.3) + said("parkering") + silence(2.0))

    assert capfd.readouterr() == ("", "")


def test_steps_that_are_stopped_leave_the_threads_free(speech: Speech) -> None:
    for _ in range(200):
        step = Step(speech).hear(silence(0.1))
        step.listening.stop()
        settled(step.listening)

    began = time.monotonic()  # noqa: TID251 -- how long it takes is the claim
    step = Step(speech).hear(silence(0.3) + said("ja") + silence(2.0))

    assert isinstance(step.last, SpeechHeard)
    assert time.monotonic() - began < 5.0  # noqa: TID251
