"""A listening step that is fed frame by frame, each when those before it were heard."""

from dataclasses import dataclass, field
from threading import Event

from ivr.engine.events import CallEvent
from ivr.engine.grammar import Grammar
from ivr.speech.decoder import Decoder
from ivr.speech.listening import Listening
from ivr.speech.orders import Begin
from tests.speech.voice import frames

TURN = 1


@dataclass
class Step:
    """One listening step, and what it told after how many seconds of sound."""

    decoder: Decoder
    grammar: Grammar
    seconds: float = 8.0
    told: list[CallEvent] = field(default_factory=list)
    heard_after: float = 0.0

    def __post_init__(self) -> None:
        begin = Begin(0, TURN, self.grammar, self.grammar.phrases, self.seconds)
        self.listening = self.decoder.begin(begin, self.told.append)

    def hear(self, samples: bytes, *, over_prompt: bool = False) -> "Step":
        """Feed frame after frame, each when those before it were heard."""
        for frame in frames(samples):
            self.listening.feed(frame, over_prompt=over_prompt)
            settled(self.listening)
            if self.listening.is_over:
                break
            self.heard_after += 0.02
        return self

    @property
    def last(self) -> CallEvent | None:
        return self.told[-1] if self.told else None


def settled(listening: Listening) -> None:
    for _ in range(20_000):
        if not listening.is_busy:
            return
        Event().wait(0.0005)
    raise AssertionError("the worker does not come to an end")
