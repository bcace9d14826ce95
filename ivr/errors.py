"""Everything this program raises on purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class IvrError(Exception):
    """The root of all errors a user of this program can meet; its text says what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something the author of a file can fix, printed the way editors expect."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ConfigError(IvrError):
    """A configuration that cannot be used: every problem in it, in file and line order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RecordingMissing(IvrError):  # noqa: N818 -- it names what is wrong
    """A prompt has neither a recording nor a rendering in the language asked for."""


class RenderError(IvrError):
    """A prompt cannot be made: the voice or its program is missing, or it failed."""


class SipError(IvrError):
    """The SIP stack refused something: a port in use, a bad address, too many calls."""


class SpeechUnavailable(IvrError):  # noqa: N818 -- it names what is wrong
    """Nobody can be heard: there is no usable model, or the model knows no word of a grammar."""


class JournalError(IvrError):
    """The database cannot be opened or read; the file is kept as it is."""


class NotationError(IvrError):
    """A written event or action does not name one, or its fields do not fit."""
