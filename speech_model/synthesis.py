"""Spoken clips by espeak-ng: many voices, forms of words, speeds and melodies, and a manifest.

A clip depends on its number alone. What exists is not made again, so a broken run continues.
"""

import io
import subprocess
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from scipy.signal import resample_poly

from speech_model import manifest, parallel, pronunciation, sentences, voices, words
from speech_model.manifest import Utterance
from speech_model.noise import RATE, chance
from speech_model.reduction import Form

SOURCE = "espeak-ng"
WORDS_A_MINUTE = 175
"""espeak-ng's own speed; clips are spoken at 0.8 to 1.3 of it."""

CHANCE_OF_CAREFUL = 0.55
"""How often a word is said in its usual form; else one of the others, evenly."""

CLIPS = 20_000


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip to be spoken: everything that decides how it sounds."""

    split: str
    number: int
    text: str
    voice: str
    markup: str
    """SSML with espeak-ng's phonemes."""
    speed: int
    pitch: int
    gap: int
    phones: tuple[str, ...]
    trial: sentences.Trial | None = None

    @property
    def name(self) -> str:
        """Carries a checksum, so that a clip of an older plan is never taken for this one."""
        said = f"{self.voice}|{self.markup}|{self.speed}|{self.pitch}|{self.gap}"
        return f"{self.split}/{self.number:06d}-{crc32(said.encode()):08x}.wav"


def synthesise(
    folder: Path,
    clips: int = CLIPS,
    *,
    dev_clips: int = 600,
    test_clips: int = sentences.UTTERANCES_IN_A_SET,
    seed: int = 1,
    processes: int = 2,
) -> None:
    """Speak every clip into `folder/wav` and write train.jsonl, dev.jsonl and test.jsonl.

    `test_clips` is the number of utterances in each set of the evaluation. Needs espeak-ng;
    raises PronunciationError without it.
    """
    plan = [
        *_sentences("train", clips, seed),
        *_sentences("dev", dev_clips, seed),
        *_trials(test_clips, seed),
    ]
    speakable = pronunciation.spoken(_words_of(plan))
    planned = [_planned(said, speakable, seed) for said in plan]
    _speak_all(planned, folder / "wav", processes)
    for split in voices.SPLITS:
        rows = [_row(clip, folder) for clip in planned if clip.split == split]
        manifest.write(folder / f"{split}.jsonl", rows)


@dataclass(frozen=True, slots=True)
class _Said:
    split: str
    number: int
    text: str
    trial: sentences.Trial | None = None


def _sentences(split: str, count: int, seed: int) -> Iterator[_Said]:
    for number in range(count):
        rng = _generator(seed, split, number, "text")
        yield _Said(split, number, sentences.training(rng))


def _trials(utterances: int, seed: int) -> Iterator[_Said]:
    rng = _generator(seed, "test", 0, "text")
    for number, trial in enumerate(sentences.trials(rng, utterances)):
        yield _Said("test", number, trial.text, trial)


def _words_of(plan: Sequence[_Said]) -> list[str]:
    return sorted({word for said in plan for word in said.text.split()})


def _planned(said: _Said, speakable: dict[str, tuple[Form, ...]], seed: int) -> Clip:
    rng = _generator(seed, said.split, said.number, "voice")
    forms = [_form(speakable[word], rng) for word in said.text.split()]
    spoken = [
        _unstressed(form) if _is_weak(word, len(forms), rng) else form
        for word, form in zip(said.text.split(), forms, strict=True)
    ]
    return Clip(
        said.split,
        said.number,
        said.text,
        voice=_voice(said.split, rng),
        markup=_markup(spoken, rng),
        speed=round(WORDS_A_MINUTE * rng.uniform(0.8, 1.3)),
        pitch=int(rng.integers(15, 86)),
        gap=int(rng.choice([0, 0, 0, 1, 2, 4])),
        phones=tuple(phone for form in forms for phone in pronunciation.phones(form)),
        trial=said.trial,
    )


