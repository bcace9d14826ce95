"""What can happen to a call, to the floor, and to the survey programme.

An event states a fact, so its name is in the past tense and it cannot be refused. Facts
that answer an order carry the turn or the line of that order: the world may be late.

A call has several *lines* (SIP call legs), numbered in the order they were made and never
reused: `CALLER` is the person the call is for, later numbers are agents and transfer targets.
"""

from datetime import datetime
from enum import StrEnum

from ivr.engine.value import value

CALLER = 1
WITHHELD = ""
"""The caller's number when it is not shown."""


class Failure(StrEnum):
    """Why a line that was dialled never answered."""

    BUSY = "busy"  # 486, 600
    DECLINED = "declined"  # 603: a person said no
    NO_ANSWER = "no_answer"  # it rang until we, or they, gave up (408 after 180, 480, 487)
    UNREACHABLE = "unreachable"  # no response, 408 without ringing, 5xx, no trunk
    REFUSED = "refused"  # any other 4xx or 6xx: the number or address is wrong


class Ending(StrEnum):
    """How a line that was up came down."""

    HUNG_UP = "hung_up"  # BYE, or CANCEL before we answered
    NO_AUDIO = "no_audio"  # no RTP for limits.seconds_without_audio
    BROKEN = "broken"  # the SIP stack lost it: transport error, session timer


class Refusal(StrEnum):
    """Why a call is turned away before the dialogue begins."""

    FULL = "full"  # limits.calls are up
    DRAINING = "draining"  # the gateway is stopping


class QueueRefusal(StrEnum):
    """Why a queue does not take a caller, or sends him on."""

    FULL = "full"
    EMPTY = "empty"  # nobody is logged in who has the skill


class AgentOutcome(StrEnum):
    """What became of offering a caller to an agent."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # the caller was gone first: not the agent's doing
    RELEASED = "released"  # they talked, and it is over


@value
class SurveyTask:
    """What a survey is about: enough to call, to ask, and to file the answers.

    `id` is the id of the call it follows; `questions` names the question set with its
    version; `level` is "1" (contact centre) or "2" (caseworkers).
    """

    id: str
    number: str
    questions: str
    group: str
    stage: str
    team: str
    agent: str
    level: str
    language: str


class Disposition(StrEnum):
    """Where a survey stands, and how it ended: every survey has exactly one."""

    PLANNED = "planned"  # eligible; will be called
    DIALLING = "dialling"  # an attempt is under way, nobody has answered
    REACHED = "reached"  # somebody answered the telephone
    NOT_CALLABLE = "not_callable"  # withheld, foreign, premium or short number
    QUARANTINED = "quarantined"  # asked within survey.quarantine
    OPTED_OUT = "opted_out"  # pressed 0 in an earlier survey: never again
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"  # the network could not reach the number
    EXPIRED = "expired"  # not reached before survey.expires
    NO_CONSENT = "no_consent"  # somebody or something answered, key 1 was never pressed
    REFUSED = "refused"  # pressed 0: never call again
    PARTIAL = "partial"  # pressed key 1, did not come to the end
    COMPLETE = "complete"  # came to the end with at least one answer


# --- to a call, from the world --------------------------------------------------------------


@value
class CallArrived:
    """A caller dialled one of our numbers; `at` is aware wall time.

    `understood` are the languages that can be recognised now: none on a gateway of keys only.
    """

    caller: str
    dialled: str
    at: datetime
    understood: tuple[str, ...] = ()


@value
class CallTurnedAway:
    """A caller dialled while the house was full or closing down."""

    caller: str
    dialled: str
    at: datetime
    reason: Refusal


@value
class KeyPressed:
    """One key: 0-9 * # A-D. A key of a secret entry is journalled as `MASKED`."""

    key: str
    line: int = CALLER


MASKED = "•"
"""What the journal holds instead of a secret digit; a replay takes it for a digit."""


@value
class PromptEnded:
    turn: int


@value
class PromptFailed:
    """A recording is missing or cannot be played; the call goes on without it."""

    turn: int


@value
class SpeechStarted:
    """The recogniser has the first word of an utterance; never for mere noise."""

    turn: int


@value
class SpeechHeard:
    """The recogniser heard `text`, and has stopped.

    Words are lower-case with one blank between; what was none of its words is `UNKNOWN_WORD`.
    `confidence` is that of the least certain word, 0 to 1; 1 for an utterance that was ended
    early. `alternatives` are other readings of the same sound, best first.
    """

    turn: int
    text: str
    confidence: float
    alternatives: tuple[str, ...] = ()


