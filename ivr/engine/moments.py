"""The state of one call: one frozen class per moment, each holding just what it needs.

    Expected ─▶ Speaking ─▶ Asking ⇄ Waiting ─▶ Queued ⇄ Offered ─▶ Talking ─▶ Ended
                    └─▶ Inviting ─▶ Recording ─▶ Filing        Transferring ─┘
                    └─▶ Leaving ─▶ Ended          Calling (an outgoing survey call)

Asking and Waiting are wrapped in Listening while the caller may also speak.

`deadline` is the only timer a moment has; whoever runs the engine sends DeadlinePassed when
`deadline(state)` is reached. `turn` numbers the orders that finish later.
"""

from dataclasses import field
from datetime import datetime

from ivr.engine.actions import Action, Outcome
from ivr.engine.events import Disposition, SurveyTask
from ivr.engine.script import Asking as AskingNode
from ivr.engine.script import JoinTeam, Message, Script, Transfer
from ivr.engine.value import value


@value
class Facts:
    """What is known of a call whatever moment it is in.

    `script` is the flow the call began with and keeps. `cut_off` is when limits.seconds are
    used up. `came_to` is what the call has achieved so far, if anything.
    """

    id: str
    number: str
    dialled: str
    at: datetime
    began: float
    cut_off: float
    group: str
    stage: str
    questions: str
    language: str
    script: Script = field(repr=False, compare=False)
    lines: int = 1
    noticed: bool = False
    """Whether he came past the survey's notice; who cannot be called hears nothing there."""
    collected: tuple[tuple[str, str], ...] = ()
    entry_until: float = 0.0
    """Until when a `#` belongs to a number that was complete without it."""
    came_to: Outcome | None = None
    task: SurveyTask | None = None
    disposition: Disposition = Disposition.NO_CONSENT
    answers: int = 0
    understood: tuple[str, ...] = ()
    """The languages that can be recognised when the caller speaks."""
    misheard: int = 0
    """How often speech has failed; see `hearing.MOST_MISHEARD`."""


@value
class Expected:
    """Nothing has happened yet."""

    turn: int = 0
    deadline: None = None


@value
class Speaking:
    """Something is said, after which the call goes on to node `then`."""

    facts: Facts
    turn: int
    then: str
    interruptible: bool
    keys: str = ""
    """Keys that count for the next node: the first of them interrupted an earlier prompt."""
    early: str = ""
    """Keys that came too soon, and count only where the next node says so."""
    deadline: None = None


@value
class Tries:
    """How often the caller has been silent, and how often wrong, at this node."""

    no_input: int = 0
    no_match: int = 0
    asked_to_stop: bool = False
    """The last key of a survey question was a first `0`."""
    not_understood: int = 0


@value
class Asking:
    """A node's prompt is playing; a key cuts it short unless told otherwise."""

    facts: Facts
    turn: int
    node: AskingNode
    tries: Tries
    keys: str = ""
    deadline: None = None


@value
class Waiting:
    """The prompt is over; the caller has until `deadline` for his next key."""

    facts: Facts
    turn: int
    node: AskingNode
    tries: Tries
    digits: str
    deadline: float


@value
class Listening:
    """The recogniser hears the caller while he is asked or waited for. Keys count all the while.

    The one moment in which it runs: `speech.attended` starts it on the way in, and stops it on
    the way out.
    """

    during: Asking | Waiting

    @property
    def facts(self) -> Facts:
        return self.during.facts

    @property
    def turn(self) -> int:
        return self.during.turn

    @property
    def deadline(self) -> float | None:
        return self.during.deadline


@value
class Wait:
    """A caller's time in a queue: since when, until when, and what he has been told."""

    since: float
    until: float
    told: int
    """The best position told; 0 before the first."""
    ask_at: float
    remind_at: float
    reminders: int = 0


@value
class Queued:
    """Waiting; hears music or an announcement."""

    facts: Facts
    turn: int
    node: JoinTeam
    wait: Wait
    deadline: float


@value
class Offered:
    """Still waiting, while an agent's telephone rings on `line`."""

    facts: Facts
    turn: int
    node: JoinTeam
    wait: Wait
    agent: str
    line: int
    deadline: float


@value
class Transferring:
    """Waiting while a transfer target's telephone rings on `line`, over `trunk`."""

    facts: Facts
    turn: int
    node: Transfer
    line: int
    trunk: str
    deadline: float


@value
class Talking:
    """Bridged with `line`: an agent, or a transfer target when `agent` is empty."""

    facts: Facts
    turn: int
    line: int
    agent: str
    team: str
    level: str
    deadline: None = None


@value
class Inviting:
    """The invitation to leave a message is playing, or only its tone."""

    facts: Facts
    turn: int
    node: Message
    only_tone: bool
    deadline: None = None


@value
class Recording:
    """The message is being recorded; `deadline` is for a recorder that never ends."""

    facts: Facts
    turn: int
    node: Message
    deadline: float


@value
class Filing:
    """The recorder was told to stop; its length is awaited. The caller may be gone."""

    facts: Facts
    turn: int
    node: Message
    gone: Outcome | None
    deadline: float


@value
class Calling:
    """An outgoing call rings over `trunk`."""

    facts: Facts
    turn: int
    trunk: str
    deadline: float


@value
class Leaving:
    """The last prompt is playing."""

    facts: Facts
    turn: int
    outcome: Outcome
    deadline: None = None


@value
class Ended:
    turn: int
    outcome: Outcome
    deadline: None = None


Running = (
    Speaking
    | Asking
    | Waiting
    | Listening
    | Queued
    | Offered
    | Transferring
    | Talking
    | Inviting
    | Recording
    | Filing
    | Calling
    | Leaving
)
State = Expected | Running | Ended


@value
class Go:
    """A decision to go on to node `to`; `call` walks there until something must be awaited.

    `keys` and `early` are keys that were pressed on the way, as in `Speaking`.
    """

    facts: Facts
    turn: int
    to: str
    actions: tuple[Action, ...] = ()
    keys: str = ""
    early: str = ""


Settled = tuple[State, tuple[Action, ...]]
Next = Settled | Go


def deadline(state: State) -> float | None:
    """Return when the state must hear DeadlinePassed: its own timer or the call's limit."""
    own = state.deadline
    if isinstance(state, (Expected, Ended, Filing)):
        return own
    cut_off = state.facts.cut_off
    return cut_off if own is None or cut_off < own else own
