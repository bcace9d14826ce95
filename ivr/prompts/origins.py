"""What a recording is made from: a voice, a studio's file, or arithmetic.

An origin makes the samples, and names itself by a fingerprint of everything that has a say in
them, the code included. It travels to another process, so it is small and plain.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from ivr.errors import RenderError
from ivr.prompts import audio, music, voices


@dataclass(frozen=True, slots=True)
class Quiet:
    """Seconds of quiet left around speech."""

    lead: float
    tail: float


SENTENCE = Quiet(0.02, 0.2)
"""The next prompt follows at once; a listener needs a breath between two sentences."""

CONTINUED = Quiet(0.02, 0.03)
NUMBER = Quiet(0.01, 0.06)
NUMBER_CONTINUED = Quiet(0.01, 0.02)
"""`et hundrede` `og` `enogtyve` must sound as one number."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words for a voice."""

    script: str
    voice: voices.Voice
    quiet: Quiet

    def samples(self) -> list[float]:
        sound = self.voice.speak(self.script)
        # espeak-ng has too little treble; Piper's voices are recorded people's.
        bright = isinstance(self.voice, voices.Espeak)
        lead, tail = self.quiet.lead, self.quiet.tail
        samples = audio.for_telephone(sound, lead=lead, tail=tail, bright=bright)
        return _heard(samples, repr(self.script))

    def fingerprint(self) -> str:
        voice = self.voice
        if isinstance(voice, voices.Piper):
            size = voice.model.stat().st_size if voice.model.is_file() else 0
            return _hash(self.script, voice.model.name, size, self.quiet, _code(audio, voices))
        return _hash(self.script, voice, self.quiet, _code(audio, voices))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file spoken by a human."""

    file: Path
    quiet: Quiet

    def samples(self) -> list[float]:
        sound = audio.read(self.file)
        samples = audio.for_telephone(sound, lead=self.quiet.lead, tail=self.quiet.tail)
        return _heard(samples, str(self.file))

    def fingerprint(self) -> str:
        return _hash(sha256(self.file.read_bytes()).hexdigest(), self.quiet, _code(audio))


@dataclass(frozen=True, slots=True)
class Played:
    """A file of music."""

    file: Path

    def samples(self) -> list[float]:
        samples = music.levelled(audio.resampled(audio.read(self.file)))
        return _heard(samples, str(self.file))

    def fingerprint(self) -> str:
        return _hash(sha256(self.file.read_bytes()).hexdigest(), _code(audio, music))


@dataclass(frozen=True, slots=True)
class Composed:
    """Music, or a tone, that this program makes itself."""

    name: str

    def samples(self) -> list[float]:
        return music.COMPOSED[self.name]()

    def fingerprint(self) -> str:
        return _hash(self.name, _code(audio, music))


Origin = Spoken | Recorded | Played | Composed


def _heard(samples: list[float], origin: str) -> list[float]:
    if not any(samples):
        raise RenderError(f"{origin}: there is nothing to hear in it")
    return samples


def _hash(*parts: object) -> str:
    return sha256("\0".join(map(repr, parts)).encode()).hexdigest()[:32]


@cache
def _code(*modules: ModuleType) -> str:
    # A module without a file is one of a frozen program, which cannot change.
    sources = (Path(module.__file__).read_bytes() for module in modules if module.__file__)
    return sha256(b"\0".join(sources)).hexdigest()
