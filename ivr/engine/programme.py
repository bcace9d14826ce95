"""The survey programme: whom the robot calls back, when, and how often.

    programme, actions = advance(site, programme, event, now, at)

Works in wall time `at`, because hours and quarantines are wall time. A survey's standing is
ordered saved before anything is done about it, and the telephone is dialled only when the
journal has said that it is: so a crash at any instant loses no planned survey and asks nobody
twice.

    planned ─due, saved─▶ dialling ─answered─▶ reached ─▶ complete, partial, refused, no_consent
       ▲                     └─ busy, no answer, failed ─ attempts left ─┐   └─ none left: final
       └─────────────────────────────────────────────────────────────────┘
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta

from ivr.engine import hours
from ivr.engine.actions import Action, SaveSurvey, StartSurvey
from ivr.engine.events import (
    DeadlinePassed,
    Disposition,
    NumberAsked,
    NumberRefused,
    ProgrammeEvent,
    SurveyProposed,
    SurveyReported,
    SurveyRestored,
    SurveySaved,
    SurveyTask,
    TrunksChanged,
)
from ivr.engine.numbers import is_danish_callable
from ivr.engine.replacing import replace
from ivr.engine.site import Site
from ivr.engine.value import value

OPEN = frozenset({Disposition.PLANNED, Disposition.DIALLING, Disposition.REACHED})
"""A survey with one of these is not over."""
AGAIN = frozenset({Disposition.NO_ANSWER, Disposition.BUSY, Disposition.FAILED})
"""After one of these the number may be tried again."""


@value
class Survey:
    """One survey that is not over."""

    task: SurveyTask
    disposition: Disposition
    attempts: int
    planned: datetime
    due: datetime


@value
class Programme:
    """Every open survey, who was asked when, who will not be called, and what can carry calls.

    `schedule` names the planned surveys in the order they are due. `asked` and `refused` grow
    with every week, so they are kept by the last digits of the numbers: what is remembered of
    one number copies a hundredth of them.
    """

    surveys: Mapping[str, Survey]
    schedule: tuple[tuple[datetime, str], ...]
    asked: Mapping[str, Mapping[str, datetime]]
    refused: Mapping[str, frozenset[str]]
    can_call: bool

    def deadline(self, lines: int) -> datetime | None:
        """When the next survey is due; None while none can be started."""
        if not self.schedule or not self.can_call or self.under_way >= lines:
            return None
        return self.schedule[0][0]

    @property
    def under_way(self) -> int:
        """How many surveys have a telephone line, or are about to."""
        return len(self.surveys) - len(self.schedule)


EMPTY = Programme({}, (), {}, {}, can_call=False)
"""Nothing planned; no trunk has been reported up yet."""
Next = tuple[Programme, tuple[Action, ...]]


def advance(site: Site, programme: Programme, event: ProgrammeEvent, at: datetime) -> Next:
    """Return the programme after `event` at wall time `at`, and what follows."""
    match event:
        case SurveyProposed(task):
            return _propose(site, programme, task, at)
        case SurveySaved(id_, Disposition.DIALLING):
            return _dial(site, programme, id_, at)
        case SurveyReported(id_, disposition):
            return _report(site, programme, id_, disposition, at)
        case SurveyRestored():
            return _restore(site, programme, event, at)
        case NumberAsked(number, asked):
            return _asked(site, programme, number, asked, at), ()
        case NumberRefused(number):
            return _refused(programme, number), ()
        case TrunksChanged(up):
            return replace(programme, can_call=bool(up)), ()
        case DeadlinePassed():
            return _begin_due(site, programme, at)
    return programme, ()


# --- planning -------------------------------------------------------------------------------


def _propose(site: Site, programme: Programme, task: SurveyTask, at: datetime) -> Next:
    if task.id in programme.surveys:
        return programme, ()
    survey = Survey(task, Disposition.PLANNED, 0, at, at)
    refusal = _refusal(site, programme, task)
    if refusal is None and _is_quarantined(site, programme, task.number, at):
        refusal = Disposition.QUARANTINED
    due = next_allowed(site, at + timedelta(seconds=site.survey.delay))
    if refusal is not None or due is None or _is_too_late(site, survey, due):
        return _save(programme, replace(survey, disposition=refusal or Disposition.EXPIRED))
    programme = _asked(site, programme, task.number, at, at)
    return _save(programme, replace(survey, due=due))


def _refusal(site: Site, programme: Programme, task: SurveyTask) -> Disposition | None:
    """Return why this survey must not be made, now or later; None when it may."""
    if not is_danish_callable(task.number):
        return Disposition.NOT_CALLABLE
    if task.number in programme.refused.get(_drawer(task.number), ()):
        return Disposition.OPTED_OUT
    return None if task.questions in site.questions else Disposition.EXPIRED


def _is_quarantined(site: Site, programme: Programme, number: str, at: datetime) -> bool:
    asked = programme.asked.get(_drawer(number), {}).get(number)
    return asked is not None and asked > _quarantined_since(site, at)


def next_allowed(site: Site, at: datetime) -> datetime | None:
    """Return the first instant from `at` when survey calls are allowed; None before it expires."""
    calendar = site.calendars[site.survey.calendar]
    return hours.next_open(calendar, at, at + timedelta(seconds=site.survey.expires))


def _is_too_late(site: Site, survey: Survey, due: datetime) -> bool:
    return due - survey.planned > timedelta(seconds=site.survey.expires)


# --- calling --------------------------------------------------------------------------------


def _begin_due(site: Site, programme: Programme, at: datetime) -> Next:
    """Begin what is due as long as a line is free; the rest stays due."""
    actions: tuple[Action, ...] = ()
    free = site.survey.lines - programme.under_way if programme.can_call else 0
    for due, id_ in programme.schedule:
        if free <= 0 or due > at:
            break
        survey = programme.surveys[id_]
        stands = _obstructed(site, programme, survey, at)
        if stands is None:
            free -= 1
            attempts = survey.attempts + 1
            stands = replace(survey, disposition=Disposition.DIALLING, attempts=attempts)
        programme, more = _save(programme, stands)
        actions = (*actions, *more)
    return programme, actions


def _dial(site: Site, programme: Programme, id_: str, at: datetime) -> Next:
    """Dial now that the journal knows of it, unless things have changed meanwhile."""
    survey = programme.surveys.get(id_)
    if survey is None or survey.disposition is not Disposition.DIALLING:
        return programme, ()
    untried = replace(survey, disposition=Disposition.PLANNED, attempts=survey.attempts - 1)
    stands = _obstructed(site, programme, untried, at)
    if stands is None and programme.can_call:
        return programme, (StartSurvey(survey.task, survey.attempts),)
    return _save(programme, stands or untried)


def _obstructed(site: Site, programme: Programme, survey: Survey, at: datetime) -> Survey | None:
    """Return how a survey stands that cannot be called at this instant; None if it can."""
    refusal = _refusal(site, programme, survey.task)
    if refusal is not None:
        return replace(survey, disposition=refusal)
    allowed = next_allowed(site, at)
    if allowed is None or _is_too_late(site, survey, allowed):
        return replace(survey, disposition=Disposition.EXPIRED)
    return replace(survey, due=allowed) if allowed > at else None


def _report(
    site: Site, programme: Programme, id_: str, disposition: Disposition, at: datetime
) -> Next:
    survey = programme.surveys.get(id_)
    if survey is None:
        return programme, ()
    if disposition is Disposition.REACHED:
        return _save(programme, replace(survey, disposition=disposition))
    if disposition is Disposition.REFUSED:
        programme = _refused(programme, survey.task.number)
    if disposition in AGAIN and survey.disposition is not Disposition.REACHED:
        return _again(site, programme, survey, disposition, at)
    return _save(programme, replace(survey, disposition=disposition))


def _again(
    site: Site, programme: Programme, survey: Survey, disposition: Disposition, at: datetime
) -> Next:
    due = next_allowed(site, at + timedelta(seconds=site.survey.spacing))
    used_up = survey.attempts >= site.survey.attempts
    if used_up or due is None or _is_too_late(site, survey, due):
        return _save(programme, replace(survey, disposition=disposition))
    return _save(programme, replace(survey, disposition=Disposition.PLANNED, due=due))


# --- after a restart ------------------------------------------------------------------------


def _restore(site: Site, programme: Programme, event: SurveyRestored, at: datetime) -> Next:
    survey = Survey(event.task, event.disposition, event.attempts, event.planned, event.due)
    programme = _asked(site, programme, event.task.number, event.planned, at)
    match event.disposition:
        case Disposition.DIALLING:
            return _again(site, programme, survey, Disposition.FAILED, at)
        case Disposition.REACHED:
            return _save(programme, replace(survey, disposition=Disposition.PARTIAL))
    return _keep(programme, survey), ()


# --- keeping --------------------------------------------------------------------------------


def _drawer(number: str) -> str:
    """Return under what a number is kept."""
    return number[-2:]


def _asked(
    site: Site, programme: Programme, number: str, asked: datetime, at: datetime
) -> Programme:
    """Return the programme that knows when this number was asked, and forgets old quarantines."""
    since = _quarantined_since(site, at)
    drawer = programme.asked.get(_drawer(number), {})
    kept = {other: when for other, when in drawer.items() if when > since}
    kept[number] = max(asked, kept.get(number, asked))
    return replace(programme, asked={**programme.asked, _drawer(number): kept})


def _quarantined_since(site: Site, at: datetime) -> datetime:
    return at - timedelta(seconds=site.survey.quarantine)


def _refused(programme: Programme, number: str) -> Programme:
    drawer = programme.refused.get(_drawer(number), frozenset()) | {number}
    return replace(programme, refused={**programme.refused, _drawer(number): drawer})


def _save(programme: Programme, survey: Survey) -> Next:
    """Order a survey's standing saved; only an open one is kept in mind."""
    saved = SaveSurvey(survey.task, survey.disposition, survey.attempts, survey.planned, survey.due)
    return _keep(programme, survey), (saved,)


def _keep(programme: Programme, survey: Survey) -> Programme:
    id_ = survey.task.id
    surveys, schedule = dict(programme.surveys), programme.schedule
    before = surveys.pop(id_, None)
    if before is not None and before.disposition is Disposition.PLANNED:
        place = bisect_left(schedule, (before.due, id_))
        schedule = schedule[:place] + schedule[place + 1 :]
    if survey.disposition is Disposition.PLANNED:
        place = bisect_left(schedule, (survey.due, id_))
        schedule = (*schedule[:place], (survey.due, id_), *schedule[place:])
    if survey.disposition in OPEN:
        surveys[id_] = survey
    return replace(programme, surveys=surveys, schedule=schedule)
