"""Which words a model lacks, where they are written, and how it learns them."""

import re
import shutil
from pathlib import Path

import pytest

from ivr.speech import ModelFolder
from tests.cli.command import ivr
from tests.cli.conftest import DEMO

MODEL = Path("speech_model/da-8k")
STAGE = "groups/virksomhed/etape-1.yaml"
WORD = "snurrebasse"
ERRAND = "- min byggesag"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The demo, which listens with a model of its own for a word that nobody knows."""
    model, folder = tmp_path / "da-8k", tmp_path / "demo"
    shutil.copytree(MODEL, model)
    shutil.copytree(DEMO, folder)
    change(folder / STAGE, ERRAND, f"{ERRAND}\n          - min {WORD}")
    change(folder / "gateway.yaml", f"model: {MODEL}", f"model: {model}")
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_word_that_nobody_can_be_heard_to_say_is_told_with_its_place(site: Path) -> None:
    said = ivr("check", site)

    stage = site / STAGE
    assert said.status == 1
    assert said.out == (
        f"{stage}:{line_of(stage, WORD)}: the speech model lacks the word `{WORD}`;"
        f" `ivr check --build {site}` adds it\n"
    )


def test_a_word_is_found_in_a_list_on_one_line_and_not_in_a_remark(site: Path) -> None:
    stage = site / STAGE
    change(stage, f"- min {WORD}", f"# {WORD} stands below")
    change(stage, "say: [refusion, ", f"say: [{WORD}, ")

    said = ivr("check", site)

    assert said.out.startswith(f"{stage}:{line_of(stage, f'[{WORD}')}: ")


def test_a_model_that_is_not_there_is_told_with_its_place(site: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "da-8k")

    said = ivr("check", site)

    gateway = site / "gateway.yaml"
    assert said.status == 1
    assert said.out.startswith(f"{gateway}:{line_of(gateway, 'model:')}: there is no speech model")


@pytest.mark.parametrize("command", [("check", "--build"), ("speech", "graph")])
def test_the_model_learns_it_without_training(
    site: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    before = (tmp_path / "da-8k" / "am/final.mdl").read_bytes()

    built = ivr(*command, site)

    assert built.status == 0, built.err
    assert WORD in ModelFolder.read(tmp_path / "da-8k").words
    assert (tmp_path / "da-8k" / "am/final.mdl").read_bytes() == before
    assert ivr("check", site).out == f"{site}: good\n"


def test_a_site_without_a_model_has_nothing_to_build(site: Path) -> None:
    gateway = site / "gateway.yaml"
    text = gateway.read_text(encoding="utf-8")
    gateway.write_text(re.sub(r"^speech:\n(  .*\n)*", "", text, flags=re.MULTILINE), "utf-8")

    said = ivr("speech", "graph", site)

    assert said.status == 1
    assert "names no speech model" in said.err
    assert ivr("check", site).status == 0


def test_phrases_that_sound_alike_are_warned_of_and_do_no_harm(site: Path) -> None:
    stage = site / STAGE
    change(stage, f"- min {WORD}", "- min parkeringen")
    change(stage, "say: [refusion, ", "say: [min parkering, ")

    said = ivr("check", "--build", site)

    assert said.status == 0
    place = f"{stage}:{line_of(stage, '[min parkering,')}"
    assert f"{place}: warning: `min parkering` sounds like `min parkeringen`, which" in said.err


def test_a_model_that_lost_its_lexicon_is_told(site: Path) -> None:
    change(site / STAGE, f"\n          - min {WORD}", "")
    lexicon = site.parent / "da-8k" / "lexicon.tsv"
    lexicon.unlink()

    said = ivr("check", site)

    assert said.status == 0
    assert said.err == (
        f"{lexicon}:1: warning: cannot tell which phrases sound alike: No such file or directory\n"
    )
