"""A caller's time in a team's queue, and his talk with an agent.

The floor decides who is rung for whom; this module rings, tells the position, plays music, and
bridges. A connect never waits for an announcement: the bridge simply replaces it. The longest
wait is looked at only while no telephone rings for the caller.
"""

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import hours
from ivr.engine import moments as at
from ivr.engine.actions import Action, LeaveReason, Note, Outcome, Prompt
from ivr.engine.events import CALLER, AgentOutcome, CallEvent, Failure, QueueRefusal, SurveyTask
from ivr.engine.moments import Go, Next, Wait
from ivr.engine.replacing import replace
from ivr.engine.script import JoinTeam
from ivr.engine.site import Queue, Site

NEVER = float("inf")
SECONDS_OF_GRACE = 5.0
"""How much longer than its ringing time a line may take to say that it failed."""


def join(site: Site, go: Go, target: JoinTeam, now: float) -> Next:
    """Join the queue, unless it is closed; the floor answers with a position or a refusal."""
    queue = site.queues[target.queue]
    decision = hours.decide(site.calendars[queue.calendar], hours.wall_time(go.facts, now))
    if not decision.is_open:
        note = Note("closed", target.name, decision.reason.value)
        leave = do.LeaveQueue(queue.name, LeaveReason.CLOSED, 0.0)
        return replace(go, to=target.closed, actions=(*go.actions, note, leave))
    manners = queue.announcements
    wait = Wait(
        since=now,
        until=now + queue.longest_wait,
        told=0,
        ask_at=_after(now, manners.seconds_between),
        remind_at=_after(now, manners.seconds_between_reminders) if manners.reminders else NEVER,
    )
    state = at.Queued(go.facts, go.turn, target, wait, _deadline(wait))
    return state, (*go.actions, Note("node", target.name), do.JoinQueue(queue.name))


def queued(site: Site, state: at.Queued, event: CallEvent, now: float) -> Next:
    """Wait with music, tell the position when it improved, ring the agent who is offered."""
    queue = site.queues[state.node.queue]
    match event:
        case on.PositionTold(position):
            return _tell(queue, state, position)
        case on.AgentOffered():
            return _ring(state, event, now)
        case on.QueueRefused(reason):
            return _send_on(state, _REFUSED[reason], now)
        case on.PromptEnded() | on.PromptFailed():
            return _with(state, state.wait), (do.PlayMusic(CALLER, queue.music),)
        case on.DeadlinePassed():
            return _pass(queue, state, now)
    return state, ()


_REFUSED = {QueueRefusal.FULL: LeaveReason.FULL, QueueRefusal.EMPTY: LeaveReason.EMPTY}


def _tell(queue: Queue, state: at.Queued, position: int) -> Next:
    manners = queue.announcements
    wait = state.wait
    if wait.told and position >= wait.told:
        return state, ()
    prompt = (
        Prompt(manners.next)
        if position == 1
        else Prompt(manners.position, (("position", position),))
    )
    return _announce(state, replace(wait, told=position), prompt)


def _pass(queue: Queue, state: at.Queued, now: float) -> Next:
    """Do what has fallen due: give up, remind, or ask where the caller stands."""
    wait = state.wait
    manners = queue.announcements
    if now >= wait.until:
        return _send_on(state, LeaveReason.TIMEOUT, now)
    if now >= wait.remind_at:
        reminder = manners.reminders[wait.reminders % len(manners.reminders)]
        remind_at = _after(now, manners.seconds_between_reminders)
        wait = replace(wait, remind_at=remind_at, reminders=wait.reminders + 1)
        return _announce(state, wait, Prompt(reminder))
    wait = replace(wait, ask_at=_after(now, manners.seconds_between))
    return _with(state, wait), (do.AskPosition(),)


def _announce(state: at.Queued, wait: Wait, prompt: Prompt) -> Next:
    """Say it to the end: nothing else is said meanwhile, but the longest wait still counts."""
    turn = state.turn + 1
    play = do.Play(turn, CALLER, state.facts.language, (prompt,))
    return at.Queued(state.facts, turn, state.node, wait, wait.until), (play,)


def _send_on(state: at.Queued, reason: LeaveReason, now: float) -> Go:
    node = state.node
    to = {
        LeaveReason.TIMEOUT: node.timeout,
        LeaveReason.FULL: node.full,
        LeaveReason.EMPTY: node.empty,
    }[reason]
    leave = do.LeaveQueue(node.queue, reason, now - state.wait.since)
    return Go(state.facts, state.turn, to, (do.StopPlaying(CALLER), leave))


