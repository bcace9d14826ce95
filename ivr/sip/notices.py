"""What a callback of pjsua2 puts into the inbox, and nothing more.

A callback may run in the middle of the library's own work, so it only writes down what
happened. The owner thread reads the inbox after the library has returned.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """How far a line has come; a line never goes back."""

    TRYING = "trying"  # an INVITE is under way, nothing but 100 was heard
    RINGING = "ringing"  # 18x
    UP = "up"  # 200, and the ACK
    OVER = "over"


class Flow(Enum):
    """Whether a line's audio can be heard."""

    NONE = "none"  # not negotiated yet, or failed
    HELD = "held"  # negotiated, but the far end does not want to hear us now
    FLOWING = "flowing"


@dataclass(frozen=True, slots=True)
class Arrived:
    """An INVITE; `message` is its text, `source` the address and port it came from."""

    leg: int
    message: str
    source: str


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """`code` is the SIP status, 0 when the line ended without one (timeout, transport)."""

    leg: int
    phase: Phase
    code: int


@dataclass(frozen=True, slots=True)
class FlowChanged:
    leg: int
    flow: Flow
    offers_keys: bool


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """A telephone-event report or a SIP INFO. `stamp` is the RTP time of the key, in ms."""

    leg: int
    method: str
    key: str
    stamp: int
    is_update: bool
    is_end: bool


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """What was received of one RTP stream; a line has another after each re-INVITE."""

    leg: int
    received: int
    lost: int
    jitter_seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The library was told to refuse a request: refer, replaces or subscribe."""

    what: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A registrar answered, or did not (`code` 408 or 503); `seconds` 0 when not registered."""

    trunk: str
    code: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Our OPTIONS was answered; `code` 0 when the transport could not even carry it."""

    trunk: str
    code: int


LineNotice = PhaseChanged | FlowChanged | KeyHeard | StreamEnded
Notice = LineNotice | Arrived | Refused | Registered | Answered
Inbox = deque[Notice]
