"""What the gateway and the recogniser's process say to each other, pickled, over one socket.

The gateway orders, the process tells. A step is named by a number that no other step of this
process has.
"""

from typing import NamedTuple

from ivr.engine.events import CallEvent
from ivr.engine.grammar import Grammar


class Begin(NamedTuple):
    """Listen for `phrases`, whose words the model has all; `seconds` is for one utterance."""

    step: int
    turn: int
    grammar: Grammar
    phrases: tuple[str, ...]
    seconds: float


class Feed(NamedTuple):
    """16-bit samples, 8000 a second; `over_prompt` while the line may echo a prompt."""

    step: int
    pcm: bytes
    over_prompt: bool


class Stop(NamedTuple):
    """Hear no more; what is not told yet need not be."""

    step: int


class Ready(NamedTuple):
    """The model is loaded and has been tried."""


class Told(NamedTuple):
    """An event of a step; with the last one the step `is_over`."""

    step: int
    event: CallEvent
    is_over: bool


class Heard(NamedTuple):
    """So many bytes of what a step was fed have been heard, and their events told."""

    step: int
    total: int


class Warned(NamedTuple):
    """Something for the log; no word that somebody said is in it."""

    text: str


Order = Begin | Feed | Stop
Answer = Ready | Told | Heard | Warned