# --- an agent's telephone rings -----------------------------------------------------------------


def _ring(state: at.Queued, offer: on.AgentOffered, now: float) -> Next:
    facts = replace(state.facts, lines=state.facts.lines + 1)
    line = facts.lines
    until = now + offer.seconds_to_ring + SECONDS_OF_GRACE
    dial = do.Dial(line, offer.address, "", facts.number, offer.seconds_to_ring)
    rings = at.Offered(facts, state.turn, state.node, state.wait, offer.agent, line, until)
    return rings, (dial,)


def offered(site: Site, state: at.Offered, event: CallEvent, now: float) -> Next:
    """Bridge when the agent answers; otherwise tell the floor and keep waiting."""
    match event:
        case on.LineAnswered(line) if line == state.line:
            return _connect(site, state, now)
        case on.LineFailed(line, failure) if line == state.line:
            return _back(state, _OUTCOMES[failure], (), now)
        case on.LineEnded(line) if line == state.line:
            return _back(state, AgentOutcome.FAILED, (), now)
        case on.DeadlinePassed():
            return _back(state, AgentOutcome.FAILED, (do.HangUp(state.line),), now)
        case on.PromptEnded() | on.PromptFailed():
            return state, (do.PlayMusic(CALLER, site.queues[state.node.queue].music),)
    return state, ()


_OUTCOMES = {
    Failure.BUSY: AgentOutcome.BUSY,
    Failure.DECLINED: AgentOutcome.BUSY,
    Failure.NO_ANSWER: AgentOutcome.NO_ANSWER,
    Failure.UNREACHABLE: AgentOutcome.FAILED,
    Failure.REFUSED: AgentOutcome.FAILED,
}


def _connect(site: Site, state: at.Offered, now: float) -> Next:
    node = state.node
    team = site.queues[node.queue].team
    talking = at.Talking(state.facts, state.turn, state.line, state.agent, team, node.level)
    return talking, (
        do.Bridge(CALLER, state.line),
        do.LeaveQueue(node.queue, LeaveReason.ANSWERED, now - state.wait.since),
        do.ReportAgent(state.agent, AgentOutcome.ANSWERED),
    )


def _back(state: at.Offered, outcome: AgentOutcome, before: tuple[Action, ...], now: float) -> Next:
    waits = at.Queued(state.facts, state.turn, state.node, state.wait, _deadline(state.wait))
    report = do.ReportAgent(state.agent, outcome)
    if now < state.wait.until:
        return waits, (*before, report)
    # The floor must know that he is gone before it hears of a free agent.
    gone = _send_on(waits, LeaveReason.TIMEOUT, now)
    return replace(gone, actions=(*before, *gone.actions, report))


# --- endings --------------------------------------------------------------------------------


def give_up(
    state: at.Queued | at.Offered, outcome: Outcome | None, now: float
) -> tuple[Action, ...]:
    """Return what must be let go when a call ends while its caller waits."""
    by_himself = outcome in {None, Outcome.NO_AUDIO}
    reason = LeaveReason.ABANDONED if by_himself else LeaveReason.ERROR
    leave = do.LeaveQueue(state.node.queue, reason, now - state.wait.since)
    if isinstance(state, at.Queued):
        return (leave,)
    withdraw = do.ReportAgent(state.agent, AgentOutcome.WITHDRAWN)
    return do.HangUp(state.line), leave, withdraw


def release(state: at.Talking) -> tuple[Action, ...]:
    """Return what follows a talk: the agent is free, and a survey may be due."""
    if not state.agent:
        return ()
    released = do.ReportAgent(state.agent, AgentOutcome.RELEASED)
    facts = state.facts
    if not facts.noticed:
        return (released,)
    task = SurveyTask(
        id=facts.id,
        number=facts.number,
        questions=facts.questions,
        group=facts.group,
        stage=facts.stage,
        team=state.team,
        agent=state.agent,
        level=state.level,
        language=facts.language,
    )
    return released, do.ProposeSurvey(task)


def came_to(state: at.Talking) -> Outcome:
    """Return the outcome of a call that ends while, or because, they talked."""
    return Outcome.TALKED if state.agent else Outcome.TRANSFERRED


def _with(state: at.Queued, wait: Wait) -> at.Queued:
    return at.Queued(state.facts, state.turn, state.node, wait, _deadline(wait))


def _deadline(wait: Wait) -> float:
    return min(wait.until, wait.ask_at, wait.remind_at)


def _after(now: float, seconds: float) -> float:
    return now + seconds if seconds else NEVER