UNKNOWN_WORD = "[unk]"
"""What stands in a heard text for every word that the recogniser does not know."""


@value
class NothingHeard:
    """An utterance came to its end and held no word; the recogniser goes on listening."""

    turn: int


@value
class RecogniserFailed:
    """The recogniser cannot hear the caller, or can no longer; it has stopped."""

    turn: int


@value
class RecordingEnded:
    """The message recorder has stopped, by order or by itself; `seconds` is what it holds."""

    turn: int
    seconds: float


@value
class LineRang:
    """A dialled line sent 180 or 183."""

    line: int


@value
class LineAnswered:
    line: int


@value
class LineFailed:
    """A dialled line ended before it answered; `code` is the SIP status, 0 when none came."""

    line: int
    failure: Failure
    code: int = 0


@value
class LineEnded:
    line: int
    ending: Ending = Ending.HUNG_UP


@value
class DeadlinePassed:
    """The state's own deadline is reached."""


@value
class GatewayStopped:
    """The time to drain is over; whatever still runs must end now."""


@value
class GatewayFailed:
    """A fault of ours met this call; it must end with an apology, and hold nothing back."""


# --- to a call, from the floor and the survey programme ---------------------------------------


@value
class PositionTold:
    """The caller stands in the queue at `position`, 1 being next."""

    position: int


@value
class QueueRefused:
    """The queue does not take the caller, or no longer has anybody for him."""

    reason: QueueRefusal


@value
class AgentOffered:
    """The floor has set this agent aside for the caller: ring him."""

    agent: str
    address: str
    seconds_to_ring: float


@value
class SurveyStarted:
    """The survey programme wants this survey's questions asked, now.

    `understood` as in `CallArrived`.
    """

    survey: SurveyTask
    at: datetime
    understood: tuple[str, ...] = ()


# --- to the floor ---------------------------------------------------------------------------


@value
class CallerJoined:
    call: str
    queue: str


@value
class CallerLeft:
    call: str


@value
class PositionAsked:
    call: str


@value
class AgentReported:
    """A call tells what became of the agent set aside for it."""

    call: str
    agent: str
    outcome: AgentOutcome


@value
class AgentLoggedIn:
    agent: str


@value
class AgentLoggedOut:
    agent: str


# --- to the survey programme ----------------------------------------------------------------


@value
class SurveyProposed:
    """A caller who came past the notice has talked to an agent, and the call is over."""

    task: SurveyTask


@value
class SurveySaved:
    """The journal has this survey's standing safely on disk."""

    survey: str
    disposition: Disposition


@value
class SurveyReported:
    """A survey call tells how far it came."""

    survey: str
    disposition: Disposition


@value
class SurveyRestored:
    """Read from the journal when the gateway starts; `due` and `attempts` as they were."""

    task: SurveyTask
    disposition: Disposition
    attempts: int
    planned: datetime
    due: datetime


@value
class NumberAsked:
    """Read from the journal when the gateway starts: this number was last asked `at`."""

    number: str
    at: datetime


@value
class NumberRefused:
    """Read from the journal when the gateway starts: never call this number."""

    number: str


@value
class TrunksChanged:
    """Which trunks can carry an outgoing call now."""

    up: tuple[str, ...]


CallEvent = (
    CallArrived
    | CallTurnedAway
    | KeyPressed
    | PromptEnded
    | PromptFailed
    | SpeechStarted
    | SpeechHeard
    | NothingHeard
    | RecogniserFailed
    | RecordingEnded
    | LineRang
    | LineAnswered
    | LineFailed
    | LineEnded
    | DeadlinePassed
    | GatewayStopped
    | GatewayFailed
    | PositionTold
    | QueueRefused
    | AgentOffered
    | SurveyStarted
)
FloorEvent = (
    CallerJoined
    | CallerLeft
    | PositionAsked
    | AgentReported
    | AgentLoggedIn
    | AgentLoggedOut
    | DeadlinePassed
)
ProgrammeEvent = (
    SurveyProposed
    | SurveySaved
    | SurveyReported
    | SurveyRestored
    | NumberAsked
    | NumberRefused
    | TrunksChanged
    | DeadlinePassed
)
Event = CallEvent | FloorEvent | ProgrammeEvent
