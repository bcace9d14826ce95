"""What may be the echo of our own prompt is no caller; who speaks over it is."""

from array import array

import pytest

from ivr.engine.events import SpeechStarted
from ivr.engine.grammar import Grammar
from ivr.prompts import audio
from ivr.prompts.voices import Espeak
from ivr.speech.decoder import Decoder
from ivr.speech.gate import FRAME, FRAMES_AFTER, FRAMES_BEFORE, FRAMES_OF_ECHO, Gate
from tests.speech.steps import Step
from tests.speech.voice import silence

PROMPT = "Hvad drejer din henvendelse sig om? Sig rekruttering, byggetilladelse, eller parkering."
MENU = Grammar("menu", "da", ("rekruttering", "byggetilladelse", "parkering"))


def frame(decibels: float) -> bytes:
    """Return 20 ms of a square wave, whose root mean square is its height."""
    height = round(32768 * 10 ** (decibels / 20))
    return array("h", [height, -height] * (FRAME // 4)).tobytes()


def at(decibels: float, text: str) -> bytes:
    """Return speech whose level is so many decibels of full scale."""
    samples = audio.for_telephone(Espeak("da+m3").speak(text), lead=0.0, tail=0.0)
    gain = 32768 * 10 ** ((decibels - audio.SPEECH_DECIBELS) / 20)
    return array("h", [max(-32768, min(32767, round(gain * s))) for s in samples]).tobytes()


@pytest.mark.parametrize(
    ("level", "over_prompt", "passes"),
    [(-20, True, True), (-36, True, False), (-36, False, True), (-56, False, False)],
)
def test_what_passes(level: float, *, over_prompt: bool, passes: bool) -> None:
    gate, sound = Gate(), frame(level)

    passed = b"".join(gate.take(sound, over_prompt=over_prompt) for _ in range(30))

    assert any(passed) is passes
    assert len(passed) == FRAME * (30 if passes else 30 - FRAMES_BEFORE)


def test_a_word_is_passed_with_its_beginning_and_its_end() -> None:
    gate, soft, loud = Gate(), frame(-40), frame(-20)
    sound = [soft] * 20 + [loud] * 5 + [soft] * 60

    passed = b"".join(gate.take(each, over_prompt=True) for each in sound)

    frames = [passed[place : place + FRAME] for place in range(0, len(passed), FRAME)]
    begins, ends = 20 - FRAMES_BEFORE, 25 + FRAMES_AFTER - 1
    assert not any(map(any, frames[:begins]))
    assert frames[begins:ends] == sound[begins:ends]
    assert not any(map(any, frames[ends:]))


def test_a_line_may_echo_for_a_while_after_the_prompt() -> None:
    gate, soft = Gate(), frame(-40)
    gate.take(soft, over_prompt=True)

    during = [gate.take(soft, over_prompt=False) for _ in range(FRAMES_OF_ECHO - 1)]

    assert not any(map(any, during))
    assert any(gate.take(soft, over_prompt=False))


@pytest.mark.parametrize("below", [20, 30])
def test_the_echo_of_a_prompt_is_not_taken_for_a_caller(decoder: Decoder, below: int) -> None:
    echo = at(audio.SPEECH_DECIBELS - below, PROMPT)

    step = Step(decoder, MENU).hear(echo + silence(1.0), over_prompt=True)

    assert SpeechStarted(1) not in step.told


def test_a_caller_is_heard_over_the_echo_of_a_prompt(decoder: Decoder) -> None:
    """His first word stops the prompt, and with it the echo."""
    begins, stops = 8000, 8000 + 5600
    echo = array("h", at(audio.SPEECH_DECIBELS - 20, PROMPT)[: 2 * stops])
    caller = array("h", at(-22.0, "byggetilladelse"))
    echo.extend([0] * (begins + len(caller) - len(echo)))
    for place, sample in enumerate(caller, begins):
        echo[place] += sample

    step = Step(decoder, MENU).hear(echo.tobytes() + silence(1.0), over_prompt=True)

    assert step.told[0] == SpeechStarted(1)
    assert "byggetilladelse" in str(step.last)
