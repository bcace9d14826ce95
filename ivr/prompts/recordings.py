"""Finds the recordings of a prompt while calls run.

Light on purpose: it reads the manifests once and each file's header once, so asking for a
prompt costs a few microseconds and the gateway never waits for a disk in the middle of a call.
"""

import wave
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ivr.errors import RecordingMissing
from ivr.prompts import manifest, numerals

_NO_NUMBERS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Recording:
    """The files that speak a prompt, in order, and how long that takes."""

    files: tuple[Path, ...]
    seconds: float


class Recordings:
    """The rendered prompts of some languages, and the sounds that belong to none."""

    def __init__(self, folder: Path, languages: Iterable[str]) -> None:
        self._folder = folder
        self._prompts = {
            owner: manifest.read(self._rendered(owner)).prompts
            for owner in (manifest.SOUNDS, *languages)
        }
        self._whole: dict[tuple[str, str], Recording] = {}
        self._single: dict[tuple[str, str], Recording] = {}

    def find(
        self, language: str, prompt_id: str, numbers: Mapping[str, int] = _NO_NUMBERS
    ) -> Recording:
        """Return the recording of a prompt, its placeholders filled with the numbers.

        A sound, such as the tone, is found under every language.
        """
        whole = self._whole.get((language, prompt_id))
        if whole is not None:
            return whole
        owner, parts = self._parts(language, prompt_id)
        names: list[str] = []
        for part in parts:
            placeholder = _placeholder(part)
            names += self._number(language, prompt_id, placeholder, numbers) or (part,)
        recording = self._joined(owner, prompt_id, names)
        if not any(map(_placeholder, parts)):
            self._whole[language, prompt_id] = recording
        return recording

    def music(self, name: str) -> Path:
        """Return the file of a piece of music on hold."""
        if name not in self._prompts[manifest.SOUNDS]:
            raise self._missing(manifest.SOUNDS, name, "there is no such music")
        return self._file(manifest.SOUNDS, name, name).files[0]

    def placeholders(self, prompt_id: str) -> frozenset[str]:
        """Return the numbers a prompt needs; none for one that does not exist."""
        found = (prompts.get(prompt_id, ()) for prompts in self._prompts.values())
        return frozenset(name for parts in found for part in parts if (name := _placeholder(part)))

    def missing(self, prompt_ids: Iterable[str]) -> list[str]:
        """Return a line for each prompt that cannot be played in one of the languages.

        What is there is read on the way, so no call has to.
        """
        languages = [owner for owner in self._prompts if owner != manifest.SOUNDS]
        wanted = sorted(set(prompt_ids))
        return [
            problem
            for language in languages
            for prompt_id in wanted
            if (problem := self._problem(language, prompt_id))
        ]

    def _problem(self, language: str, prompt_id: str) -> str:
        placeholders = self.placeholders(prompt_id)
        # These say every number there is a recording of.
        told = (*range(100), *range(101, numerals.LARGEST, 100)) if placeholders else (0,)
        try:
            for number in told:
                self.find(language, prompt_id, dict.fromkeys(placeholders, number))
        except RecordingMissing as error:
            return str(error)
        return ""

    def _parts(self, language: str, prompt_id: str) -> tuple[str, tuple[str, ...]]:
        for owner in (language, manifest.SOUNDS):
            parts = self._prompts.get(owner, {}).get(prompt_id)
            if parts is not None:
                return owner, parts
        raise self._missing(language, prompt_id, "there is no such prompt")

    def _number(
        self, language: str, prompt_id: str, placeholder: str, numbers: Mapping[str, int]
    ) -> tuple[str, ...]:
        if not placeholder:
            return ()
        if placeholder not in numbers:
            raise self._missing(language, prompt_id, f"no number was given for {placeholder!r}")
        try:
            return numerals.recordings(language, numbers[placeholder])
        except ValueError as error:
            raise self._missing(language, prompt_id, str(error)) from error

    def _joined(self, owner: str, prompt_id: str, names: list[str]) -> Recording:
        singles = [self._file(owner, prompt_id, name) for name in names]
        if len(singles) == 1:
            return singles[0]
        files = tuple(single.files[0] for single in singles)
        return Recording(files, sum(single.seconds for single in singles))

    def _file(self, owner: str, prompt_id: str, name: str) -> Recording:
        single = self._single.get((owner, name))
        if single is None:
            file = self._rendered(owner) / f"{name}.wav"
            try:
                with wave.open(str(file)) as recording:
                    seconds = recording.getnframes() / recording.getframerate()
            except (OSError, EOFError, wave.Error) as error:
                raise self._missing(owner, prompt_id, f"{file} cannot be read") from error
            single = self._single[owner, name] = Recording((file,), seconds)
        return single

    def _rendered(self, owner: str) -> Path:
        return self._folder / owner / manifest.RENDERED

    def _missing(self, language: str, prompt_id: str, reason: str) -> RecordingMissing:
        return RecordingMissing(f"{language}/{prompt_id}: {reason}; run `ivr prompts render`")


def _placeholder(part: str) -> str:
    """Return the name in `{name}`; empty for the id of a recording."""
    return part[1:-1] if part.startswith("{") else ""
