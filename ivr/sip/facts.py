"""What a line is told when it is made, and what it tells when it is over."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ivr.engine.events import CallEvent
from ivr.sip.audio import Audio
from ivr.sip.timers import Timers

Post = Callable[[CallEvent], None]
"""Where a line's events go."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Packets received and lost over the whole line, and the mean jitter of the last stream."""

    received: int = 0
    lost: int = 0
    jitter_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Who and where: what the INVITE said, or what was dialled."""

    caller: str
    dialled: str
    diversion: str
    trunk: str
    offers_keys: bool
    is_incoming: bool


@dataclass(frozen=True, slots=True)
class Means:
    """What every line of an endpoint works with."""

    audio: Audio
    timers: Timers
    keys: Counter[str]
    warn: Callable[[str], None]
    seconds_without_audio: float
    """0 turns the watch for silence off."""
