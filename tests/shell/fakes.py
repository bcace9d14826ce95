"""Legs and a library with the shape of the real ones: they note orders and never make sound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ivr.engine.grammar import Grammar
from ivr.errors import RecordingMissing, SipError, SpeechUnavailable
from ivr.session import Post


@dataclass
class FakeLeg:
    """Notes every order; refuses those named in `broken`."""

    caller: str = "+4520112233"
    dialled: str = "33663333"
    orders: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def attach(self, number: int, post: Post) -> None:
        self.number, self.post = number, post

    def answer(self) -> None:
        self._note("answer")

    def reject(self, code: int, retry_after: int = 0) -> None:
        self._note("reject", code, retry_after)

    def hang_up(self) -> None:
        self._note("hang_up")

    def play(self, turn: int, files: Sequence[Path], seconds: float) -> None:
        self._note("play", turn, *(file.stem for file in files), seconds)

    def play_music(self, file: Path) -> None:
        self._note("play_music", file.stem)

    def stop_playing(self) -> None:
        self._note("stop_playing")

    def bridge(self, other: object) -> None:
        del other
        self._note("bridge")

    def record(self, turn: int, path: Path, seconds: float, seconds_of_silence: float) -> None:
        self._note("record", turn, path.name, seconds, seconds_of_silence)

    def stop_recording(self) -> None:
        self._note("stop_recording")

    def listen(self, listener: object) -> None:
        del listener
        self._note("listen")

    def stop_listening(self) -> None:
        self._note("stop_listening")

    def _note(self, order: str, *details: object) -> None:
        if order in self.broken:
            raise SipError(f"{order} is broken")
        self.orders.append(" ".join(map(str, (order, *details))))


@dataclass(frozen=True)
class Sound:
    """A file of one second."""

    files: tuple[Path, ...]
    seconds: float = 1.0


class FakeLibrary:
    """Has every prompt but those called `missing`."""

    def find(self, language: str, prompt_id: str, numbers: Mapping[str, int]) -> Sound:
        if prompt_id == "missing":
            raise RecordingMissing(f"{language}: {prompt_id}")
        names = [prompt_id, *(f"{name}{number}" for name, number in numbers.items())]
        return Sound(tuple(Path(f"{name}.wav") for name in names))

    def music(self, name: str) -> Path:
        if name == "missing":
            raise RecordingMissing(name)
        return Path(f"{name}.wav")


@dataclass
class FakeListening:
    """One listening step, which is over when it is told so."""

    is_over: bool = False

    def stop(self) -> None:
        self.is_over = True


@dataclass
class FakeRecogniser:
    """Keeps every step it has begun; cannot hear when it is `deaf`."""

    begun: list[FakeListening] = field(default_factory=list)
    deaf: bool = False

    def listen(self, turn: int, grammar: Grammar, seconds: float, post: Post) -> FakeListening:
        del turn, seconds, post
        if self.deaf:
            raise SpeechUnavailable(f"cannot hear {grammar.name}")
        self.begun.append(FakeListening())
        return self.begun[-1]
