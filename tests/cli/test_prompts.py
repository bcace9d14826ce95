"""`ivr prompts`: a site's own voice, and which sentence is meant."""

import shutil
from pathlib import Path

from tests.cli.command import ivr
from tests.cli.conftest import DEMO


def test_a_site_s_own_voice_speaks_its_own_prompts(tmp_path: Path) -> None:
    """The voice is not there, so that nothing is rendered; it is asked for all the same."""
    site, prompts = tmp_path / "site", tmp_path / "prompts"
    shutil.copytree(DEMO, site)
    for words in Path("prompts").glob("*/texts.yaml"):
        (prompts / words.parent.name).mkdir(parents=True)
        shutil.copy(words, tmp_path / words)
    file = site / "gateway.yaml"
    named = f"  folder: {prompts}\n  piper: {tmp_path}/da_DK-nobody-medium.onnx\n"
    file.write_text(file.read_text().replace("  folder: prompts", named, 1))

    said = ivr("prompts", "render", "--site", site)

    assert said.status == 1
    assert "Piper" in said.err
    assert not list(prompts.glob("*/rendered/*.wav"))


def test_which_prompt_is_to_be_recorded_must_be_said() -> None:
    said = ivr("prompts", "record")

    assert said.status == 1
    assert said.err == "ivr: name a prompt to record; `ivr prompts list` shows them all\n"
