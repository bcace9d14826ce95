"""Which events a listening step tells, and when, for what Vosk says of the sound."""

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from ivr.engine.events import CallEvent, NothingHeard, SpeechHeard, SpeechStarted
from ivr.engine.grammar import Grammar
from ivr.speech.recognition import Recognition

CHUNK = bytes(960)
"""60 ms of quiet."""
LOUD = array("h", [8000, -8000] * 240).tobytes()
SOFT = array("h", [1600, -1600] * 240).tobytes()
GRAMMAR = Grammar(
    "menu", "da", ("ja", "ja tak", "nej", "parkering"), frozenset({"ja tak", "nej", "parkering"})
)


@dataclass
class Script:
    """Says of each chunk what it is told to: a partial result, or a final one with `.` behind."""

    lines: Sequence[str]
    certain: float = 1.0
    said: list[str] = field(default_factory=list)

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
        assert len(data) == len(CHUNK)
        self.said.append(self.lines[len(self.said)])
        return int(self.said[-1].endswith("."))

    def PartialResult(self) -> str:  # noqa: N802
        return json.dumps({"partial": self.said[-1]})

    def Result(self) -> str:  # noqa: N802
        text = self.said[-1].removesuffix(".")
        words = [{"word": word, "conf": self.certain} for word in text.split()]
        return json.dumps({"text": text, "result": words} if text else {"text": ""})

    FinalResult = Result


def events(*lines: str, certain: float = 1.0, seconds: float = 8.0) -> list[CallEvent]:
    """Return what is told of these chunks, until the step is over."""
    recognition = Recognition(3, GRAMMAR, seconds, Script(lines, certain))
    told: list[CallEvent] = []
    for _ in lines:
        if not recognition.is_over:
            told += recognition.hear(CHUNK)
    return told


def test_the_first_word_is_told_once_and_the_answer_at_the_pause() -> None:
    assert events("", "ja", "ja", "ja", "ja", "ja.", certain=0.93) == [
        SpeechStarted(3),
        SpeechHeard(3, "ja", 0.93),
    ]


def test_noise_is_never_the_beginning_of_speech() -> None:
    assert events("[unk]", "[unk]", "[unk] [unk]", "[unk] [unk].") == [
        SpeechHeard(3, "[unk] [unk]", 0.0)
    ]


def test_a_word_after_noise_is_the_beginning_of_speech() -> None:
    assert events("[unk]", "[unk] ja") == [SpeechStarted(3)]


def test_a_pause_without_words_is_told_and_listening_goes_on() -> None:
    assert events("", ".", "nej", "nej.") == [
        NothingHeard(3),
        SpeechStarted(3),
        SpeechHeard(3, "nej", 1.0),
    ]


def test_what_was_taken_back_is_nothing_and_the_next_word_is_told_again() -> None:
    assert events("ja", "", ".", "nej") == [SpeechStarted(3), NothingHeard(3), SpeechStarted(3)]


def test_a_whole_phrase_ends_early_once_it_has_stayed_the_same() -> None:
    assert events(*["nej"] * 4) == [SpeechStarted(3)]
    assert events(*["nej"] * 5) == [SpeechStarted(3), SpeechHeard(3, "nej", 1.0)]


def test_a_long_word_stands_longer_for_it_is_told_before_it_was_said() -> None:
    """60 ms a letter: nine letters."""
    assert events(*["parkering"] * 9) == [SpeechStarted(3)]
    assert events(*["parkering"] * 10)[-1] == SpeechHeard(3, "parkering", 1.0)


@pytest.mark.parametrize(
    ("at_the_end", "certain", "confidence"),
    [
        ("nej", 0.7, 0.7),
        ("nej [unk]", 0.7, 0.7),  # a noise behind it
        ("[unk]", 0.7, 1.0),  # noise all over it
        ("", 0.7, 1.0),
        ("ja", 0.7, 0.0),  # another word: nothing is sure
        ("nej ja", 0.7, 0.0),
    ],
)
def test_one_word_is_as_certain_as_the_decoder_is_when_that_was_all(
    at_the_end: str, certain: float, confidence: float
) -> None:
    assert ended_early("nej", at_the_end, certain) == SpeechHeard(3, "nej", confidence)


def test_a_sentence_that_ended_early_is_certain() -> None:
    assert ended_early("ja tak", "nej", 0.1) == SpeechHeard(3, "ja tak", 1.0)


def ended_early(said: str, at_the_end: str, certain: float) -> CallEvent:
    """Return the answer that `said` is when the decoder, asked for its last word, says another."""

    class Decided(Script):
        def FinalResult(self) -> str:  # noqa: N802
            words = [{"word": word, "conf": self.certain} for word in at_the_end.split()]
            return json.dumps({"text": at_the_end, "result": words})

    recognition = Recognition(3, GRAMMAR, 8.0, Decided([said] * 5, certain))
    return [event for _ in range(5) for event in recognition.hear(CHUNK)][-1]


@pytest.mark.parametrize(("last", "ends"), [(LOUD, False), (SOFT, True)])
def test_only_who_falls_silent_is_ended_early(last: bytes, *, ends: bool) -> None:
    """His partial result may be the beginning of something else."""
    recognition = Recognition(3, GRAMMAR, 8.0, Script(["nej"] * 9))
    for chunk in [LOUD] * 5 + [last] * 3:
        told = list(recognition.hear(chunk))

    assert told == ([SpeechHeard(3, "nej", 1.0)] if ends else [])


def test_a_phrase_that_may_go_on_is_waited_for() -> None:
    assert events(*["ja"] * 6, *["ja tak"] * 5)[-1] == SpeechHeard(3, "ja tak", 1.0)


def test_a_result_that_keeps_changing_does_not_end_early() -> None:
    assert events(*["nej", "nej", "nej", "parkering"] * 3) == [SpeechStarted(3)]


def test_a_whole_phrase_with_noise_beside_it_is_left_to_the_pause() -> None:
    assert events(*["nej [unk]"] * 9) == [SpeechStarted(3)]


@pytest.mark.parametrize("said", ["ja", "[unk]"])
def test_an_utterance_without_an_end_is_ended(said: str) -> None:
    told = events(*[said] * 10, seconds=0.5)

    assert told[-1] == SpeechHeard(3, said, 1.0 if said == "ja" else 0.0)
    assert len(told) == (2 if said == "ja" else 1)


def test_silence_before_speech_does_not_count_as_speech() -> None:
    assert events(*[""] * 20, "ja", seconds=0.5) == [SpeechStarted(3)]


def test_the_least_certain_word_counts() -> None:
    class Doubtful(Script):
        def Result(self) -> str:  # noqa: N802
            words = [{"word": "ja", "conf": 0.99}, {"word": "tak", "conf": 0.42}]
            return json.dumps({"text": "ja tak", "result": words})

    recognition = Recognition(3, GRAMMAR, 8.0, Doubtful(["ja tak."]))

    assert list(recognition.hear(CHUNK)) == [SpeechHeard(3, "ja tak", 0.42)]
