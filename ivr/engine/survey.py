"""Asks the questions after the call: one outgoing call, from dialling to its disposition.

Only key 1 begins, so that an answering machine never hears a question. Each answer is ordered
stored as it is given; a hang-up keeps what came before.
"""

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments as at
from ivr.engine.actions import Note, Outcome
from ivr.engine.digits import Again, Done, Heard
from ivr.engine.events import CALLER, CallEvent, Disposition, Failure
from ivr.engine.moments import Facts, Go, Next, Tries
from ivr.engine.replacing import replace
from ivr.engine.routing import first_trunk, next_trunk, trunk_fault
from ivr.engine.script import END, PERSON, REPEAT, Consent, Question
from ivr.engine.site import Site

SECONDS_OF_GRACE = 5.0
"""How much longer than its ringing time a line may take to say that it failed."""


def start(site: Site, event: on.SurveyStarted, now: float, call: str) -> Next:
    """Ring the caller back."""
    task = event.survey
    facts = Facts(
        id=call,
        number=task.number,
        dialled=task.number,
        at=event.at,
        began=now,
        cut_off=now + site.limits.seconds,
        group=task.group,
        stage=task.stage,
        questions="",
        language=task.language,
        script=site.questions[task.questions].script,
        task=task,
        disposition=Disposition.FAILED,
        understood=event.understood,
    )
    admit = do.Admit(task.group, task.stage, task.language, site.hash)
    trunk = first_trunk(site)
    if not trunk:
        return _not_reached(facts, 0, Disposition.FAILED, (admit,))
    return _dial(site, facts, trunk, (admit,), now)


def called(site: Site, state: at.Calling, event: CallEvent, now: float) -> Next:
    """Ask for consent when somebody answers; try the next trunk when none could be reached."""
    match event:
        case on.LineAnswered(line=1):
            facts = replace(state.facts, disposition=Disposition.NO_CONSENT)
            assert facts.task is not None  # noqa: S101 -- only a survey call is ever Calling
            reached = do.ReportSurvey(facts.task.id, Disposition.REACHED)
            return Go(facts, state.turn, facts.script.start, (reached,))
        case on.LineFailed(line=1, failure=failure):
            trunk = next_trunk(site, state.trunk, event)
            fault = trunk_fault(state.trunk, event)
            if trunk:
                return _dial(site, state.facts, trunk, fault, now)
            return _not_reached(state.facts, state.turn, _DISPOSITIONS[failure], fault)
        case on.DeadlinePassed():
            hang_up = (do.HangUp(CALLER),)
            return _not_reached(state.facts, state.turn, Disposition.NO_ANSWER, hang_up)
    return state, ()


_DISPOSITIONS = {
    Failure.BUSY: Disposition.BUSY,
    Failure.DECLINED: Disposition.BUSY,
    Failure.NO_ANSWER: Disposition.NO_ANSWER,
    Failure.UNREACHABLE: Disposition.FAILED,
    Failure.REFUSED: Disposition.FAILED,
}


def _dial(site: Site, facts: Facts, trunk: str, before: tuple[do.Action, ...], now: float) -> Next:
    seconds = site.survey.seconds_to_ring
    order = do.Dial(CALLER, facts.number, trunk, site.survey.shows, seconds)
    return at.Calling(facts, 0, trunk, now + seconds + SECONDS_OF_GRACE), (*before, order)


def _not_reached(
    facts: Facts, turn: int, disposition: Disposition, before: tuple[do.Action, ...]
) -> Next:
    last = (report(replace(facts, disposition=disposition)), do.Conclude(Outcome.SURVEYED))
    return at.Ended(turn, Outcome.SURVEYED), (*before, *last)


def report(facts: Facts) -> do.ReportSurvey:
    """Return the report that files a survey call's disposition."""
    task = facts.task
    assert task is not None  # noqa: S101 -- asked only of survey calls
    return do.ReportSurvey(task.id, facts.disposition)


def closing(facts: Facts) -> Facts:
    """Return the facts of a survey call that has come to its goodbye."""
    if facts.disposition is Disposition.PARTIAL and facts.answers:
        return replace(facts, disposition=Disposition.COMPLETE)
    return facts


# --- consent --------------------------------------------------------------------------------


def consent_key(facts: Facts, consent: Consent, key: str, tries: Tries) -> Heard:
    """Begin on 1, never call again on 0, say it again on `*` or on any other key."""
    match key:
        case "1":
            return Done(replace(facts, disposition=Disposition.PARTIAL), consent.then)
        case "0":
            return Done(replace(facts, disposition=Disposition.REFUSED), consent.refused)
        case "*":
            return Again(consent.prompts, tries)
    return _consent_again(facts, consent, tries, "no_match")


def consent_silence(facts: Facts, consent: Consent, tries: Tries) -> Heard:
    """Say it once more; then leave whoever or whatever answered in peace."""
    return _consent_again(facts, consent, tries, "no_input")


def _consent_again(facts: Facts, consent: Consent, tries: Tries, kind: str) -> Heard:
    tries = replace(tries, no_input=tries.no_input + 1)
    note = (Note(kind, consent.name),)
    if tries.no_input >= consent.attempts:
        return Done(facts, consent.silent, note)
    return Again(consent.prompts, tries, note)


# --- questions ------------------------------------------------------------------------------


def question_key(facts: Facts, question: Question, key: str, tries: Tries) -> Heard:
    """Store 1-9; `*` repeats, `#` skips, `0` twice in a row stops."""
    if key == REPEAT:
        return Again(question.prompts, replace(tries, asked_to_stop=False))
    if key == END:
        return Done(facts, question.then, (Note("skipped", question.name),))
    if key == PERSON and tries.asked_to_stop:
        return Done(replace(facts, disposition=Disposition.REFUSED), question.stopped)
    if key in "123456789":
        task = facts.task
        assert task is not None  # noqa: S101 -- questions stand only in survey scripts
        answer = do.SaveAnswer(task, question.question, int(key))
        return Done(replace(facts, answers=facts.answers + 1), question.then, (answer,))
    return _ask_again(facts, question, tries, "invalid_answer", stop=key == PERSON)


def question_unheard(facts: Facts, question: Question, tries: Tries) -> Done | Again:
    """Ask again after words that are no answer, then go on without one."""
    return _ask_again(facts, question, tries, "not_understood", stop=False)


def question_silence(facts: Facts, question: Question, tries: Tries) -> Heard:
    """Ask again, then go on without an answer."""
    return _ask_again(facts, question, tries, "no_input", stop=False)


def _ask_again(
    facts: Facts, question: Question, tries: Tries, kind: str, *, stop: bool
) -> Done | Again:
    tries = Tries(no_input=tries.no_input + 1, asked_to_stop=stop)
    note = (Note(kind, question.name),)
    # A first 0 is always answered, also as the last attempt: it may mean "leave me alone".
    if tries.no_input >= question.attempts and not stop:
        return Done(facts, question.then, note)
    return Again(question.stop if stop else question.invalid + question.prompts, tries, note)
