"""One turn of the engine: the unit that is recorded, counted, shown and replayed."""

from datetime import datetime

from ivr.engine.actions import Action
from ivr.engine.events import Event
from ivr.engine.value import value

FLOOR = "floor"
PROGRAMME = "survey"


@value
class Step:
    """What happened to whom, when, and what was done about it.

    `subject` is a call's id, `FLOOR` or `PROGRAMME`; `now` is steady seconds, `at` wall time.
    """

    subject: str
    now: float
    at: datetime
    event: Event
    actions: tuple[Action, ...]
