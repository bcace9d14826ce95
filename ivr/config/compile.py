"""Compiles the folder of a site: one frozen `Configuration`, or every problem at once.

Nothing outside the returned value is touched, so a running gateway may load again at any time
and keep what it has when that fails.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from ivr.config import calendars, checks, entrances, gateway, languages, stages, surveys, teams
from ivr.config import prompts as texts
from ivr.config.folder import SiteFolder, read_folder
from ivr.config.gateway_file import GatewayFile, PromptsSection
from ivr.config.page import Content, Page
from ivr.config.prompts import PromptIds
from ivr.config.secrets import Reveal, concealing, revealing
from ivr.config.speech_file import SpeechFile
from ivr.engine.site import Group, Site
from ivr.errors import ConfigError, Problem
from ivr.gateway import Configuration


def load(
    folder: Path,
    *,
    prompts: PromptIds | None = None,
    environment: Mapping[str, str] | None = None,
    secrets: bool = True,
) -> Configuration:
    """Return what the folder says. Raises ConfigError with every problem in it.

    `prompts` is taken instead of reading prompts/<language>/texts.yaml; with {} no prompt is
    checked. `environment` is taken instead of the process's own. Without `secrets` no password
    is looked up. Together the two are enough to replay a call on another machine.
    """
    site = read_folder(folder)
    reveal = revealing(os.environ if environment is None else environment)
    if not secrets:
        reveal = concealing
    problems: list[Problem] = []
    if prompts is None:
        prompts, problems = _prompts(site.gateway)
    checks.check(site, prompts, reveal)
    problems += site.problems
    if problems:
        raise ConfigError(problems)
    return _configuration(site, reveal)


def _prompts(page: Page[GatewayFile]) -> tuple[PromptIds, list[Problem]]:
    section = page.content.prompts if page.content else PromptsSection()
    ids, problems = texts.read(section.folder)
    if not ids and not problems and page.content:
        message = f"there are no prompts in `{section.folder}`: no <language>/{texts.TEXTS}"
        problems.append(page.source.problem(("prompts", "folder"), message))
    return ids, problems


def _configuration(site: SiteFolder, reveal: Reveal) -> Configuration:
    box = _sound(site.gateway)
    return Configuration(
        site=_site(site, box),
        gateway=gateway.compiled(box, reveal),
        files=site.texts,
    )


def _site(site: SiteFolder, box: GatewayFile) -> Site:
    calendar, entrance = _sound(site.calendar), _sound(site.entrance)
    team, survey = _sound(site.teams), _sound(site.survey)
    speech = _sound(site.speech) if site.speech else None
    return Site(
        name=site.name,
        hash=site.hash,
        zone=calendar.zone,
        languages=tuple(sorted(languages.in_use(site).site)),
        entrances=entrances.compiled(entrance),
        groups={name: _group(name, pages, speech) for name, pages in site.groups.items()},
        calendars=calendars.compiled(calendar),
        queues=teams.queues(team),
        agents=teams.agents(team),
        questions=surveys.questions(survey, speech),
        survey=surveys.rules(survey),
        trunks=gateway.outgoing(box),
        limits=gateway.limits(box),
        apology=entrance.apology,
    )


def _group(
    name: str, pages: Mapping[str, Page[stages.StageFile]], speech: SpeechFile | None
) -> Group:
    compiled = [stages.compiled(stage, _sound(page), speech) for stage, page in pages.items()]
    return Group(name, tuple(sorted(compiled, key=lambda stage: stage.since)))


def _sound(page: Page[Content]) -> Content:
    """Return what a page says, now that no problem was found anywhere."""
    assert page.content is not None  # noqa: S101 -- else there would be a problem
    return page.content
