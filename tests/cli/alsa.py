"""A sound card without hardware: ALSA reads the microphone from a file and writes the rest."""

import os
from array import array
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

_CONFIGURATION = """\
pcm.!default {{
    type plug
    slave.pcm {{
        type file
        slave.pcm {{ type null }}
        infile "{microphone}"
        file "{loudspeaker}"
        format "raw"
    }}
}}
"""


def needs_pyaudio() -> None:
    """Skip a test where there is no PyAudio, which is an extra; `make test` installs it."""
    if find_spec("pyaudio") is None:
        absent = "PyAudio is missing: apt-get install portaudio19-dev; pip install '.[talk]'"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)


def no_card(folder: Path) -> dict[str, str]:
    """Return the environment of a process whose sound card is one that is not there."""
    configuration = folder / "asound.conf"
    configuration.write_text("pcm.!default { type hw\n card 99 }\n")
    return {"ALSA_CONFIG_PATH": str(configuration)}


class SoundCard:
    """`environment` is what a process needs to take this card for its own."""

    def __init__(self, folder: Path, said: Sequence[float]) -> None:
        """`said` is what the microphone hears, at 8 kHz, -1 to 1; then it hears silence."""
        microphone, self.loudspeaker = folder / "microphone.raw", folder / "loudspeaker.raw"
        silence = bytes(2 * 8000 * 120)
        samples = array("h", [round(32767 * sample) for sample in said])
        microphone.write_bytes(samples.tobytes() + silence)
        configuration = folder / "asound.conf"
        configuration.write_text(
            _CONFIGURATION.format(microphone=microphone, loudspeaker=self.loudspeaker)
        )
        self.environment = {"ALSA_CONFIG_PATH": str(configuration)}
