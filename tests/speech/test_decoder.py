"""Real speech, the real model, real Vosk: what is said is what is told."""

import random
import time
from array import array

import pytest

from ivr.engine.events import NothingHeard, SpeechHeard, SpeechStarted
from ivr.engine.grammar import Grammar
from ivr.speech.decoder import Decoder
from tests.speech.steps import Step, settled
from tests.speech.voice import frames, silence
from tests.speech.voice import speech as said

PHRASES = ("byggetilladelse", "parkering", "nej tak", "ja", "ja tak", "kørekort", "rekruttering")
MENU = Grammar("menu", "da", PHRASES)
EAGER = Grammar("menu", "da", PHRASES, frozenset({"parkering", "nej tak", "ja tak"}))


def noise(seconds: float, level: int) -> bytes:
    chance = random.Random(1)  # noqa: S311 -- it is noise
    return array("h", [round(chance.gauss(0, level)) for _ in range(int(seconds * 8000))]).tobytes()


@pytest.mark.parametrize("phrase", PHRASES)
def test_what_is_said_is_heard(decoder: Decoder, phrase: str) -> None:
    step = Step(decoder, MENU).hear(silence(0.3) + said(phrase) + silence(2.0))

    assert step.told[0] == SpeechStarted(1)
    assert isinstance(step.last, SpeechHeard)
    assert step.last.text == phrase
    assert step.last.confidence > 0.5


def test_a_whole_phrase_is_told_before_the_pause_is_over(decoder: Decoder) -> None:
    sound = silence(0.3) + said("parkering") + silence(2.0)
    patient, eager = Step(decoder, MENU).hear(sound), Step(decoder, EAGER).hear(sound)

    assert isinstance(eager.last, SpeechHeard)
    assert eager.last == SpeechHeard(1, "parkering", 1.0)
    assert eager.heard_after < patient.heard_after - 0.1


def test_what_may_go_on_is_heard_to_its_end(decoder: Decoder) -> None:
    step = Step(decoder, EAGER).hear(silence(0.3) + said("ja tak") + silence(2.0))

    assert isinstance(step.last, SpeechHeard)
    assert step.last.text == "ja tak"


@pytest.mark.parametrize("words", ["hvad er klokken egentlig", "solen skinner over byen i dag"])
def test_what_is_not_in_the_grammar_is_not_taken_for_what_is(decoder: Decoder, words: str) -> None:
    step = Step(decoder, MENU).hear(silence(0.3) + said(words) + silence(2.0))

    assert not isinstance(step.last, SpeechHeard) or step.last.text not in PHRASES


@pytest.mark.parametrize("sound", [silence(8.0), noise(8.0, 300)], ids=["silence", "noise"])
def test_silence_and_noise_are_never_speech(decoder: Decoder, sound: bytes) -> None:
    step = Step(decoder, MENU).hear(sound)

    assert SpeechStarted(1) not in step.told
    assert all(isinstance(event, NothingHeard | SpeechHeard) for event in step.told)


def test_after_nothing_it_goes_on_and_hears(decoder: Decoder) -> None:
    step = Step(decoder, MENU).hear(silence(8.0) + said("parkering") + silence(2.0))

    assert NothingHeard(1) in step.told
    assert isinstance(step.last, SpeechHeard)
    assert step.last.text == "parkering"


def test_somebody_who_never_stops_is_ended(decoder: Decoder) -> None:
    step = Step(decoder, MENU, seconds=2.0).hear(said("parkering ") * 8)

    assert isinstance(step.last, SpeechHeard)
    assert step.heard_after < 5.0


def test_everybody_is_heard_with_his_own_grammar(decoder: Decoder) -> None:
    """Thirty at once on two threads; what one says is no word to the next."""
    words = ("byggetilladelse", "parkering", "kørekort", "rekruttering")
    everybody = [words[place % len(words)] for place in range(30)]
    steps = [(Step(decoder, Grammar("one", "da", (word,))), word) for word in everybody]
    sounds = [list(frames(silence(0.3) + said(phrase) + silence(2.0))) for _, phrase in steps]

    for tick in range(max(map(len, sounds))):
        for (step, _), sound in zip(steps, sounds, strict=True):
            if tick < len(sound) and not step.listening.is_over:
                step.listening.feed(sound[tick])
        for step, _ in steps:
            settled(step.listening)

    heard = [step.last.text for step, _ in steps if isinstance(step.last, SpeechHeard)]
    assert heard == everybody


def test_vosk_writes_nothing(decoder: Decoder, capfd: pytest.CaptureFixture[str]) -> None:
    """Its log would tell what people say."""
    grammar = Grammar("menu", "da", (*PHRASES, "ja ja", "ja  ja"))

    Step(decoder, grammar).hear(silence(0.3) + said("parkering") + silence(2.0))

    assert capfd.readouterr() == ("", "")


def test_steps_that_are_stopped_leave_the_threads_free(decoder: Decoder) -> None:
    for _ in range(200):
        step = Step(decoder, MENU).hear(silence(0.1))
        step.listening.stop()
        settled(step.listening)

    began = time.monotonic()  # noqa: TID251 -- how long it takes is the claim
    step = Step(decoder, MENU).hear(silence(0.3) + said("ja") + silence(2.0))

    assert isinstance(step.last, SpeechHeard)
    assert time.monotonic() - began < 5.0  # noqa: TID251
