"""`ivr speech graph`, and what `ivr check` says of words that nobody can be heard to say.

The tools that build a decoding graph cannot share a process with Vosk, so they are a program
of their own, `python -m speech_model`, which comes with the checkout.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import ivr
from ivr.config import load, sound_alikes
from ivr.errors import IvrError, Problem, SpeechUnavailable
from ivr.gateway import Configuration, SpeechModel
from ivr.recogniser import words_of
from ivr.speech import ModelFolder

_CHECKOUT = Path(ivr.__file__).parents[1]
_GATEWAY = "gateway.yaml"
LEXICON = "lexicon.tsv"
"""How the words of a model are said, in its folder."""
_REMARK = re.compile(r"(^|\s)#.*")


def speech(options: argparse.Namespace) -> int:
    """Build the decoding graph anew with every word of a site; return 0."""
    configuration = load(options.folder)
    settings = configuration.gateway.speech
    if settings is None:
        raise IvrError(f"{options.folder / _GATEWAY} names no speech model: add `speech:`")
    _build(settings, words_of(configuration.site, settings.language))
    return 0


def build_missing(configuration: Configuration) -> None:
    """Build the graph anew if a site has words that its model lacks. Raises `IvrError`."""
    settings = configuration.gateway.speech
    if settings is None:
        return
    words = words_of(configuration.site, settings.language)
    if ModelFolder.read(settings.folder).missing(words):
        _build(settings, words)


def _build(settings: SpeechModel, words: Iterable[str]) -> None:
    """Add these words to a model; it is whole before and after. Raises `IvrError`."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write("".join(f"{word}\n" for word in sorted(words)))
        file.flush()
        _run("graph", "--words", file.name, "--model", settings.folder, "--out", settings.folder)


def _run(*arguments: str | Path) -> None:
    if not (_CHECKOUT / "speech_model").is_dir():
        raise IvrError(f"there is no speech_model/ in {_CHECKOUT}: do this in a checkout")
    places = [Path.cwd() / each if isinstance(each, Path) else each for each in arguments]
    command = [sys.executable, "-m", "speech_model", *map(str, places)]
    done = subprocess.run(command, check=False, cwd=_CHECKOUT)  # noqa: S603 -- our own program
    if done.returncode:
        raise IvrError(f"the graph was not built: speech_model ended with {done.returncode}")


def problems(folder: Path, configuration: Configuration) -> list[Problem]:
    """Return what of a site cannot be recognised, each where it is written."""
    settings = configuration.gateway.speech
    if settings is None:
        return []
    try:
        model = ModelFolder.read(settings.folder)
    except SpeechUnavailable as error:
        return [Problem(folder / _GATEWAY, _line(configuration, _GATEWAY, "model:"), str(error))]
    missing = model.missing(words_of(configuration.site, settings.language))
    return [_unheard(folder, configuration, word) for word in missing]


def doubts(folder: Path, configuration: Configuration) -> list[Problem]:
    """Return which phrases of a site may be taken for each other, each where it is written."""
    settings = configuration.gateway.speech
    if settings is None:
        return []
    try:
        return sound_alikes(folder, {settings.language: settings.folder / LEXICON})
    except OSError as error:
        why = f"cannot tell which phrases sound alike: {error.strerror}"
        return [Problem(settings.folder / LEXICON, 1, why)]


def _unheard(folder: Path, configuration: Configuration, word: str) -> Problem:
    name, line = next(_written(configuration, word), (_GATEWAY, 1))
    message = f"the speech model lacks the word `{word}`; `ivr check --build {folder}` adds it"
    return Problem(folder / name, line, message)


def _written(configuration: Configuration, word: str) -> Iterator[tuple[str, int]]:
    """Yield the places that hold a word, the files of call flows first."""
    for name in sorted(configuration.files, key=lambda name: (not name.startswith("groups"), name)):
        for number, text in enumerate(configuration.files[name].splitlines(), 1):
            if word in re.findall(r"[^\W\d_]+", _REMARK.sub("", text).lower()):
                yield name, number


def _line(configuration: Configuration, name: str, text: str) -> int:
    lines = configuration.files[name].splitlines()
    found = (number for number, line in enumerate(lines, 1) if line.strip().startswith(text))
    return next(found, 1)