def _voice(split: str, rng: np.random.Generator) -> str:
    choice = voices.SPLITS[split]
    if split == "train":
        choice = voices.ODD if chance(rng, voices.SHARE_OF_ODD) else voices.TRAIN
    return choice[int(rng.integers(len(choice)))]


def _form(forms: tuple[Form, ...], rng: np.random.Generator) -> Form:
    if len(forms) == 1 or chance(rng, CHANCE_OF_CAREFUL):
        return forms[0]
    return forms[int(rng.integers(1, len(forms)))]


def _is_weak(word: str, words_said: int, rng: np.random.Generator) -> bool:
    """Small words carry no stress in a sentence, most of the time."""
    small = words_said > 1 and word in words.section("function words")
    return small and chance(rng, 0.7)


def _unstressed(form: Form) -> Form:
    return tuple(symbol.replace("'", "") for symbol in form)


def _markup(forms: Sequence[Form], rng: np.random.Generator) -> str:
    """The words in one to three breaths, each with a speed and a melody of its own."""
    breaths = min(len(forms), int(rng.choice([1, 1, 2, 3])))
    cuts = np.sort(rng.choice(np.arange(1, len(forms)), breaths - 1, replace=False))
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, len(forms)], strict=True):
        said = " ".join("_".join(form) for form in forms[start:end])
        rate, pitch = rng.integers(88, 115), rng.integers(-15, 16)
        pieces.append(f"<prosody rate='{rate}%' pitch='{pitch:+d}%'> [[{said}]] </prosody>")
    pause = f" <break time='{rng.integers(50, 350)}ms'/> "
    return f"<speak>{pause.join(pieces)}</speak>"


def _speak_all(clips: Sequence[Clip], folder: Path, processes: int) -> None:
    missing = [clip for clip in clips if not (folder / clip.name).exists()]
    for split in voices.SPLITS:
        (folder / split).mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn()) as progress:
        task = progress.add_task("speech", total=len(clips), completed=len(clips) - len(missing))
        for _ in parallel.each(partial(_speak, folder), missing, processes):
            progress.advance(task)


def _speak(folder: Path, clip: Clip) -> None:
    """One clip, whole or not at all."""
    samples = speak(clip.markup, clip.voice, speed=clip.speed, pitch=clip.pitch, gap=clip.gap)
    target = folder / clip.name
    draft = target.with_suffix(".draft")
    write_wav(draft, samples)
    draft.replace(target)


def speak(
    markup: str, variant: str, *, speed: int = WORDS_A_MINUTE, pitch: int = 50, gap: int = 0
) -> NDArray[np.int16]:
    """SSML said by a variant of the Danish voice, at 8 kHz, as loud as it can be."""
    command = ["espeak-ng", "-v", voices.name(variant), "-m", "-s", str(speed), "-p", str(pitch)]
    command += ["-g", str(gap), "--stdout", markup]
    sound = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(sound)) as file:
        rate = file.getframerate()
    spoken = np.frombuffer(sound[44:], np.int16).astype(np.float32)
    common = np.gcd(rate, RATE)
    samples = resample_poly(spoken, RATE // common, rate // common)
    loudest = float(np.abs(samples).max(initial=1.0))
    return np.asarray(np.round(samples * (32000 / loudest)), np.int16)


def write_wav(path: Path, samples: NDArray[np.int16]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def _row(clip: Clip, folder: Path) -> Utterance:
    trial = clip.trial
    return Utterance(
        wav=folder / "wav" / clip.name,
        text=clip.text,
        speaker=f"{SOURCE}/{voices.name(clip.voice)}",
        source=SOURCE,
        phones=clip.phones,
        set=trial.set if trial else "",
        menu=trial.menu if trial else "",
        expect=trial.expect if trial else "",
    )


def _generator(seed: int, split: str, number: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(f"{split}/{number}/{purpose}".encode())])
