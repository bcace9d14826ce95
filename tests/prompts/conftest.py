"""A small set of prompts, rendered once by the real voices and copied for each test.

Its language is Norwegian because that has no numerals here: a hundred recordings fewer.
"""

import shutil
from pathlib import Path

import pytest

from ivr.prompts.render import render_all
from ivr.prompts.texts import TEXTS
from ivr.prompts.voices import Espeak, chosen

SHIPPED = Path(__file__).parents[2] / "prompts"

WORDS = """\
greeting: Velkommen til Københavns Kommune.
short: Tak.
key:
  text: Rekruttering, tast 1.
  say: Rekruttering, tast et.
"""

VOICES = {"nb": Espeak("da+m3")}


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rendered") / "prompts"
    (folder / "nb").mkdir(parents=True)
    (folder / "nb" / TEXTS).write_text(WORDS, "utf-8")
    render_all(folder, VOICES)
    return folder


@pytest.fixture
def prompts(rendered_once: Path, tmp_path: Path) -> Path:
    """A folder of prompts that is rendered."""
    return Path(shutil.copytree(rendered_once, tmp_path / "prompts"))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prompts callers hear; only what the checkout has not rendered yet takes time."""
    folder = tmp_path_factory.mktemp("shipped") / "prompts"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns(".*"))
    render_all(folder, chosen(["da", "en"]))
    return folder
