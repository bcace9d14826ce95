"""What the engine asks of the outside world, and of its own other parts.

An action is an order, so its name is in the imperative.
"""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from ivr.engine.events import (
    AgentOutcome,
    Disposition,
    QueueRefusal,
    SurveyTask,
)
from ivr.engine.grammar import Grammar
from ivr.engine.value import value


@value
class Prompt:
    """One sentence to be spoken; `numbers` fills its placeholders, by name."""

    id: str
    numbers: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        filled = ",".join(f"{name}={number}" for name, number in self.numbers)
        return f"{self.id}({filled})" if filled else self.id


@lru_cache(maxsize=1024)
def spoken(ids: tuple[str, ...]) -> tuple[Prompt, ...]:
    """Return the prompts with these ids; a script says the same ones again and again."""
    return tuple(map(Prompt, ids))


class Outcome(StrEnum):
    """How a call ended. Every call has exactly one."""

    TALKED = "talked"  # with an agent
    TRANSFERRED = "transferred"  # talked with a transfer target
    MESSAGE = "message"  # left a voice message
    GOODBYE = "goodbye"  # heard a planned goodbye
    ABANDONED = "abandoned"  # hung up while waiting in a queue
    HUNG_UP = "hung_up"  # hung up before reaching a queue
    TURNED_AWAY = "turned_away"  # 503: the house is full or closing
    UNKNOWN_NUMBER = "unknown_number"  # 404
    NO_AUDIO = "no_audio"  # the line went dead
    TOO_LONG = "too_long"  # limits.seconds
    STOPPED = "stopped"  # the gateway stopped under the call
    FAILED = "failed"  # a fault of ours
    SURVEYED = "surveyed"  # an outgoing survey call; its disposition says the rest


class LeaveReason(StrEnum):
    """Why a caller left a queue. The words of `ivr_queue_left_total`."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    FULL = "full"
    EMPTY = "empty"
    CLOSED = "closed"
    KEY = "key"
    ERROR = "error"


# --- to the world ---------------------------------------------------------------------------


@value
class Answer:
    """Answer the caller's line."""


@value
class Reject:
    """Refuse the caller's line with a SIP status, as `config` says; no `Admit` follows.

    `retry_after` in seconds, 0 for none; `config` is the configuration's hash.
    """

    code: int
    retry_after: int = 0
    config: str = ""


@value
class Play:
    """Play the prompts in order on a line, instead of what it heard; ends in PromptEnded(turn)."""

    turn: int
    line: int
    language: str
    prompts: tuple[Prompt, ...]


@value
class PlayMusic:
    """Play music on hold on a line, instead of what it heard, until told otherwise."""

    line: int
    music: str


@value
class StopPlaying:
    line: int


@value
class Listen:
    """Let the recogniser hear a line; ends in SpeechHeard(turn) or RecogniserFailed(turn).

    `grammar` is all it may hear, `seconds` the longest that one utterance may last. It goes on
    after NothingHeard(turn), and while prompts are played, until StopListening.
    """

    turn: int
    line: int
    grammar: Grammar
    seconds: float


@value
class StopListening:
    line: int


@value
class Dial:
    """Ring an address or number; ends in LineAnswered or LineFailed.

    `target` is a SIP URI (an agent's telephone) or, when `trunk` is given, an E.164 number
    sent there. `shows` is the number the called party sees.
    """

    line: int
    target: str
    trunk: str
    shows: str
    seconds_to_ring: float


@value
class Bridge:
    """Let two lines hear each other; what they heard before stops."""

    line: int
    other: int


@value
class HangUp:
    line: int


@value
class Record:
    """Record what a line says; ends in RecordingEnded(turn)."""

    turn: int
    line: int
    box: str
    seconds: float
    seconds_of_silence: float


@value
class StopRecording:
    line: int


# --- to the journal and the counters --------------------------------------------------------


@value
class Admit:
    """The call belongs to this service group, in this stage, under this configuration."""

    group: str
    stage: str
    language: str
    config: str


@value
class KeepMessage:
    """File the recording just made on the caller's line in a message box."""

    turn: int
    box: str
    seconds: float


@value
class DropMessage:
    """Throw away a recording that holds nothing."""

    turn: int


@value
class SaveAnswer:
    """Store one answer at once. `value` 1-9."""

    task: SurveyTask
    question: str
    value: int


@value
class SaveSurvey:
    """Store a survey's standing at once; answered by SurveySaved."""

    task: SurveyTask
    disposition: Disposition
    attempts: int
    planned: datetime
    due: datetime


@value
class Note:
    """Count or remember something that no other action shows: `kind` from a closed list.

    node (entered), key (choice taken), no_input, no_match, late_key, collected, language,
    closed (why), prompt_failed, trunk_failed, skipped, invalid_answer; and of speech: heard
    (choice taken), unclear (asked whether it was meant), denied (it was not), several (asked
    which), not_understood, recogniser_failed, speech_off (keys only from here on).
    """

    kind: str
    node: str
    value: str = ""


@value
class Conclude:
    """The call is over; it came to this."""

    outcome: Outcome


@value
class ChangeAgent:
    """An agent's state changed: logged_out, ready, ringing, talking, wrap_up, resting."""

    agent: str
    state: str


# --- from a call to the floor and to the survey programme ---------------------------------------


@value
class JoinQueue:
    queue: str


@value
class LeaveQueue:
    queue: str
    reason: LeaveReason
    seconds: float


@value
class AskPosition:
    pass


@value
class ReportAgent:
    agent: str
    outcome: AgentOutcome


@value
class ProposeSurvey:
    task: SurveyTask


@value
class ReportSurvey:
    survey: str
    disposition: Disposition


# --- from the floor and the survey programme to a call -------------------------------------------


@value
class OfferAgent:
    call: str
    agent: str
    address: str
    seconds_to_ring: float


@value
class TellPosition:
    call: str
    position: int


@value
class RefuseCaller:
    call: str
    reason: QueueRefusal


@value
class StartSurvey:
    task: SurveyTask
    attempt: int


Action = (
    Answer
    | Reject
    | Play
    | PlayMusic
    | StopPlaying
    | Listen
    | StopListening
    | Dial
    | Bridge
    | HangUp
    | Record
    | StopRecording
    | Admit
    | KeepMessage
    | DropMessage
    | SaveAnswer
    | SaveSurvey
    | Note
    | Conclude
    | ChangeAgent
    | JoinQueue
    | LeaveQueue
    | AskPosition
    | ReportAgent
    | ProposeSurvey
    | ReportSurvey
    | OfferAgent
    | TellPosition
    | RefuseCaller
    | StartSurvey
)
