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

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from ivr.engine.site import Site

OPEN = frozenset({Disposition.PLANNED, Disposition.DIALLING, Disposition.REACHED})
"""A survey with one of these is not over."""
AGAIN = frozenset({Disposition.NO_ANSWER, Disposition.BUSY, Disposition.FAILED})
"""After one of these the number may be tried again."""


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey that is not over."""

    task: SurveyTask
    disposition: Disposition
    attempts: int
    planned: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Programme:
    """Every open survey, who was asked when, who will not be called, and what can carry calls."""

    surveys: Mapping[str, Survey]
    asked: Mapping[str, datetime]
    refused: frozenset[str]
    can_call: bool

    def deadline(self, lines: int) -> datetime | None:
        """When the next survey is due; None while none can be started."""
        if not self.can_call or len(self.under_way()) >= lines:
            return None
        return min((survey.due for survey in self.planned()), default=None)

    def planned(self) -> list[Survey]:
        """Return the surveys that wait for their time, soonest first."""
        waiting = [s for s in self.surveys.values() if s.disposition is Disposition.PLANNED]
        return sorted(waiting, key=lambda survey: survey.due)

    def under_way(self) -> list[Survey]:
        """Return the surveys that have a telephone line, or are about to."""
        return [s for s in self.surveys.values() if s.disposition is not Disposition.PLANNED]


EMPTY = Programme({}, {}, frozenset(), can_call=False)
"""Nothing planned; no trunk has been reported up yet."""
Next = tuple[Programme, tuple[Action, ...]]


def advance(site: Site, programme: Programme, event: ProgrammeEvent, at: datetime) -> Next:
    """Return the programme after `event` at wall time `at`, and what follows."""
    match event:
        case SurveyProposed(task):
            return _propose(site, programme, task, at)
        case SurveySaved(id_, Disposition.DIALLING):
            return _dial(programme, id_)
        case SurveyReported(id_, disposition):
            return _report(site, programme, id_, disposition, at)
        case SurveyRestored():
            return _restore(site, programme, event, at)
        case NumberAsked(number, asked):
            return replace(programme, asked={**programme.asked, number: asked}), ()
        case NumberRefused(number):
            return replace(programme, refused=programme.refused | {number}), ()
        case TrunksChanged(up):
            return replace(programme, can_call=bool(up)), ()
        case DeadlinePassed():
            return _begin_due(site, programme, at)
    return programme, ()


# --- planning -------------------------------------------------------------------------------


def _propose(site: Site, programme: Programme, task: SurveyTask, at: datetime) -> Next:
    if task.id in programme.surveys:
        return programme, ()
    refusal = _refusal(site, programme, task.number, at)
    due = next_allowed(site, at + timedelta(seconds=site.survey.delay))
    if refusal is None and due is None:
        refusal = Disposition.EXPIRED
    if refusal is not None or due is None:
        return programme, (SaveSurvey(task, refusal or Disposition.EXPIRED, 0, at, at),)
    programme = replace(programme, asked={**_still_quarantined(site, programme, at), task.number: at})
    return _keep(programme, Survey(task, Disposition.PLANNED, 0, at, due))


def _refusal(site: Site, programme: Programme, number: str, at: datetime) -> Disposition | None:
    if not is_danish_callable(number):
        return Disposition.NOT_CALLABLE
    if number in programme.refused:
        return Disposition.OPTED_OUT
    if number in _still_quarantined(site, programme, at):
        return Disposition.QUARANTINED
    return None


def _still_quarantined(site: Site, programme: Programme, at: datetime) -> dict[str, datetime]:
    since = at - timedelta(seconds=site.survey.quarantine)
    return {number: asked for number, asked in programme.asked.items() if asked > since}


def next_allowed(site: Site, at: datetime) -> datetime | None:
    """Return the first instant from `at` when survey calls are allowed; None before it expires."""
    calendar = site.calendars[site.survey.calendar]
    return hours.next_open(calendar, at, at + timedelta(seconds=site.survey.expires))


# --- calling --------------------------------------------------------------------------------


def _begin_due(site: Site, programme: Programme, at: datetime) -> Next:
    actions: tuple[Action, ...] = ()
    free = site.survey.lines - len(programme.under_way())
    for survey in programme.planned():
        if survey.due > at:
            break
        programme, more, begun = _begin(site, programme, survey, at, may_dial=free > 0)
        free -= begun
        actions = (*actions, *more)
    return programme, actions


def _begin(
    site: Site, programme: Programme, survey: Survey, at: datetime, *, may_dial: bool
) -> tuple[Programme, tuple[Action, ...], int]:
    if (at - survey.planned).total_seconds() > site.survey.expires:
        return *_close(programme, survey, Disposition.EXPIRED), 0
    if survey.task.number in programme.refused:
        return *_close(programme, survey, Disposition.OPTED_OUT), 0
    allowed = next_allowed(site, at)
    if allowed is None:
        return *_close(programme, survey, Disposition.EXPIRED), 0
    if allowed > at:
        return *_keep(programme, replace(survey, due=allowed)), 0
    if not may_dial or not programme.can_call:
        return programme, (), 0
    dials = replace(survey, disposition=Disposition.DIALLING, attempts=survey.attempts + 1)
    return *_keep(programme, dials), 1


def _dial(programme: Programme, id_: str) -> Next:
    survey = programme.surveys.get(id_)
    if survey is None or survey.disposition is not Disposition.DIALLING:
        return programme, ()
    return programme, (StartSurvey(survey.task, survey.attempts),)


def _report(
    site: Site, programme: Programme, id_: str, disposition: Disposition, at: datetime
) -> Next:
    survey = programme.surveys.get(id_)
    if survey is None:
        return programme, ()
    if disposition is Disposition.REACHED:
        return _keep(programme, replace(survey, disposition=disposition))
    if disposition is Disposition.REFUSED:
        refused = programme.refused | {survey.task.number}
        return _close(replace(programme, refused=refused), survey, disposition)
    if disposition in AGAIN and survey.disposition is not Disposition.REACHED:
        return _again(site, programme, survey, disposition, at)
    return _close(programme, survey, disposition)


def _again(
    site: Site, programme: Programme, survey: Survey, disposition: Disposition, at: datetime
) -> Next:
    due = next_allowed(site, at + timedelta(seconds=site.survey.spacing))
    last = survey.planned + timedelta(seconds=site.survey.expires)
    if survey.attempts >= site.survey.attempts or due is None or due > last:
        return _close(programme, survey, disposition)
    return _keep(programme, replace(survey, disposition=Disposition.PLANNED, due=due))


# --- after a restart ------------------------------------------------------------------------


def _restore(site: Site, programme: Programme, event: SurveyRestored, at: datetime) -> Next:
    survey = Survey(event.task, event.disposition, event.attempts, event.planned, event.due)
    programme = replace(
        programme,
        surveys={**programme.surveys, event.task.id: survey},
        asked={**programme.asked, event.task.number: event.planned},
    )
    if event.task.questions not in site.questions:
        return _close(programme, survey, Disposition.EXPIRED)
    match event.disposition:
        case Disposition.DIALLING:
            return _again(site, programme, survey, Disposition.FAILED, at)
        case Disposition.REACHED:
            return _close(programme, survey, Disposition.PARTIAL)
    return programme, ()


# --- keeping --------------------------------------------------------------------------------


def _keep(programme: Programme, survey: Survey) -> Next:
    surveys = {**programme.surveys, survey.task.id: survey}
    return replace(programme, surveys=surveys), (_saved(survey),)


def _close(programme: Programme, survey: Survey, disposition: Disposition) -> Next:
    surveys = {id_: s for id_, s in programme.surveys.items() if id_ != survey.task.id}
    closed = replace(survey, disposition=disposition)
    return replace(programme, surveys=surveys), (_saved(closed),)


def _saved(survey: Survey) -> SaveSurvey:
    return SaveSurvey(
        survey.task, survey.disposition, survey.attempts, survey.planned, survey.due
    )
