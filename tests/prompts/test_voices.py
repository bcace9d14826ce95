"""A voice gets the words as it can read them, and says what it lacks."""

from pathlib import Path

import pytest

from ivr.errors import RenderError
from ivr.prompts import audio, manifest
from ivr.prompts.render import render_all
from ivr.prompts.texts import TEXTS
from ivr.prompts.voices import Piper, chosen, script

PIPER = """#!/bin/sh
# Speaks like Piper: the model and the file as options, the text on standard input.
test "$1" = --model && test "$3" = --output_file || exit 2
cat > "$2.heard"
exec espeak-ng -v da -w "$4" Hej
"""


def test_a_piper_voice_speaks_its_own_language(
    prompts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, model = tmp_path / "piper", tmp_path / "nb_NO-somebody-medium.onnx"
    program.write_text(PIPER)
    program.chmod(0o755)
    model.write_bytes(b"a model")
    (tmp_path / f"{model.name}.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (prompts / "nb" / TEXTS).write_text("short: Tast 7.\n")

    render_all(prompts, chosen(["nb"], piper_model=model))

    assert (tmp_path / f"{model.name}.heard").read_text() == "Tast 7."
    assert (
        audio.speech_level(audio.read(prompts / "nb" / manifest.RENDERED / "short.wav").samples)
        > -21
    )


def test_a_piper_voice_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"^the program `piper-xyz` is not there; install Piper"):
        Piper(tmp_path / "da.onnx", "piper-xyz").check()
    with pytest.raises(RenderError, match=r"da\.onnx: the Piper voice is not there; download it"):
        Piper(tmp_path / "da.onnx", "true").check()


def test_a_piper_voice_of_no_language_of_ours_is_told(tmp_path: Path) -> None:
    model = tmp_path / "sv_SE-nst-medium.onnx"

    with pytest.raises(RenderError, match=r"must begin with one of \['da', 'en'\]$"):
        chosen(["da", "en"], piper_model=model)


def test_numbers_are_read_in_words_and_odd_words_in_phonemes() -> None:
    odd = {"1": "'ed", "fire": "f'iV", "service": "s'W:v?is"}

    assert script("Tast 1.", "da", odd) == "Tast [['ed]]."
    assert script("Service fra 4 til 17", "da", odd) == "[[s'W:v?is]] fra [[f'iV]] til sytten"
    assert script("Press 1 or 21.", "en", {}) == "Press one or twenty-one."
    assert script("Ring 33663333 i 2026", "da", {}) == "Ring 33663333 i 2026"
