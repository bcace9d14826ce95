"""calendar.yaml: when things are open."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from ivr import BUILT
from ivr.config.danish_holidays import ALSO, danish
from ivr.config.page import Page
from ivr.config.schema import Place, Section
from ivr.config.times import Breaks, Hours, day, hours_in_words
from ivr.config.values import ONE_OR_MORE, Name, Prompt, Text, one_of, whole
from ivr.config.written import Shorthand, Written
from ivr.engine.site import Calendar, Opening, SpecialDay, Switch

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DANISH = "danish"
# A year with a 29th of February.
LEAP_YEAR = 2024


def _weekdays(text: str) -> str:
    for name in text.split("-", maxsplit=1):
        WEEKDAYS.index(name)
    return text


def _special_day(text: str) -> str:
    day(f"{LEAP_YEAR}-{text}" if _is_yearly(text) else text)
    return text


def _is_yearly(text: str) -> bool:
    return text.count("-") == 1


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (OSError, KeyError) as error:
        raise ValueError(text) from error


def _as_day(written: object) -> object:
    return written if isinstance(written, dict) else {"hours": written}


WEEKDAY = Written("a day of mon tue wed thu fri sat sun, or a range such as mon-fri", _weekdays)
SPECIAL_DAY = Written("a date such as 2026-12-24, or 12-24 for every year", _special_day)
ZONE = Written("a time zone such as Europe/Copenhagen", _zone)


class DaySection(Section):
    what: ClassVar[str] = "a special day"

    hours: Hours
    """the hours of this day, or `closed`"""
    name: Text | None = None
    """what the day is called"""
    message: Prompt | None = None
    """what callers hear when it is closed on this day"""


Day = Annotated[DaySection, Shorthand(_as_day, {"type": "string"})]


class CalendarSection(Section):
    what: ClassVar[str] = "a calendar"

    week: dict[Annotated[str, WEEKDAY], Hours]
    """the hours of each day; a day left out is closed"""
    breaks: Breaks = ()
    """closed times inside the hours, on every day of the week"""
    holidays: Annotated[str, one_of(DANISH, "none")]
    """`danish` if it is closed on Danish public holidays, else `none`"""
    also_closed: Annotated[tuple[Annotated[str, one_of(*ALSO)], ...], ONE_OR_MORE] = ()
    """days that are no public holidays, yet closed; with `holidays: none` too"""
    days: dict[Annotated[str, SPECIAL_DAY], Day] = Field(default_factory=dict)
    """days with hours of their own, which beat everything else"""
    switch: Annotated[str, one_of(*Switch)] = Switch.BY_SCHEDULE
    """the hand switch: `open` and `closed` overrule all hours"""


class CalendarFile(Section):
    what: ClassVar[str] = "calendar.yaml"

    zone: Annotated[ZoneInfo, ZONE]
    """the time zone of all hours"""
    trusted_from: Annotated[int, whole(2000, 2100)] = BUILT.year
    """a clock that shows an earlier year is wrong, and everything counts as closed"""
    calendars: dict[Name, CalendarSection]
    """each calendar by its name"""


def check(page: Page[CalendarFile]) -> None:
    """Note hours that contradict each other."""
    for name, calendar in page.content.calendars.items() if page.content else ():
        for place, message in _contradictions(calendar):
            page.fault(("calendars", name, *place), message)
        if not any(_all_hours(calendar)) and calendar.switch == Switch.BY_SCHEDULE:
            page.fault(("calendars", name), f"the calendar `{name}` is never open")


def _contradictions(calendar: CalendarSection) -> Iterator[tuple[Place, str]]:
    given: dict[int, str] = {}
    for days, hours in calendar.week.items():
        for weekday in weekdays(days):
            if weekday in given:
                yield ("week", days), f"{WEEKDAYS[weekday]} stands in `{given[weekday]}` already"
            given[weekday] = days
        yield from _overlaps(("week", days), hours)
    for written, special in calendar.days.items():
        yield from _overlaps(("days", written, "hours"), special.hours)
    yield from _overlaps(("breaks",), calendar.breaks)
    openings = [opening for hours in calendar.week.values() for opening in hours]
    for number, pause in enumerate(calendar.breaks):
        if not any(o.opens <= pause.opens and pause.closes <= o.closes for o in openings):
            yield ("breaks", number), f"the break {hours_in_words(pause)} lies outside all hours"


def _overlaps(place: Place, hours: tuple[Opening, ...]) -> Iterator[tuple[Place, str]]:
    for one, other in pairwise(sorted(hours, key=lambda opening: opening.opens)):
        if other.opens < one.closes:
            yield place, f"{hours_in_words(one)} and {hours_in_words(other)} overlap"


def _all_hours(calendar: CalendarSection) -> Iterator[tuple[Opening, ...]]:
    yield from calendar.week.values()
    yield from (special.hours for special in calendar.days.values())


def weekdays(text: str) -> Iterator[int]:
    """Yield the weekdays of `mon` or `mon-fri`, Monday being 0; a range may pass Sunday."""
    first, _, last = text.partition("-")
    weekday = WEEKDAYS.index(first)
    yield weekday
    while WEEKDAYS[weekday] != (last or first):
        weekday = (weekday + 1) % len(WEEKDAYS)
        yield weekday


def compiled(file: CalendarFile) -> dict[str, Calendar]:
    """Return the calendars by name."""
    return {name: _calendar(name, section, file) for name, section in file.calendars.items()}


def _calendar(name: str, section: CalendarSection, file: CalendarFile) -> Calendar:
    week = {weekday: hours for days, hours in section.week.items() for weekday in weekdays(days)}
    special = {
        text: SpecialDay(written.name or text, written.hours, written.message or "")
        for text, written in section.days.items()
    }
    return Calendar(
        name=name,
        zone=file.zone,
        week=tuple(week.get(weekday, ()) for weekday in range(len(WEEKDAYS))),
        breaks=section.breaks,
        holidays=danish(section.also_closed, public=section.holidays == DANISH),
        days={day(text): it for text, it in special.items() if not _is_yearly(text)},
        yearly={_month_and_day(text): it for text, it in special.items() if _is_yearly(text)},
        switch=Switch(section.switch),
        trusted_from=file.trusted_from,
    )


def _month_and_day(text: str) -> tuple[int, int]:
    month, _, number = text.partition("-")
    return int(month), int(number)
