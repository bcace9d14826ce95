"""The voices that can speak a prompt: espeak-ng, which is always there, or a Piper model.

espeak-ng's settings were chosen by measuring, not by listening. Of 41 of its variants, each cut
to 300-3400 Hz at equal loudness, a simplified speech intelligibility index (after ANSI S3.5, room
noise as loud as the speech) was 0.44 for the plain Danish voice, 0.46 for its variant m3 and
0.48 for the best, the female Annie, whose third formants lie above what a telephone carries.
m3 keeps all three formants and, with the treble of `audio.for_telephone`, reaches 0.49; so does the
plain British voice. The rates are as slow as lets the survey's introduction stay under 12
seconds; Danish runs its words together, so 10 ms more between them help to tell them apart.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import RenderError
from ivr.prompts import audio, numerals

SECONDS_TO_SPEAK = 120.0
"""A voice that needs longer for one prompt hangs; Piper on a Raspberry Pi needs 5."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Espeak:
    """A voice of espeak-ng. `speed` is words a minute, `gap` tens of ms between words."""

    voice: str
    speed: int = 150
    gap: int = 1

    def check(self) -> None:
        """Refuse at once what would fail for every prompt."""
        _require("espeak-ng", "install it with `apt-get install espeak-ng`")
        if not re.fullmatch(r"[\w+-]+", self.voice):
            raise RenderError(f"{self.voice!r} is not the name of an espeak-ng voice")
        answer = _run(["espeak-ng", "-q", "-v", self.voice, "."], "")
        if answer:
            raise RenderError(f"espeak-ng has no voice {self.voice!r}: {answer}")

    def speak(self, text: str) -> audio.Sound:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "speech.wav")
            speed, gap = str(self.speed), str(self.gap)
            options = ["-v", self.voice, "-s", speed, "-g", gap, "-b", "1", "-w", str(file)]
            answer = _run(["espeak-ng", *options, "--stdin"], text)
            if not file.exists():
                raise RenderError(f"espeak-ng said nothing: {answer}")
            return audio.read(file)


@dataclass(frozen=True, slots=True)
class Piper:
    """A Piper model: an .onnx file with its .onnx.json beside it."""

    model: Path
    program: str = "piper"

    @property
    def language(self) -> str:
        """Piper's models are named `da_DK-somebody-medium.onnx`."""
        return self.model.name[:2].lower()

    def check(self) -> None:
        """Refuse at once what would fail for every prompt."""
        _require(self.program, "install Piper, or leave `piper` out to use espeak-ng")
        for file in (self.model, self.model.with_name(self.model.name + ".json")):
            if not file.is_file():
                raise RenderError(f"{file}: the Piper voice is not there; download it beside")

    def speak(self, text: str) -> audio.Sound:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "speech.wav")
            options = ["--model", str(self.model), "--output_file", str(file)]
            answer = _run([self.program, *options], text)
            if not file.exists():
                raise RenderError(f"{self.program} said nothing: {answer}")
            return audio.read(file)


Voice = Espeak | Piper

ESPEAK: Mapping[str, Voice] = {"da": Espeak("da+m3"), "en": Espeak("en-gb", 165, 0)}
"""What speaks each language unless a site says otherwise."""


def chosen(languages: Sequence[str], *, piper_model: Path | None = None) -> dict[str, Voice]:
    """Return the voice of every language: the Piper model's for its own, else espeak-ng's."""
    voices = {language: ESPEAK.get(language, Espeak(language)) for language in languages}
    if piper_model is not None:
        piper = Piper(piper_model)
        if piper.language not in voices:
            raise RenderError(f"{piper_model}: the name must begin with one of {list(voices)}")
        voices[piper.language] = piper
    return voices


def script(text: str, language: str, pronunciation: Mapping[str, str]) -> str:
    """Return the text as a voice reads it: numbers in words, odd words as phonemes."""

    def word(token: re.Match[str]) -> str:
        known = pronunciation.get(token[0].casefold())
        if known is not None:
            return f"[[{known}]]"
        if token[0].isdecimal() and language in numerals.LANGUAGES:
            number = int(token[0])
            if number <= numerals.LARGEST:
                return script(numerals.words(language, number), language, pronunciation)
        return token[0]

    return _TOKEN.sub(word, text)


def _require(program: str, advice: str) -> None:
    if shutil.which(program) is None:
        raise RenderError(f"the program `{program}` is not there; {advice}")


def _run(command: list[str], text: str) -> str:
    """Run a voice on the text, and return what it complains about."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the words go in by standard input
            command,
            input=text.encode(),
            capture_output=True,
            check=True,
            timeout=SECONDS_TO_SPEAK,
        )
    except subprocess.CalledProcessError as error:
        complaint = error.stderr.decode(errors="replace").strip() or f"status {error.returncode}"
        raise RenderError(f"{command[0]} failed: {complaint}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(f"{command[0]} failed: {error}") from error
    return done.stderr.decode(errors="replace").strip()
