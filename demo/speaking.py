"""A caller's voice: espeak-ng says an errand into a WAV that a telephone can play."""

from pathlib import Path

from ivr.prompts import audio
from ivr.prompts.voices import Espeak

VOICE = "da+f4"
"""Not the voice of the gateway's own prompts."""
SECONDS_AROUND = 0.3


def say(text: str, file: Path) -> Path:
    """Write somebody saying `text`, as a telephone hears it; return the file."""
    sound = Espeak(VOICE).speak(text)
    audio.write(file, audio.for_telephone(sound, lead=SECONDS_AROUND, tail=SECONDS_AROUND))
    return file
