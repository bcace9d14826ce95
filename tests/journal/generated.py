"""Hypothesis strategies for every event and action there is, made from their fields."""

import typing
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ivr.engine import actions, events
from ivr.engine.record import CallRecord
from ivr.engine.step import Step

ZONES = (UTC, timezone(timedelta(hours=-5)), ZoneInfo("Europe/Copenhagen"))
MOMENTS = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001 -- the zone is drawn apart
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from(ZONES),
)
PLAIN: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8")),
    int: st.integers(-(2**31), 2**31 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: MOMENTS,
}


def of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 -- any type hint
    """Return a strategy for a type hint as events, actions and records use them."""
    if hint in PLAIN:
        return PLAIN[hint]
    if hint is type(None):
        return st.none()
    members = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        if members[-1] is Ellipsis:
            return st.lists(of(members[0]), max_size=3).map(tuple)
        return st.tuples(*map(of, members))
    if members:
        return st.one_of(*map(of, members))
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    assert isinstance(hint, type)
    assert is_dataclass(hint)
    hints = typing.get_type_hints(hint)
    return st.builds(hint, **{name: of(hint) for name, hint in hints.items()})


EVENTS: st.SearchStrategy[events.Event] = of(events.Event)
ACTIONS: st.SearchStrategy[actions.Action] = of(actions.Action)
RECORDS: st.SearchStrategy[CallRecord] = of(CallRecord)


def steps(subject: str) -> st.SearchStrategy[list[Step]]:
    one = st.builds(
        Step,
        st.just(subject),
        PLAIN[float],
        MOMENTS,
        EVENTS,
        st.lists(ACTIONS, max_size=4).map(tuple),
    )
    return st.lists(one, min_size=1, max_size=5)
