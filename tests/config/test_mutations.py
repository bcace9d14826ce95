"""Whatever is done to a site's file: it compiles, or every problem names a line of a file."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.config import load
from ivr.config.prompts import PromptIds
from ivr.config.prompts import read as read_prompts
from ivr.errors import ConfigError, Problem
from tests.config.cases import ENVIRONMENT, GOOD

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "firmware_config" / "demo"
SITES = (DEMO, GOOD / "site")
FILES = [
    (site, file.relative_to(site).as_posix())
    for site in SITES
    for file in sorted(site.rglob("*.yaml"))
]

VALUES = ("", "[]", "{}", "''", "-1", "9" * 30, "[a, [b]]", "{a: b}", "æøå", "'*'", "1e9", "0s")


@dataclass(frozen=True, slots=True)
class Accident:
    """Something that happens to line `number` of a file."""

    site: Path
    file: str
    kind: str
    number: int
    place: int
    sign: str
    value: str

    def happen(self, lines: list[str]) -> list[str]:
        """Return the lines afterwards."""
        line = lines[self.number]
        place = self.place % (len(line) + 1)
        before, after = lines[: self.number], lines[self.number + 1 :]
        match self.kind:
            case "delete":
                return [*before, *after]
            case "double":
                return [*before, line, line, *after]
            case "move":
                rest = [*before, *after]
                there = self.place % (len(rest) + 1)
                return [*rest[:there], line, *rest[there:]]
            case "insert":
                return [*before, line[:place] + self.sign + line[place:], *after]
            case "swap":
                swapped = line[place + 1 : place + 2] + line[place : place + 1]
                return [*before, line[:place] + swapped + line[place + 2 :], *after]
            case "replace":
                return [*before, f"{line.partition(':')[0]}: {self.value}", *after]
            case "cut":
                return [*before, line[:place], *after]
        return before


KINDS = ("delete", "double", "move", "insert", "swap", "replace", "cut", "stop")


@pytest.fixture(scope="module")
def prompts() -> dict[Path, PromptIds]:
    folders = dict(zip(SITES, (ROOT / "prompts", GOOD / "prompts"), strict=True))
    return {site: read_prompts(folder)[0] for site, folder in folders.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated") / "demo"


@st.composite
def accidents(draw: st.DrawFn) -> Accident:
    """Draw a site, one of its files, one of its lines, and what happens to it."""
    site, file = draw(st.sampled_from(FILES))
    return Accident(
        site=site,
        file=file,
        kind=draw(st.sampled_from(KINDS)),
        number=draw(st.integers(0, len((site / file).read_text().splitlines()) - 1)),
        place=draw(st.integers(0, 200)),
        sign=draw(st.sampled_from("\t:-#&*!|>'\"%@`{}[],?~ æ\x00\u2028x0.")),
        value=draw(st.sampled_from(VALUES)),
    )


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(happened=st.lists(accidents(), min_size=1, max_size=3))
def test_a_mutated_site_compiles_or_says_where_it_is_wrong(
    site: Path, prompts: Mapping[Path, PromptIds], happened: list[Accident]
) -> None:
    shutil.rmtree(site, ignore_errors=True)
    original = happened[0].site
    shutil.copytree(original, site)
    for accident in happened:
        file = site / accident.file
        lines = file.read_text(encoding="utf-8").split("\n") if file.exists() else []
        # An earlier accident may have left fewer lines, and the others may be of another site.
        if accident.number < len(lines):
            file.write_text("\n".join(accident.happen(lines)), encoding="utf-8")

    for problem in _problems(site, prompts[original]):
        length = len(problem.file.read_text(encoding="utf-8").splitlines())
        assert 1 <= problem.line <= max(1, length)
        assert problem.message


def _problems(site: Path, prompts: PromptIds) -> tuple[Problem, ...]:
    try:
        load(site, prompts=prompts, environment=ENVIRONMENT)
    except ConfigError as error:
        return error.problems
    return ()
