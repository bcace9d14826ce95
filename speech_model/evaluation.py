"""How well a model does: the test voices, the telephone chain, real Vosk and the real parser.

    manifest row ─ telephone, noise ─ frames ─▶ Recognition ─ text ─▶ parse ─▶ an outcome

Every number is of synthetic speech. Imports vosk, so never in one process with `graph`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from time import process_time
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ivr.engine import grammar
from ivr.engine.events import SpeechHeard
from ivr.engine.grammar import Grammar, Meant, Vocabulary
from ivr.speech import recognition
from ivr.speech.recogniser import Model
from ivr.speech.recognition import Recognition
from speech_model import audio, manifest, menus, noise, sentences, telephone
from speech_model.settings import RATE

FRAME = RATE // 50
"""20 ms."""
FRAMES_AT_ONCE = 3
"""So many are decoded together: a step of the decoder, and what the gateway does as well."""
SECONDS_BEFORE = 0.3
SECONDS_AFTER = 1.5
LONGEST_SECONDS = 8.0
SURE = 0.9
"""A site's usual `confidence`: what is heard with less is asked about, not done."""
QUIET = 0.02
"""Part of the loudest sample below which a clip has not begun, or is over."""

CLIPS_OF_BABBLE = 60
VOICES_IN_BABBLE = 3

FILLERS = ("øh", "øhm", "ja", "goddag", "hej", "altså", "og", "tak", "undskyld", "øh ja")


SYNONYMS = {"tal med en medarbejder": "tale med en medarbejder"}
"""Sounds the same to most, and carriers bring "tale" into the grammar: a site lists both."""


class Outcome(StrEnum):
    RIGHT = "right"
    ASKED = "asked"
    """Heard as what was said, but not surely: the caller is asked whether he meant it."""
    REJECTED = "rejected"
    WRONG = "wrong"
    """Accepted, and not what was said."""


@dataclass(frozen=True)
class Trial:
    """One clip to be heard with one grammar. `expect` is "" for what must be rejected."""

    row: str
    """The row of the table it counts in."""
    grammar: str
    expect: str
    seed: int
    wav: Path | None = None
    snr_db: float | None = None
    noise: str = ""
    """The kind of noise, where there is no speech."""


@dataclass(frozen=True)
class Heard:
    """What came of a trial. `delay`: seconds of sound from the end of speech to the answer."""

    row: str
    condition: str
    outcome: Outcome
    expect: str
    text: str
    delay: float | None
    may_end_early: bool
    seconds: float
    processor: float
    """Seconds of processor for `seconds` of sound."""


def trials(test: Path, condition: float | None, *, every: int = 1) -> list[Trial]:
    """The trials of a test manifest at one signal-to-noise ratio (None: no noise)."""
    found: list[Trial] = []
    for one in manifest.read(test)[::every]:
        key = crc32(f"{one.wav.name} {condition}".encode())
        trial = Trial(one.set, one.menu, one.expect, key, one.wav, condition)
        if one.set == "oog":
            main = list(menus.MENUS)[key % len(menus.MENUS)]
            found += [
                replace(trial, row=f"oog {kind}", grammar=name)
                for kind, name in (("menus", main), ("yesno", "yesno"), ("digits", "digits"))
            ]
        else:
            found.append(trial)
        if one.set == "carriers":
            found.append(replace(trial, row="carriers not listed", grammar=f"{one.menu} bare"))
    return found


def trials_of_noise(count: int) -> list[Trial]:
    """Sounds without speech for the caller to be deaf to: `count` of them, and as much babble."""
    grammars = ("main", "yesno", "digits")
    return [
        Trial("babble" if kind == "babble" else "noise", name, "", crc32(f"{kind}{at}".encode()),
              noise=kind)
        for kind in ("noise", "babble")
        for at, name in ((at, grammars[at % len(grammars)]) for at in range(count))
    ]  # fmt: skip


