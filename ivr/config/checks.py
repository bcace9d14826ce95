"""What the files of a site say about each other: every name resolves, every rule holds.

Each check works on what is there; a file that cannot be read makes no other look wrong.
"""

from collections.abc import Mapping
from datetime import date

from ivr.config import calendars, entrances, gateway, grammars, languages, surveys, teams
from ivr.config.folder import SiteFolder
from ivr.config.page import Page
from ivr.config.prompts import PromptIds
from ivr.config.proofs import findings
from ivr.config.secrets import Reveal
from ivr.config.spelling import unknown
from ivr.config.stages import NONE, StageFile, flow
from ivr.engine.script import JoinTeam, OpeningHours, Script, SurveyNotice, Transfer


def check(site: SiteFolder, prompts: PromptIds, reveal: Reveal) -> None:
    """Note everything that is wrong with a site on its pages."""
    known = site.calendar.names("calendars")
    gateway.check(site.gateway, reveal)
    calendars.check(site.calendar)
    teams.check(site.teams, known)
    surveys.check(site.survey, known)
    entrances.check(site.entrance, frozenset(site.groups))
    grammars.check(site)
    if prompts:
        languages.check(site, prompts)
    for group, stages in site.groups.items():
        _check_dates(group, stages)
        _check_use(site, group, stages)
    for _, _, page in site.stages:
        if page.content is not None:
            _check_stage(site, page, page.content)


def _check_dates(group: str, stages: Mapping[str, Page[StageFile]]) -> None:
    """At any instant exactly one stage is in force: each begins when another ends."""
    begins: dict[date, str] = {}
    for name, page in stages.items():
        if page.content is None:
            return
        earlier = begins.setdefault(page.content.since, name)
        if earlier != name:
            message = f"the stage `{earlier}` begins on the same day"
            page.fault(("since",), message)
    if begins and date.min not in begins:
        first = stages[begins[min(begins)]]
        message = f"no stage of `{group}` is in force before this; write `since: beginning`"
        first.fault(("since",), message)


def _check_use(site: SiteFolder, group: str, stages: Mapping[str, Page[StageFile]]) -> None:
    entrance = site.entrance.content
    led_to = {section.group for section in entrance.numbers.values()} if entrance else set()
    all_read = entrance and len(entrance.numbers) == len(site.entrance.names("numbers") or ())
    # A number that leads to no group may be meant for this one.
    if all_read and led_to and led_to <= site.groups.keys() and group not in led_to:
        message = f"no number of entrance.yaml leads to the service group `{group}`"
        next(iter(stages.values())).fault((), message)


def _check_stage(site: SiteFolder, page: Page[StageFile], stage: StageFile) -> None:
    script = flow(stage)
    for place, message in findings(script, page.names("nodes") or frozenset()):
        page.fault(place, message)
    _check_names(site, page, script)
    _check_transfers(site, page, script)
    _check_survey(site, page, stage, script)


def _check_names(site: SiteFolder, page: Page[StageFile], script: Script) -> None:
    known = {
        "calendar": site.calendar.names("calendars"),
        "queue": site.teams.names("queues"),
    }
    for name, node in script.nodes.items():
        match node:
            case OpeningHours(calendar=wanted):
                what = "calendar"
            case JoinTeam(queue=wanted):
                what = "queue"
            case _:
                continue
        names = known[what]
        if names is not None and wanted not in names:
            page.fault(("nodes", name, what), unknown(what, wanted, names))


def _check_transfers(site: SiteFolder, page: Page[StageFile], script: Script) -> None:
    entrance = site.entrance.content
    own = set(entrances.compiled(entrance)) if entrance else set()
    for name, node in script.nodes.items():
        if isinstance(node, Transfer):
            if node.number in own:
                message = f"{node.number} is a number of this gateway: the call would come back"
                page.fault(("nodes", name, "number"), message)
            if gateway.cannot_call(site.gateway):
                message = "a transfer needs a trunk with `outgoing: yes` in gateway.yaml"
                page.fault(("nodes", name), message)


def _check_survey(
    site: SiteFolder, page: Page[StageFile], stage: StageFile, script: Script
) -> None:
    """A survey and its notice need each other: nobody is called who was not told."""
    sets = surveys.ids(site.survey)
    notices = [name for name, node in script.nodes.items() if isinstance(node, SurveyNotice)]
    if stage.questions == NONE:
        for name in notices:
            page.fault(("nodes", name), "announces a survey, but this stage has `questions: none`")
        return
    if sets is not None and stage.questions not in sets:
        page.fault(("questions",), unknown("question set", stage.questions, {*sets, NONE}))
    if not notices and len(stage.nodes) == len(page.names("nodes") or ()):
        message = "callers are asked afterwards, but no survey_notice tells them so"
        page.fault(("questions",), message)
    if gateway.cannot_call(site.gateway):
        message = "a survey needs a trunk with `outgoing: yes` in gateway.yaml"
        page.fault(("questions",), message)
