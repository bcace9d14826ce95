"""What callers say, as WAV files for their telephones."""

from pathlib import Path
from random import Random
from zlib import crc32

from ivr.prompts import audio
from ivr.prompts.voices import Espeak

VOICE = "da+f4"
QUIETLY = 0.4


def say(text: str, folder: Path, voice: str = VOICE) -> str:
    """Return a file in which somebody says this."""
    file = folder / f"{crc32(f'{voice} {text}'.encode())}.wav"
    spoken = audio.for_telephone(Espeak(voice).speak(text), lead=0.1, tail=0.3)
    audio.write(file, [QUIETLY * sample for sample in spoken])
    return str(file)


def noise(seconds: float, folder: Path, level: float = 0.05) -> str:
    """Return a file with the noise of a street, or of a broken line."""
    chance = Random(1)  # noqa: S311 -- it is noise
    file = folder / "noise.wav"
    brown = 0.0
    samples = []
    for _ in range(round(seconds * audio.RATE)):
        brown = 0.97 * brown + 0.03 * chance.gauss(0, 1)
        samples.append(level * (4 * brown + 0.3 * chance.gauss(0, 1)))
    audio.write(file, samples)
    return str(file)
