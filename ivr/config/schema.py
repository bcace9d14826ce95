"""What a section of a file may hold, and its faults in the words of those who write it.

A `Section` is a mapping in YAML. Its fields are the options, the text under a field explains
it in messages and in the editor. Nothing here knows what the names in a file refer to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from types import NoneType, UnionType
from typing import Annotated, ClassVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from ivr.config.spelling import meant, nearest

Place = tuple[str | int, ...]
"""The way to a value in a file: names of options and entries, numbers of list items."""


class Section(BaseModel):
    """A mapping of options; `what` names it in messages."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
    what: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file; `entry` is the named entry that is useless because of it."""

    place: Place
    message: str
    entry: Place | None


def faults(kind: type[Section], error: ValidationError) -> list[Fault]:
    """Return what is wrong with a file of this kind."""
    details = [(detail, _spot(kind, detail["loc"])) for detail in error.errors(include_url=False)]
    misspelt = {
        (*spot.place[:-1], nearest(str(spot.place[-1]), spot.options))
        for detail, spot in details
        if detail["type"] == "extra_forbidden"
    }
    return [
        Fault(_place(detail, spot), _message(detail, spot), spot.entry)
        for detail, spot in details
        if detail["type"] != "missing" or spot.place not in misspelt
    ]


def _place(detail: ErrorDetails, spot: "_Spot") -> Place:
    return (*spot.place, "kind") if detail["type"] == "union_tag_invalid" else spot.place


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where an error is, `section` being what the last part of the place belongs to."""

    place: Place
    kind: object
    section: type[Section]
    entry: Place | None = None

    @property
    def name(self) -> str:
        """The innermost option or entry: an item of a list has no name of its own."""
        return next((part for part in reversed(self.place) if isinstance(part, str)), "")

    @property
    def options(self) -> Iterable[str]:
        return self.section.model_fields


def _spot(kind: type[Section], location: Place) -> _Spot:
    spot = _Spot((), kind, kind)
    for part in location:
        if part != "[key]":
            spot = _inside(spot, part)
    return spot


def _inside(spot: _Spot, part: str | int) -> _Spot:
    kinds, place = _kinds(spot.kind), (*spot.place, part)
    if len(kinds) > 1:  # pydantic names the kind it took; the file has no such step
        chosen = next(kind for kind in kinds if _tag(kind) == part)
        return _Spot(spot.place, chosen, spot.section, spot.entry)
    kind = kinds[0]
    if isinstance(kind, type) and issubclass(kind, Section):
        option = kind.model_fields.get(str(part), FieldInfo(annotation=NoneType))
        return _Spot(place, option.annotation, kind, spot.entry)
    if get_origin(kind) is dict:
        return _Spot(place, get_args(kind)[1], spot.section, spot.entry or place)
    return _Spot(place, get_args(kind)[0], spot.section, spot.entry)


def _kinds(kind: object) -> tuple[object, ...]:
    """Return a type without what is wrapped around it; of a union, its members."""
    if get_origin(kind) is Annotated:
        return _kinds(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        members = [_kinds(member) for member in get_args(kind) if member is not NoneType]
        return tuple(chain.from_iterable(members))
    return (kind,)


def _tag(kind: object) -> str:
    assert isinstance(kind, type) and issubclass(kind, Section)  # noqa: S101, PT018 -- nodes are
    return str(get_args(kind.model_fields["kind"].annotation)[0])


def _message(detail: ErrorDetails, spot: _Spot) -> str:
    name, what = spot.name, spot.section.what
    match detail["type"]:
        case "extra_forbidden":
            return f"`{name}` is not an option of {what}{meant(name, spot.options)}"
        case "missing":
            description = spot.section.model_fields[name].description
            return f"{what} needs `{name}`: {description}"
        case "union_tag_invalid":
            tag = str(detail["ctx"]["tag"])
            return f"`{tag}` is not a kind of node{meant(tag, map(_tag, _kinds(spot.kind)))}"
        case "union_tag_not_found":
            return f"`{name}` needs `kind`: what this node does"
        case "value_error":
            error = detail["ctx"]["error"]
            # A key stands at the beginning of the sentence already.
            return f"`{name}` {error.reason if detail['loc'][-1] == '[key]' else error}"
        case "tuple_type":
            return f"`{name}` must be a list, each item of which begins with `- `"
    return f"`{name}` must hold lines of the form `name: value`"
