"""Reads YAML as it was written, and remembers where.

Every scalar stays text: `0600` is not 384, `12:30` is not 750, `no` is not False. The schema
decides what a value means, not the file format. What YAML allows and nobody expects (anchors,
merge keys, tags, several documents, the last of two equal keys winning in silence) is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from ivr.errors import Problem

Value = str | list["Value"] | dict[str, "Value"]

# Far beyond any sensible file, far below Python's own limit on recursion.
DEEPEST = 30

ADVICE = (
    ("character '\\t'", "a tab stands where only spaces may; indent with spaces"),
    (
        "mapping values are not",
        "a `:` stands where none can; check the line above too, and quote a text with `: `",
    ),
    ("could not find expected ':'", "a `:` is missing after a name"),
    ("expected <block end>", "does not line up with the lines above; check the spaces"),
    ("found unexpected end of stream", "the quotes that begin here are never closed"),
    ("expected ',' or ']'", "the list that begins here is not closed with `]`"),
    ("expected ',' or '}'", "the mapping that begins here is not closed with `}`"),
    ("cannot start any token", "no value can begin with this character; put it in quotes"),
    ("special characters", "holds an unprintable character; delete it"),
)
"""PyYAML's words, and what they mean to somebody who writes a file."""


class Source:
    """One YAML file: a mapping of names to values.

    A file that cannot be read to its end is not readable, and its value is empty.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.text = ""
        self.is_readable = False
        self._root = _Mapping(1, {})
        mistakes: list[_Mistake] = []
        try:
            self.text = _text(file)
            self._root = _Writing(self.text, mistakes).root()
            self.is_readable = True
        except _UnreadableError as error:
            mistakes.append(error.mistake)
        self.problems = tuple(self._problem(*mistake) for mistake in mistakes)

    @property
    def value(self) -> dict[str, Value]:
        return {name: _plain(node) for name, (_, node) in self._root.entries.items()}

    def problem(self, path: Iterable[str | int], message: str) -> Problem:
        """Return a problem placed where `path` is written, or its nearest parent."""
        node: _Node = self._root
        line = node.line
        for part in path:
            step = _step(node, part)
            if step is None:
                break
            line, node = step
        return self._problem(line, message)

    def _problem(self, line: int, message: str) -> Problem:
        # What is missed at the end of a file is missed in its last line.
        lines = len(self.text.splitlines()) or line
        return Problem(self.file, min(line, lines), message)


@dataclass(frozen=True, slots=True)
class _Text:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _List:
    line: int
    items: list["_Node"]


@dataclass(frozen=True, slots=True)
class _Mapping:
    """Each name with the line it stands on, and its value."""

    line: int
    entries: dict[str, tuple[int, "_Node"]]


_Node = _Text | _List | _Mapping
_Mistake = tuple[int, str]


class _UnreadableError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.mistake: _Mistake = (line, message)


def _text(file: Path) -> str:
    try:
        octets = file.read_bytes()
    except OSError as error:
        raise _UnreadableError(1, f"cannot be read: {error.strerror}") from error
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(line, "is not UTF-8 text; save the file as UTF-8") from error


class _Writing:
    """Builds nodes from YAML's events, and notes what is refused on the way."""

    def __init__(self, text: str, mistakes: list[_Mistake]) -> None:
        self._text = text
        self._mistakes = mistakes
        self._events = self._parsed()

    def root(self) -> _Mapping:
        """Return the one document of the file."""
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise _UnreadableError(1, "is empty")
        root = self._node(next(self._events), DEEPEST)
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _UnreadableError(_line(after), "a second document begins here; remove the `---`")
        if not isinstance(root, _Mapping):
            raise _UnreadableError(root.line, "must hold lines of the form `name: value`")
        return root

    def _parsed(self) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(self._text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            raise _UnreadableError(_line_of(error), _advice(str(error.problem))) from error
        except yaml.reader.ReaderError as error:
            line = self._text.count("\n", 0, error.position) + 1
            raise _UnreadableError(line, _advice(error.reason)) from error

    def _node(self, event: yaml.Event, depth: int) -> _Node:
        line = _line(event)
        if depth == 0:
            raise _UnreadableError(line, f"is nested more than {DEEPEST} levels deep")
        self._refuse_shorthand(event, line)
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(line, depth)
            case yaml.SequenceStartEvent():
                return self._list(line, depth)
        # An alias stands for its own name, so that nothing else looks wrong.
        return _Text(line, getattr(event, "value", getattr(event, "anchor", "")))

    def _refuse_shorthand(self, event: yaml.Event, line: int) -> None:
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if tag is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self._mistakes.append((line, f"the tag `{shown}` is not supported; remove it"))
        if anchor is not None:
            mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"`{mark}{anchor}` is not supported; write the value out"
            self._mistakes.append((line, message))

    def _list(self, line: int, depth: int) -> _List:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth - 1))
        return _List(line, items)

    def _mapping(self, line: int, depth: int) -> _Mapping:
        entries: dict[str, tuple[int, _Node]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth - 1)
            value = self._node(next(self._events), depth - 1)
            name = key.text if isinstance(key, _Text) else ""
            if name in entries:
                message = f"`{name}` is repeated; it stands in line {entries[name][0]} already"
                self._mistakes.append((key.line, message))
            elif name in {"", "<<"}:
                message = "a name must stand before `:`" if name == "" else "`<<` is not supported"
                self._mistakes.append((key.line, message))
            else:
                entries[name] = (key.line, value)
        return _Mapping(line, entries)


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1


def _line_of(error: yaml.MarkedYAMLError) -> int:
    # What was opened and never closed is named where it opens, not at the end of the file.
    never_closed = any(words in str(error.problem) for words in ("unexpected end", "expected ','"))
    mark = error.context_mark if never_closed else error.problem_mark
    return 1 if mark is None else mark.line + 1


def _advice(problem: str) -> str:
    known = (advice for words, advice in ADVICE if words in problem)
    return next(known, f"is not YAML: {problem}")


def _plain(node: _Node) -> Value:
    if isinstance(node, _Mapping):
        return {name: _plain(value) for name, (_, value) in node.entries.items()}
    if isinstance(node, _List):
        return [_plain(item) for item in node.items]
    return node.text


def _step(node: _Node, part: str | int) -> tuple[int, _Node] | None:
    match node:
        case _Mapping(_, entries):
            return entries.get(str(part))
        case _List(_, items) if str(part).isdigit() and int(part) < len(items):
            return items[int(part)].line, items[int(part)]
    return None
