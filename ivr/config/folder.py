"""The folder of a site: which files it has, and the page of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ivr.config.calendars import CalendarFile
from ivr.config.entrances import EntranceFile
from ivr.config.gateway_file import GatewayFile
from ivr.config.page import Page, read
from ivr.config.speech_file import SpeechFile
from ivr.config.spelling import meant
from ivr.config.stages import StageFile
from ivr.config.surveys import SurveyFile
from ivr.config.teams import TeamsFile
from ivr.config.values import NAME
from ivr.config.written import UnfitError
from ivr.errors import ConfigError, Problem

SPEECH = "speech.yaml"
FILES = ("gateway.yaml", "calendar.yaml", "entrance.yaml", "teams.yaml", "survey.yaml", SPEECH)
SUFFIXES = {".yaml", ".yml"}
DIGITS_OF_HASH = 12


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """Every file of a site. `groups` holds the stages of each service group, by file name."""

    folder: Path
    gateway: Page[GatewayFile]
    calendar: Page[CalendarFile]
    entrance: Page[EntranceFile]
    teams: Page[TeamsFile]
    survey: Page[SurveyFile]
    speech: Page[SpeechFile] | None
    """None for a site whose callers have keys only."""
    groups: dict[str, dict[str, Page[StageFile]]]
    misplaced: tuple[Problem, ...]

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @property
    def stages(self) -> Iterator[tuple[str, str, Page[StageFile]]]:
        """Yield group, stage and page of every stage."""
        for group, stages in self.groups.items():
            for stage, page in stages.items():
                yield group, stage, page

    @property
    def pages(self) -> Iterator[Page[Any]]:
        yield from (self.gateway, self.calendar, self.entrance, self.teams, self.survey)
        yield from (self.speech,) if self.speech else ()
        yield from (page for _, _, page in self.stages)

    @property
    def problems(self) -> Iterator[Problem]:
        yield from self.misplaced
        for page in self.pages:
            yield from page.problems

    @property
    def texts(self) -> dict[str, str]:
        """The text of each file by its path in the folder, in order."""
        texts = {page.source.file: page.source.text for page in self.pages}
        return {file.relative_to(self.folder).as_posix(): texts[file] for file in sorted(texts)}

    @property
    def hash(self) -> str:
        """What tells this configuration from any other."""
        digest = sha256()
        for name, text in self.texts.items():
            digest.update(f"{name}\0{text}\0".encode())
        return digest.hexdigest()[:DIGITS_OF_HASH]


def read_folder(folder: Path) -> SiteFolder:
    """Read every file of a site. Raises ConfigError if there is no such folder."""
    if not folder.is_dir():
        raise ConfigError([Problem(folder, 1, "is not a folder with the files of a site")])
    groups: dict[str, dict[str, Page[StageFile]]] = {}
    for file in sorted(folder.glob("groups/*/[!.]*.yaml")):
        groups.setdefault(file.parent.name, {})[file.stem] = read(StageFile, file)
    return SiteFolder(
        folder=folder,
        gateway=read(GatewayFile, folder / "gateway.yaml"),
        calendar=read(CalendarFile, folder / "calendar.yaml"),
        entrance=read(EntranceFile, folder / "entrance.yaml"),
        teams=read(TeamsFile, folder / "teams.yaml"),
        survey=read(SurveyFile, folder / "survey.yaml"),
        speech=read(SpeechFile, folder / SPEECH) if (folder / SPEECH).exists() else None,
        groups=groups,
        misplaced=tuple(_misplaced(folder)),
    )


def _misplaced(folder: Path) -> Iterator[Problem]:
    """Yield files nobody reads: their author believes that somebody does."""
    written = (file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES)
    for file in sorted(file for file in written if not file.name.startswith(".")):
        match file.relative_to(folder).parts:
            case _ if file.suffix != ".yaml":
                yield Problem(file, 1, "is not read: the name must end with .yaml")
            case (name,) if name not in FILES:
                yield Problem(file, 1, f"is not a file of a site{meant(name, FILES)}")
            case ("groups", group, _):
                yield from _misnamed(file, group)
            case (_, _, *_):
                yield Problem(file, 1, "is not read: stages stand in groups/<group>/<stage>.yaml")


def _misnamed(file: Path, group: str) -> Iterator[Problem]:
    for name in (group, file.stem):
        try:
            NAME.value(name)
        except UnfitError as error:
            yield Problem(file, 1, f"the name `{name}` of this file or its folder {error.reason}")
