"""How durations, hours and dates are written in a site's files.

A duration is a number with a unit: 30s, 5m, 8h, 7d. An option that is named after seconds takes
a plain number. Hours are 08:00-17:00, and 24:00 is the end of a day.
"""

import re
from datetime import date, time
from typing import Annotated

from ivr.config.values import ONE_OR_MORE, as_list, whole
from ivr.config.written import Shorthand, UnfitError, Written
from ivr.engine.site import Opening

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = r"([0-9]+(?:\.[0-9]+)?) ?([smhd])"
SPAN = r"([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})"
NEVER = "never"
CLOSED = "closed"
BEGINNING = "beginning"


def duration(least: str, most: str, *, never: bool = False) -> Written:
    """Return the form of a number with a unit, such as 90s; as `never` it means 0."""

    def read(text: str) -> float:
        if never and text == NEVER:
            return 0.0
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            raise UnfitError(f"has no unit; write {text}s, {text}m, {text}h or {text}d")
        seconds = _seconds(text)
        if not _seconds(least) <= seconds <= _seconds(most):
            raise UnfitError(f"must lie between {least} and {most}, not `{text}`")
        return seconds

    form = "a duration such as 30s, 5m, 8h or 7d" + (", or `never`" if never else "")
    return Written(
        form, read, {"type": "string", "pattern": f"^({DURATION}{f'|{NEVER}' * never})$"}
    )


def plain_seconds(least: int, most: int) -> Written:
    """Return the form of a plain number, for options that are named after seconds."""
    form = whole(least, most)
    return Written(f"a number of seconds from {least} to {most}", form.read, form.json)


def in_words(seconds: float) -> str:
    """Return a duration as it is written: 90s, 5m, 7d."""
    for unit, size in reversed(SECONDS.items()):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.10g}{unit}"
    return f"{seconds:g}s"


def hours_in_words(opening: Opening) -> str:
    """Return hours as they are written: 08:00-17:00."""
    closes = "24:00" if opening.closes == time.max else f"{opening.closes:%H:%M}"
    return f"{opening.opens:%H:%M}-{closes}"


def _seconds(text: str) -> float:
    written = re.fullmatch(DURATION, text)
    if written is None:
        raise ValueError(text)
    return float(written[1]) * SECONDS[written[2]]


def _opening(text: str) -> Opening:
    written = re.fullmatch(SPAN, text)
    if written is None:
        raise ValueError(text)
    opens, closes = _clock(written[1]), _clock(written[2])
    if opens >= closes:
        raise UnfitError(f"ends before it begins: `{text}`; write it as two days")
    return Opening(opens, closes)


def _clock(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)


def day(text: str) -> date:
    """Return the date a text is; raises ValueError."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def _beginning_or_day(text: str) -> date:
    return date.min if text == BEGINNING else day(text)


SINCE = Written("a date such as 2026-12-24, or `beginning`", _beginning_or_day)
SPAN_JSON = {"type": "string", "pattern": f"^{SPAN}$"}
BREAK = Written("hours such as 11:30-12:30", _opening, SPAN_JSON)
OPENING = Written(
    "hours such as 08:00-17:00, or `closed`",
    _opening,
    {"anyOf": [SPAN_JSON, {"const": CLOSED}]},
)


def _as_hours(written: object) -> list[object]:
    return [] if written == CLOSED else as_list(written)


Since = Annotated[date, SINCE]
Breaks = Annotated[tuple[Annotated[Opening, BREAK], ...], ONE_OR_MORE]
Hours = Annotated[tuple[Annotated[Opening, OPENING], ...], Shorthand(_as_hours)]
