"""What one call came to, folded from its steps.

The journal's row, the log line, the counters and the demo's summary are all this record, so
they cannot disagree.
"""

from datetime import datetime

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.replacing import replace
from ivr.engine.step import Step
from ivr.engine.value import value


@value
class CallRecord:
    """One call. Times in seconds; empty text and None where it never came to that.

    `direction` is "in" or "out"; `number` is the caller's, or on an outgoing call the called
    party's; `agent` is who answered; `waited` runs from joining the last queue to leaving it,
    `talked` from the bridge to its end; `survey` is the id of the survey an outgoing call is for.
    """

    id: str
    direction: str
    number: str
    dialled: str
    at: datetime
    began: float
    group: str = ""
    stage: str = ""
    language: str = ""
    config: str = ""
    queue: str = ""
    agent: str = ""
    waited: float | None = None
    talked: float | None = None
    talking_since: float | None = None
    survey: str = ""
    disposition: str = ""
    outcome: str = ""
    seconds: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.outcome != ""


def begin(step: Step) -> CallRecord:
    """Return the record that a call's first step opens.

    Raises ValueError when the step is not a first one.
    """
    match step.event:
        case on.CallArrived(caller, dialled, at) | on.CallTurnedAway(caller, dialled, at):
            record = CallRecord(step.subject, "in", caller, dialled, at, step.now)
        case on.SurveyStarted(task, at):
            record = CallRecord(
                step.subject, "out", task.number, task.number, at, step.now, survey=task.id
            )
        case event:
            message = f"a call cannot begin with {type(event).__name__}"
            raise ValueError(message)
    return fold(record, step)


def fold(record: CallRecord, step: Step) -> CallRecord:
    """Return the record after one more step of its call."""
    for action in step.actions:
        record = _after(record, action, step.now)
    return record


def _after(record: CallRecord, action: do.Action, now: float) -> CallRecord:
    match action:
        case do.Admit(group, stage, language, config):
            return replace(record, group=group, stage=stage, language=language, config=config)
        case do.Reject(config=config):
            return replace(record, config=config)
        case do.JoinQueue(queue):
            return replace(record, queue=queue)
        case do.LeaveQueue(_, reason, seconds) if reason is not do.LeaveReason.CLOSED:
            return replace(record, waited=seconds)
        case do.ReportAgent(agent, on.AgentOutcome.ANSWERED):
            return replace(record, agent=agent)
        case do.Bridge():
            return replace(record, talking_since=now)
        case do.ReportSurvey(_, disposition):
            return replace(record, disposition=disposition)
        case do.Conclude(outcome):
            talked = None if record.talking_since is None else now - record.talking_since
            return replace(record, outcome=outcome, talked=talked, seconds=now - record.began)
    return record


def message_name(call: str, turn: int) -> str:
    """Return the file name of the voice message recorded in this turn of this call."""
    return f"{call}-{turn}.wav"