class Listener:
    """A model, the noises of the test voices, and everything a trial needs besides itself."""

    def __init__(self, model: Path, test: Path) -> None:
        self._model = Model(model)
        wavs = [one.wav for one in manifest.read(test)]
        step = max(1, len(wavs) // CLIPS_OF_BABBLE)
        self._voices = [audio.read(wav) for wav in wavs[::step]]
        self._noises = noise.Noises.of(self._voices)

    def hear(self, trial: Trial) -> Heard:
        rng = np.random.default_rng(trial.seed)
        samples, end = self._sound(trial, rng)
        vocabulary = _vocabularies()[trial.grammar]
        began = process_time()
        at, event = self._listen(_grammars()[trial.grammar], samples)
        spent = process_time() - began
        text = event.text if event else ""
        condition = "clean" if trial.snr_db is None else f"{trial.snr_db:g} dB"
        return Heard(
            row=trial.row,
            condition=condition,
            outcome=_outcome(trial.expect, vocabulary, event),
            expect=trial.expect,
            text=text,
            delay=at - end if event and end else None,
            may_end_early=bool(event and text in _grammars()[trial.grammar].endings),
            seconds=at,
            processor=spent,
        )

    def _sound(self, trial: Trial, rng: np.random.Generator) -> tuple[NDArray[np.int16], float]:
        """The samples, and when the speech in them ends; 0 when there is none."""
        if trial.wav is None:
            return self._without_speech(trial.noise, rng), 0.0
        speech = _trimmed(audio.read(trial.wav))
        before = np.zeros(int(SECONDS_BEFORE * RATE), np.float32)
        after = np.zeros(int(SECONDS_AFTER * RATE), np.float32)
        padded = np.concatenate([before, speech, after])
        heard = telephone.degrade(padded, rng, trial.snr_db, noises=self._noises, warp=False)
        return heard, (len(before) + len(speech)) / RATE

    def _without_speech(self, kind: str, rng: np.random.Generator) -> NDArray[np.int16]:
        if kind == "noise":
            clips = [noise.clip(self._noises, rng)[1] for _ in range(2)]
            return np.concatenate(clips)
        length = 3 * RATE
        mixed = np.zeros(length, np.float32)
        for _ in range(VOICES_IN_BABBLE):
            voice = np.concatenate(
                [self._voices[int(rng.integers(len(self._voices)))] for _ in range(4)]
            )
            mixed += np.resize(np.roll(voice, int(rng.integers(len(voice)))), length)
        return telephone.degrade(mixed / np.float32(VOICES_IN_BABBLE), rng, None, warp=False)

    def _listen(
        self, listened: Grammar, samples: NDArray[np.int16]
    ) -> tuple[float, SpeechHeard | None]:
        """The first thing that was heard and the second at which it came; else the end."""
        recogniser = self._model.recogniser(listened.phrases)
        hearing = Recognition(1, listened, LONGEST_SECONDS, recogniser)
        pcm = samples.tobytes()
        step = 2 * FRAME * FRAMES_AT_ONCE
        for start in range(0, len(pcm), step):
            for event in hearing.hear(pcm[start : start + step]):
                if isinstance(event, SpeechHeard):
                    return (start + step) / 2 / RATE, event
        return len(samples) / RATE, None


def _outcome(expect: str, vocabulary: Vocabulary, event: SpeechHeard | None) -> Outcome:
    understood = grammar.parse(vocabulary, event.text) if event else None
    if not isinstance(understood, Meant) or event is None:
        return Outcome.REJECTED
    is_sure = understood.sure and event.confidence >= SURE
    if not is_sure:
        return Outcome.ASKED if understood.meaning == expect else Outcome.REJECTED
    return Outcome.RIGHT if understood.meaning == expect else Outcome.WRONG


@cache
def _vocabularies() -> Mapping[str, Vocabulary]:
    """Each grammar of the evaluation; "... bare" lists no carrier the evaluation uses."""
    known = tuple(sorted({_lead(one) for one in sentences.carriers()} - {""}))
    new = tuple(sorted({_lead(one) for one in sentences.held_out_carriers()} - {""}))
    found: dict[str, Vocabulary] = {}
    for name, phrases in menus.grammars().items():
        meanings = {phrase: phrase for phrase in phrases}
        meanings |= {same: one for one, same in SYNONYMS.items() if one in phrases}
        if name in menus.MENUS:
            found[name] = Vocabulary(meanings, tuple(dict.fromkeys(known + new)), FILLERS)
            found[f"{name} bare"] = Vocabulary(meanings, known, FILLERS)
        else:
            found[name] = Vocabulary(meanings)
    return found


@cache
def _grammars() -> Mapping[str, Grammar]:
    return {
        name: grammar.listed(name, "da", vocabulary, early=True)
        for name, vocabulary in _vocabularies().items()
    }


def _lead(template: str) -> str:
    """What stands before the errand."""
    return template.partition("{}")[0].strip()


def _trimmed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max(initial=1e-9))
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


def seconds_until_sure() -> float:
    """How long a partial result must stay the same for the gateway to end a step early."""
    return recognition.SECONDS_UNTIL_SURE


# --- in worker processes ------------------------------------------------------------------------


@cache
def _listener(model: Path, test: Path) -> Listener:
    return Listener(model, test)


@dataclass(frozen=True)
class Hear:
    """`Listener.hear`, as a worker process can be told to do it: with one listener for each."""

    model: Path
    test: Path

    def __call__(self, trial: Trial) -> Heard:
        return _listener(self.model, self.test).hear(trial)


def words_of(listed: Sequence[Trial]) -> Iterator[str]:
    """Every word that the grammars of these trials listen for."""
    for name in {trial.grammar for trial in listed}:
        yield from _grammars()[name].words
