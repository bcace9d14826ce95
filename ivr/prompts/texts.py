"""Reads the words of every prompt, and refuses what could not be spoken.

All problems of all languages are reported together, each with its file and line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ivr.config.source import Source, Value
from ivr.errors import ConfigError, Problem
from ivr.prompts import numerals

TEXTS = "texts.yaml"
PRONUNCIATION = "pronunciation.yaml"

PLACEHOLDERS = frozenset({"position"})
"""What the engine fills in: the caller's place in the queue."""

_KEYS = frozenset({"text", "say", "voice"})
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SPOKEN = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that are one recording. Those that `continue` are followed by a number."""

    id: str
    words: str
    continues: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a number is spoken."""

    placeholder: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One prompt in one language. `say` is what the voice reads; `voice` whose voice it is."""

    id: str
    text: str
    say: str
    voice: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        return tuple(_PLACEHOLDER.findall(self.text))

    @property
    def parts(self) -> tuple[Piece | Slot, ...]:
        """The recordings and numbers that make up the prompt, in order."""
        if not self.placeholders:
            return (Piece(self.id, self.say, continues=False),)
        parts: list[Piece | Slot] = []
        pieces = 0
        # re.split gives words and placeholder names in turn.
        fragments = _PLACEHOLDER.split(self.say)
        for turn, fragment in enumerate(fragments):
            if turn % 2:
                parts.append(Slot(fragment))
            elif _SPOKEN.search(fragment):
                pieces += 1
                words = fragment.lstrip(" ,.;:!?").rstrip()
                last = turn == len(fragments) - 1
                parts.append(Piece(f"{self.id}.{pieces}", words, continues=not last))
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Texts:
    """Every sentence of every language, and the words whose phonemes are given."""

    sentences: Mapping[str, Mapping[str, Sentence]]
    pronunciations: Mapping[str, Mapping[str, str]]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.sentences)

    @property
    def ids(self) -> frozenset[str]:
        """What a configuration may play; the same in every language."""
        return frozenset(name for sentences in self.sentences.values() for name in sentences)

    def placeholders(self, prompt_id: str) -> frozenset[str]:
        """Return the numbers a prompt needs; none for one that does not exist."""
        found = (sentences.get(prompt_id) for sentences in self.sentences.values())
        return frozenset(name for s in found if s is not None for name in s.placeholders)


def load(folder: Path) -> Texts:
    """Read `<language>/texts.yaml` of every language in the folder."""
    files = sorted(folder.glob(f"*/{TEXTS}"))
    if not files:
        raise ConfigError([Problem(folder, 1, f"holds no <language>/{TEXTS}")])
    languages = tuple(_Language(file, {file.parent.name for file in files}) for file in files)
    problems = [problem for language in languages for problem in language.problems]
    problems += _differences(languages)
    if problems:
        raise ConfigError(problems)
    return Texts(
        {language.name: language.sentences for language in languages},
        {language.name: language.pronunciation for language in languages},
    )


class _Language:
    """The two files of one language."""

    def __init__(self, file: Path, languages: set[str]) -> None:
        self.name = file.parent.name
        self.problems: list[Problem] = []
        self.sentences: dict[str, Sentence] = {}
        self._languages = languages
        self.source = self._read(file)
        for name, value in self.source.value.items():
            self._add(name, value)
        self.problems += self._clashes()
        self.pronunciation = self._pronunciation(file.with_name(PRONUNCIATION))

    def _read(self, file: Path) -> Source:
        source = Source(file)
        self.problems += source.problems
        return source

    def _add(self, name: str, value: Value) -> None:
        self._refuse(name, [], _id_mistakes(name))
        if isinstance(value, str):
            value = {"text": value}
        if not isinstance(value, dict):
            return self._refuse(name, [], ["must be the words, or `text`, `say` and `voice`"])
        for key in value.keys() - _KEYS:
            self._refuse(name, [key], [f"`{key}` is unknown{_nearest(key, _KEYS)}"])
        fields = {key: self._words(name, key, value[key]) for key in _KEYS & value.keys()}
        if "text" not in fields:
            return self._refuse(name, [], ["has no `text`"])
        text = fields["text"]
        sentence = Sentence(name, text, fields.get("say", text), fields.get("voice", self.name))
        self.sentences[name] = sentence
        self._refuse(name, ["text"], _placeholder_mistakes(sentence, self.name))
        if _PLACEHOLDER.findall(sentence.say) != list(sentence.placeholders):
            self._refuse(name, ["say"], ["`say` must have the placeholders of `text`"])
        self._refuse(name, ["voice"], self._voice_mistakes(sentence))
        return None

    def _voice_mistakes(self, sentence: Sentence) -> list[str]:
        voice = sentence.voice
        if voice not in self._languages:
            return [f"there is no language `{voice}`{_nearest(voice, self._languages)}"]
        if sentence.placeholders and voice != self.name:
            return ["a prompt with a number is spoken in its own language"]
        return []

    def _words(self, name: str, key: str, value: Value) -> str:
        if not isinstance(value, str):
            self._refuse(name, [key], [f"`{key}` must be words"])
            return ""
        self._refuse(name, [key], _text_mistakes(value))
        return " ".join(value.split())

    def _refuse(self, name: str, path: list[str], mistakes: list[str]) -> None:
        for mistake in mistakes:
            message = f"{name}: {mistake}"
            self.problems.append(self.source.problem([name, *path], message))

    def _clashes(self) -> Iterator[Problem]:
        for sentence in self.sentences.values():
            for part in sentence.parts:
                if isinstance(part, Piece) and part.id != sentence.id and part.id in self.sentences:
                    message = f"{part.id}: the first words of `{sentence.id}` are recorded as this"
                    yield self.source.problem([part.id], message)

    def _pronunciation(self, file: Path) -> Mapping[str, str]:
        if not file.exists():
            return {}
        source = self._read(file)
        pronunciation: dict[str, str] = {}
        for word, phonemes in source.value.items():
            mistake = _phoneme_mistake(word, phonemes, pronunciation)
            if mistake:
                self.problems.append(source.problem([word], f"{word}: {mistake}"))
            pronunciation[word.casefold()] = str(phonemes)
        return pronunciation


def _id_mistakes(name: str) -> list[str]:
    if name.startswith("number."):
        return ["names that begin with `number.` are kept for spoken numbers"]
    if not _ID.fullmatch(name):
        return ["a name is made of a-z, 0-9, `_` and single dots, and begins with a letter"]
    return []


def _text_mistakes(text: str) -> list[str]:
    if not _SPOKEN.search(_PLACEHOLDER.sub("", text)):
        return ["there is nothing to say"]
    mistakes = []
    if "[[" in text:
        mistakes.append(f"phonemes belong in {PRONUNCIATION}")
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        mistakes.append("a `{` or `}` has no partner")
    return mistakes


def _placeholder_mistakes(sentence: Sentence, language: str) -> list[str]:
    names = sentence.placeholders
    mistakes = [
        f"the placeholder {{{name}}} is unknown{_nearest(name, PLACEHOLDERS)}"
        for name in dict.fromkeys(names)
        if name not in PLACEHOLDERS
    ]
    if names and language not in numerals.LANGUAGES:
        mistakes.append(f"numbers cannot be spoken in `{language}`")
    return mistakes


def _phoneme_mistake(word: str, phonemes: Value, known: Mapping[str, str]) -> str:
    if not re.fullmatch(r"[^\W\d_]+|\d+", word):
        return "must be one word of letters, or one number"
    if word.casefold() in known:
        return "is there twice but for capitals"
    if not isinstance(phonemes, str) or not phonemes.strip():
        return "has no phonemes"
    return "write the phonemes without brackets" if set("[]") & set(phonemes) else ""


def _differences(languages: tuple[_Language, ...]) -> Iterator[Problem]:
    """Yield prompts that one language has and another lacks, or that want other numbers."""
    whole = [language for language in languages if language.source.is_readable]
    for language in whole:
        for other in whole:
            lacking = other.sentences.keys() - language.source.value.keys()
            for name in lacking:
                yield language.source.problem([], f"{name}: is missing; `{other.name}` has it")
        first = whole[0].sentences
        for name in first.keys() & language.sentences.keys():
            if set(first[name].placeholders) != set(language.sentences[name].placeholders):
                message = f"{name}: has not the placeholders of `{whole[0].name}`"
                yield language.source.problem([name], message)


def _nearest(word: str, known: frozenset[str] | set[str]) -> str:
    near = get_close_matches(word, sorted(known), 1)
    return f"; did you mean `{near[0]}`?" if near else ""
