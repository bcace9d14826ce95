"""Events and actions as text a technician reads, and as plain values a database keeps.

    KeyPressed 2 1                             written(), read() for events: one line
    SpeechHeard 3 "ja tak" 0.97                a text of several words stands in quotes
    {"type": "KeyPressed", "key": "2", ...}    packed(), unpacked(): JSON-ready, and back

Both follow the fields of the classes in `events` and `actions`; there is no list to keep.
"""

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any

from ivr.engine import actions, events
from ivr.engine.grammar import Grammar
from ivr.errors import NotationError

NOTHING = "-"
_QUOTED = re.compile(r'(?:"[^"]*"|[^\s"])+')
"""One word of a line, which may hold blanks between quotes."""
Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


EVENTS: Mapping[str, type] = {cls.__name__: cls for cls in typing.get_args(events.Event)}
ACTIONS: Mapping[str, type] = {cls.__name__: cls for cls in typing.get_args(actions.Action)}


def written(value: object) -> str:
    """Return one line: the name of the event or action and its fields, in order.

    A last field that may be an empty list, and is, is left out.
    """
    cls: type = type(value)
    words = [cls.__name__, *map(_word, _values(value))]
    if words[-1] == NOTHING and _may_be_empty(cls):
        words.pop()
    return " ".join(words)


def read(line: str, *, at: datetime | None = None) -> events.Event:
    """Return the event a line names; fields with a default may be left out.

    A time may be left out as well: `at` stands for it. Raises NotationError.
    """
    name, *words = _QUOTED.findall(line) or [""]
    cls = EVENTS.get(name)
    if cls is None:
        raise NotationError(f"{name!r} is not an event")
    hints = _hints(cls)
    values: dict[str, object] = {}
    for field in _names(cls):
        if words and not (hints[field] is datetime and _is_no_time(words[0])):
            values[field] = _value(hints[field], words.pop(0), line)
        elif hints[field] is datetime and at is not None:
            values[field] = at
    if words:
        raise NotationError(f"{line!r}: {name} has no field for {words[0]!r}")
    event: events.Event = _built(cls, values, line)
    return event


def packed(value: object) -> dict[str, Plain]:
    """Return an event or action as plain values, ready for JSON."""
    return {"type": type(value).__name__, **_fields(value)}


def unpacked(plain: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- an event or an action
    """Return the event or action that `packed` packed. Raises NotationError."""
    name = str(plain.get("type"))
    cls = EVENTS.get(name) or ACTIONS.get(name)
    if cls is None:
        raise NotationError(f"{name!r} is neither an event nor an action")
    try:
        return _restored(cls, plain)
    except (AttributeError, TypeError, ValueError) as error:
        raise NotationError(f"{plain!r}: {error}") from error


@cache
def _names(cls: type) -> tuple[str, ...]:
    """Return the fields that are written down: those that tell one value from another."""
    return tuple(field.name for field in fields(cls) if field.compare)


@cache
def _may_be_empty(cls: type) -> bool:
    return fields(cls)[-1].default == ()


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _values(value: object) -> Iterator[object]:
    """Return the fields of an event, an action, or what they are made of."""
    cls: type = type(value)
    return (getattr(value, name) for name in _names(cls))


# --- lines ----------------------------------------------------------------------------------


def _word(value: object) -> str:
    match value:
        case "" | ():
            return NOTHING
        case float():
            return f"{value:.10g}"
        case tuple():
            return "+".join(map(_word, value))
        case datetime():
            return value.isoformat()
        case str():
            return _quoted(value)
        case int() | actions.Prompt() | Grammar():
            return str(value)
    return "/".join(map(_word, _values(value)))


def _quoted(text: str) -> str:
    if " " in text and text.isprintable() and '"' not in text:
        return f'"{text}"'
    # Strangers choose what they call themselves; a word stays one word on one line.
    return "".join(sign if sign.isprintable() and sign not in ' "' else "_" for sign in text)


def _unquoted(word: str) -> str:
    return "" if word == NOTHING else word.replace('"', "")


def _is_no_time(word: str) -> bool:
    try:
        datetime.fromisoformat(word)
    except ValueError:
        return True
    return False


def _value(hint: Any, word: str, line: str) -> object:  # noqa: ANN401 -- a type hint
    if typing.get_origin(hint) is tuple:
        return () if word == NOTHING else tuple(map(_unquoted, word.split("+")))
    if hint is str:
        return _unquoted(word)
    if is_dataclass(hint) and isinstance(hint, type):
        hints, names, words = _hints(hint), _names(hint), word.split("/")
        if len(words) > len(names):
            raise NotationError(f"{line!r}: {hint.__name__} has {len(names)} parts")
        values = {
            name: _value(hints[name], part, line) for name, part in zip(names, words, strict=False)
        }
        return _built(hint, values, line)
    try:
        return datetime.fromisoformat(word) if hint is datetime else hint(word)
    except ValueError as error:
        raise NotationError(f"{line!r}: {word!r} does not fit: {error}") from error


def _built(cls: type, values: Mapping[str, object], line: str) -> Any:  # noqa: ANN401 -- a cls
    try:
        return cls(**values)
    except TypeError as error:
        raise NotationError(f"{line!r}: {error}") from error


# --- plain values ---------------------------------------------------------------------------


def _plain(value: object) -> Plain:
    match value:
        case str():
            return str(value)
        case int() | float():
            return value
        case tuple():
            return [_plain(item) for item in value]
        case datetime():
            return value.isoformat()
    return _fields(value)


def _fields(value: object) -> dict[str, Plain]:
    cls: type = type(value)
    return {name: _plain(getattr(value, name)) for name in _names(cls)}


def _restored(cls: type, plain: Mapping[str, Any]) -> object:
    hints = _hints(cls)
    values = {name: _unplain(hints[name], plain[name]) for name in _names(cls) if name in plain}
    return cls(**values)


def _unplain(hint: Any, value: Any) -> object:  # noqa: ANN401 -- a type hint and plain JSON
    if typing.get_origin(hint) is tuple:
        kinds = typing.get_args(hint)
        if kinds[-1] is Ellipsis:
            return tuple(_unplain(kinds[0], item) for item in value)
        return tuple(_unplain(kind, item) for kind, item in zip(kinds, value, strict=True))
    if hint is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return _restored(hint, value)
    return hint(value)
