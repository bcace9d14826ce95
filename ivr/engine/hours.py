"""Whether an instant is inside opening hours, and why.

The order of precedence, first that applies: a clock that cannot be right, the hand switch,
a special day with a date, one that comes every year, a public holiday, the weekly hours with
their breaks. Summer time needs no rule here: an instant is turned into local wall time once,
and hours are compared as wall time, as people read them on a door.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from ivr.engine.moments import Facts
from ivr.engine.site import Calendar, Opening, SpecialDay, Switch
from ivr.engine.value import value


class Reason(StrEnum):
    """Why something is open or closed."""

    HOURS = "hours"  # open: inside the hours; closed: outside them
    BREAK = "break"
    HOLIDAY = "holiday"
    SPECIAL_DAY = "special_day"
    SWITCH = "switch"
    CLOCK = "clock"  # the clock shows a year that cannot be


@value
class Decision:
    """Open or not, why, the name of the day if it has one, and its own message if any."""

    is_open: bool
    reason: Reason
    day: str = ""
    message: str = ""


def decide(calendar: Calendar, at: datetime) -> Decision:
    """Return whether `calendar` is open at the aware instant `at`."""
    local = at.astimezone(calendar.zone)
    if local.year < calendar.trusted_from:
        return Decision(is_open=False, reason=Reason.CLOCK)
    if calendar.switch is not Switch.BY_SCHEDULE:
        return Decision(calendar.switch is Switch.OPEN, Reason.SWITCH)
    special = special_day(calendar, local.date())
    if special is not None:
        is_open = _inside(special.openings, local.time())
        return Decision(
            is_open, Reason.SPECIAL_DAY, special.name, "" if is_open else special.message
        )
    holiday = calendar.holidays.get(local.date())
    if holiday is not None:
        return Decision(is_open=False, reason=Reason.HOLIDAY, day=holiday)
    if not _inside(calendar.week[local.weekday()], local.time()):
        return Decision(is_open=False, reason=Reason.HOURS)
    if _inside(calendar.breaks, local.time()):
        return Decision(is_open=False, reason=Reason.BREAK)
    return Decision(is_open=True, reason=Reason.HOURS)


def wall_time(facts: Facts, now: float) -> datetime:
    """Return the wall time at steady time `now`: the call's first instant plus what has passed.

    A wall clock that is set while a call is up does not move that call.
    """
    # In UTC: adding hours to a local time would walk past a change of summer time.
    return facts.at.astimezone(UTC) + timedelta(seconds=now - facts.began)


def next_open(calendar: Calendar, at: datetime, until: datetime) -> datetime | None:
    """Return the first instant in [at, until] when `calendar` is open; None if there is none."""
    if decide(calendar, at).is_open:
        return at
    today = at.astimezone(calendar.zone).date()
    for ahead in range((until - at).days + 2):
        day = today + timedelta(days=ahead)
        for clock in sorted(_beginnings(calendar, day)):
            # In UTC: two local times are compared by the clock face, whatever the season.
            instant = datetime.combine(day, clock, calendar.zone).astimezone(UTC)
            if at < instant <= until and decide(calendar, instant).is_open:
                return instant
    return None


def _beginnings(calendar: Calendar, day: date) -> set[time]:
    """Return every clock time at which `day` may change from closed to open."""
    special = special_day(calendar, day)
    if special is not None:
        return {opening.opens for opening in special.openings}
    opens = {opening.opens for opening in calendar.week[day.weekday()]}
    return opens | {pause.closes for pause in calendar.breaks}


def special_day(calendar: Calendar, day: date) -> SpecialDay | None:
    """Return the special day that `day` is, by date first, then by its place in the year."""
    dated = calendar.days.get(day)
    return dated if dated is not None else calendar.yearly.get((day.month, day.day))


def _inside(openings: tuple[Opening, ...], clock: time) -> bool:
    return any(
        opening.opens <= clock and (clock < opening.closes or opening.closes == time.max)
        for opening in openings
    )
