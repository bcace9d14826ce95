"""Whatever is done to a site's file: it compiles, or every problem names a line of a file."""

import shutil
from collections.abc import Callable, Mapping
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

Mutation = Callable[[list[str]], list[str]]


@pytest.fixture(scope="module")
def prompts() -> dict[Path, PromptIds]:
    folders = dict(zip(SITES, (ROOT / "prompts", GOOD / "prompts"), strict=True))
    return {site: read_prompts(folder)[0] for site, folder in folders.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated") / "demo"


@st.composite
def mutations(draw: st.DrawFn) -> tuple[Path, str, Mutation]:
    """Draw a site, one of its files, and something that happens to one of its lines."""
    site, file = draw(st.sampled_from(FILES))
    number = draw(st.integers(0, len((site / file).read_text().splitlines()) - 1))
    other = draw(st.integers(0, 200))
    value = draw(st.sampled_from(VALUES))
    sign = draw(st.sampled_from("\t:-#&*!|>'\"%@`{}[],?~ æ\x00\u2028x0."))

    def delete(lines: list[str]) -> list[str]:
        return lines[:number] + lines[number + 1 :]

    def double(lines: list[str]) -> list[str]:
        return [*lines[:number], lines[number], *lines[number:]]

    def move(lines: list[str]) -> list[str]:
        rest = delete(lines)
        place = other % (len(rest) + 1)
        return [*rest[:place], lines[number], *rest[place:]]

    def insert(lines: list[str]) -> list[str]:
        line = lines[number]
        place = other % (len(line) + 1)
        return [*lines[:number], line[:place] + sign + line[place:], *lines[number + 1 :]]

    def swap(lines: list[str]) -> list[str]:
        line = lines[number]
        place = other % max(1, len(line) - 1)
        typo = line[:place] + line[place + 1 : place + 2] + line[place : place + 1]
        return [*lines[:number], typo + line[place + 2 :], *lines[number + 1 :]]

    def cut(lines: list[str]) -> list[str]:
        line = lines[number]
        return [*lines[:number], line[: other % (len(line) + 1)], *lines[number + 1 :]]

    def replace(lines: list[str]) -> list[str]:
        name, colon, _ = lines[number].partition(":")
        return [*lines[:number], f"{name}{colon} {value}", *lines[number + 1 :]]

    def stop(lines: list[str]) -> list[str]:
        return lines[:number]

    return (
        site,
        file,
        draw(st.sampled_from([delete, double, move, insert, swap, cut, replace, stop])),
    )


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.lists(mutations(), min_size=1, max_size=3))
def test_a_mutated_site_compiles_or_says_where_it_is_wrong(
    site: Path, prompts: Mapping[Path, PromptIds], changes: list[tuple[Path, str, Mutation]]
) -> None:
    shutil.rmtree(site, ignore_errors=True)
    original = changes[0][0]
    shutil.copytree(original, site)
    for _, name, mutate in (change for change in changes if change[0] == original):
        file = site / name
        lines = file.read_text(encoding="utf-8").split("\n")
        try:
            mutated = mutate(lines)
        except IndexError:  # an earlier mutation left fewer lines
            continue
        file.write_text("\n".join(mutated), encoding="utf-8")

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
