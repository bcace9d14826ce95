"""One turn of the engine: the unit that is recorded, counted, shown and replayed."""

from dataclasses import dataclass
from datetime import datetime

from ivr.engine.actions import Action
from ivr.engine.events import Event

FLOOR = "floor"
PROGRAMME = "survey"


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to whom, when, and what was done about it.

    `subject` is a call's id, `FLOOR` or `PROGRAMME`; `now` is steady seconds, `at` wall time.
    """

    subject: str
    now: float
    at: datetime
    event: Event
    actions: tuple[Action, ...]
