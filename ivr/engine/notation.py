"""Events and actions as text a technician reads, and as plain values a database keeps.

    KeyPressed 2 1                             written(), read() for events: one line
    {"type": "KeyPressed", "key": "2", ...}    packed(), unpacked(): JSON-ready, and back

Both follow the fields of the classes in `events` and `actions`; there is no list to keep.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union

from ivr.engine import actions, events
from ivr.errors import NotationError

NOTHING = "-"
Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


def _known() -> dict[str, type]:
    members = typing.get_args(events.Event) + typing.get_args(actions.Action)
    return {member.__name__: member for member in members}


KNOWN = _known()


def written(value: object) -> str:
    """Return one line: the name of the event or action and its fields, in order."""
    parts = [type(value).__name__, *(_word(getattr(value, name)) for name in _names(type(value)))]
    return " ".join(parts)


def read(line: str, *, at: datetime | None = None) -> events.Event:
    """Return the event a line names; fields with a default may be left out.

    A field of type datetime is not written by hand: `at` fills it. Raises NotationError.
    """
    name, *words = line.split()
    cls = _class(name)
    hints = _hints(cls)
    values: dict[str, object] = {}
    for field in _names(cls):
        if hints[field] is datetime:
            values[field] = at
        elif words:
            values[field] = _value(hints[field], words.pop(0), line)
    if words:
        message = f"{line!r}: {name} has no field for {words[0]!r}"
        raise NotationError(message)
    return _built(cls, values, line)


def packed(value: object) -> dict[str, Plain]:
    """Return an event or action as plain values, ready for JSON."""
    plain: dict[str, Plain] = {"type": type(value).__name__}
    for name in _names(type(value)):
        plain[name] = _plain(getattr(value, name))
    return plain


def unpacked(plain: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- one of KNOWN
    """Return the event or action that `packed` packed. Raises NotationError."""
    cls = _class(str(plain.get("type")))
    hints = _hints(cls)
    values = {
        name: _unplain(hints[name], plain[name]) for name in _names(cls) if name in plain
    }
    return _built(cls, values, str(plain))


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _class(name: str) -> type:
    if name not in KNOWN:
        message = f"{name!r} is neither an event nor an action"
        raise NotationError(message)
    return KNOWN[name]


def _built(cls: type, values: Mapping[str, object], source: str) -> Any:  # noqa: ANN401
    try:
        return cls(**values)
    except TypeError as error:
        message = f"{source!r}: {error}"
        raise NotationError(message) from error


def _word(value: object) -> str:
    match value:
        case None | "" | ():
            return NOTHING
        case float():
            return f"{value:g}"
        case tuple():
            return "+".join(_word(item) for item in value)
        case datetime():
            return value.isoformat(timespec="seconds")
        case StrEnum() | str() | int():
            return str(value)
        case actions.Prompt():
            return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return "/".join(_word(getattr(value, name)) for name in _names(type(value)))
    return str(value)


def _value(hint: Any, word: str, line: str) -> object:  # noqa: ANN401
    if word == NOTHING:
        return () if typing.get_origin(hint) is tuple else ""
    if is_dataclass(hint) and isinstance(hint, type):
        words = word.split("/")
        hints = _hints(hint)
        named = zip(_names(hint), words, strict=False)
        return _built(hint, {name: _value(hints[name], part, line) for name, part in named}, line)
    if typing.get_origin(hint) is tuple:
        return tuple(word.split("+"))
    try:
        return hint(word)
    except (TypeError, ValueError) as error:
        message = f"{line!r}: {word!r} does not fit: {error}"
        raise NotationError(message) from error


def _plain(value: Any) -> Plain:  # noqa: ANN401
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    return typing.cast("Plain", value)


def _unplain(hint: Any, value: Any) -> object:  # noqa: ANN401
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return value
    if origin is tuple:
        inner = typing.get_args(hint)
        if len(inner) == 2 and inner[1] is Ellipsis:  # noqa: PLR2004
            return tuple(_unplain(inner[0], item) for item in value)
        return tuple(_unplain(kind, item) for kind, item in zip(inner, value, strict=True))
    if hint is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return hint(**{name: _unplain(hints[name], value[name]) for name in _names(hint) if name in value})
    return hint(value)
