"""When something is open, and why: tables a calendar's author could have written."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.hours import Decision, Reason, decide, next_open, wall_time
from ivr.engine.moments import Facts
from ivr.engine.site import Calendar, Opening, SpecialDay, Switch
from tests.engine.generated import promise
from tests.engine.sites import OFFICE_HOURS, ZONE, calendar, goodbye, opening, script

OPEN, BREAK, HOLIDAY, SPECIAL = True, Reason.BREAK, Reason.HOLIDAY, Reason.SPECIAL_DAY
HOURS = Reason.HOURS


def at(text: str, *, fold: int = 0) -> datetime:
    """Danish wall time; fold 1 is the second of two equal times in October."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("instant", "is_open", "reason"),
    [
        ("2026-03-04 07:59:59", False, HOURS),
        ("2026-03-04 08:00", True, HOURS),
        ("2026-03-04 11:29:59", True, HOURS),
        ("2026-03-04 11:30", False, BREAK),
        ("2026-03-04 12:29", False, BREAK),
        ("2026-03-04 12:30", True, HOURS),
        ("2026-03-04 15:59:59", True, HOURS),
        ("2026-03-04 16:00", False, HOURS),
        ("2026-03-07 10:00", False, HOURS),  # a Saturday
        ("2026-12-25 10:00", False, HOLIDAY),
        ("2026-12-25 03:00", False, HOLIDAY),
        ("2026-04-06 10:00", False, HOLIDAY),  # Easter Monday
        ("2026-04-07 10:00", True, HOURS),
        ("2026-12-24 10:00", False, SPECIAL),
        ("2026-12-31 08:00", True, SPECIAL),
        ("2026-12-31 11:45", True, SPECIAL),  # a special day has no break
        ("2026-12-31 12:00", False, SPECIAL),
        ("2026-06-05 10:00", False, SPECIAL),
        ("2031-06-05 10:00", False, SPECIAL),
        ("2023-12-31 10:00", False, Reason.CLOCK),
        ("1970-01-01 10:00", False, Reason.CLOCK),
    ],
)
def test_an_office_is_open_or_closed_for_a_reason(
    instant: str, reason: Reason, *, is_open: bool
) -> None:
    decision = decide(OFFICE_HOURS, at(instant))

    assert (decision.is_open, decision.reason) == (is_open, reason)


def test_a_closed_day_brings_its_name_and_its_message() -> None:
    christmas = decide(OFFICE_HOURS, at("2026-12-24 11:00"))
    boxing = decide(OFFICE_HOURS, at("2026-12-25 11:00"))

    assert christmas == Decision(
        is_open=False, reason=SPECIAL, day="Juleaften", message="closed.christmas"
    )
    assert boxing == Decision(is_open=False, reason=HOLIDAY, day="Juledag")


def test_a_special_days_message_is_not_said_while_it_is_open() -> None:
    assert decide(OFFICE_HOURS, at("2026-12-31 09:00")).message == ""


# --- what comes before what -----------------------------------------------------------------

EVERYTHING = replace(
    calendar(opens=8, closes=16),
    breaks=(opening(11, 12),),
    holidays={date(2026, 5, 1): "holiday"},
    days={date(2026, 5, 1): SpecialDay("dated", (opening(9, 10),))},
    yearly={(5, 1): SpecialDay("yearly", (opening(13, 14),))},
)


@pytest.mark.parametrize(
    ("changed", "day"),
    [
        (EVERYTHING, "dated"),
        (replace(EVERYTHING, days={}), "yearly"),
        (replace(EVERYTHING, days={}, yearly={}), "holiday"),
        (replace(EVERYTHING, days={}, yearly={}, holidays={}), ""),
    ],
)
def test_a_dated_day_beats_a_yearly_one_beats_a_holiday_beats_the_week(
    changed: Calendar, day: str
) -> None:
    assert decide(changed, at("2026-05-01 11:30")).day == day


@pytest.mark.parametrize("instant", ["2026-05-01 09:30", "2026-05-01 03:00"])
@pytest.mark.parametrize(("switch", "is_open"), [(Switch.OPEN, True), (Switch.CLOSED, False)])
def test_the_hand_switch_beats_every_day(switch: Switch, instant: str, *, is_open: bool) -> None:
    switched = replace(EVERYTHING, switch=switch)

    assert decide(switched, at(instant)) == Decision(is_open, Reason.SWITCH)


def test_a_clock_that_cannot_be_right_beats_the_hand_switch() -> None:
    switched = replace(EVERYTHING, switch=Switch.OPEN)

    assert decide(switched, at("2019-05-01 09:30")).reason is Reason.CLOCK


# --- midnight and summer time ---------------------------------------------------------------


@pytest.mark.parametrize("clock", ["22:00", "23:59:59", "23:59:59.999999"])
def test_an_opening_to_midnight_lasts_to_the_end_of_the_day(clock: str) -> None:
    late = calendar(opens=22, closes=24)

    assert decide(late, at(f"2026-03-04 {clock}")).is_open
    assert not decide(late, at("2026-03-05 00:00")).is_open


def test_around_the_clock_has_no_gap_at_midnight() -> None:
    assert decide(calendar(), at("2026-03-05 00:00")).is_open


NIGHT = replace(calendar(), week=((Opening(time(2, 30), time(4)),),) * 7)


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), False),  # 01:59 winter time
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), True),  # 03:00 summer time: past 02:30
        (datetime(2026, 3, 29, 1, 59, tzinfo=UTC), True),  # 03:59
        (datetime(2026, 3, 29, 2, 0, tzinfo=UTC), False),  # 04:00
    ],
)
def test_hours_in_the_night_that_loses_an_hour_go_by_the_clock_on_the_wall(
    instant: datetime, *, is_open: bool
) -> None:
    assert decide(NIGHT, instant).is_open is is_open


@pytest.mark.parametrize(
    ("clock", "fold", "is_open"),
    [
        ("02:29", 0, False),
        ("02:30", 0, True),
        ("02:29", 1, False),  # an hour later it is 02:29 again
        ("02:30", 1, True),
        ("03:59", 0, True),
        ("04:00", 0, False),
    ],
)
def test_hours_in_the_night_that_has_an_hour_twice_apply_twice(
    clock: str, fold: int, *, is_open: bool
) -> None:
    assert decide(NIGHT, at(f"2026-10-25 {clock}", fold=fold)).is_open is is_open


def _facts(begins: datetime, began: float) -> Facts:
    return Facts(
        id="call",
        number="",
        dialled="",
        at=begins,
        began=began,
        cut_off=0.0,
        group="",
        stage="",
        questions="",
        language="da",
        script=script(goodbye()),
    )


def test_a_call_through_the_change_of_summer_time_knows_how_late_it_is() -> None:
    begins = at("2026-03-29 01:59")
    facts = _facts(begins.astimezone(ZONE), began=100.0)

    assert wall_time(facts, now=160.0) == begins + timedelta(minutes=1)
    assert wall_time(facts, now=160.0).astimezone(ZONE).hour == 3


# --- when it opens next ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "opens"),
    [
        ("2026-03-04 10:00", "2026-03-04 10:00"),
        ("2026-03-04 05:00", "2026-03-04 08:00"),
        ("2026-03-04 11:45", "2026-03-04 12:30"),
        ("2026-03-04 17:00", "2026-03-05 08:00"),
        ("2026-03-06 16:00", "2026-03-09 08:00"),  # over a weekend
        ("2026-04-03 16:30", "2026-04-07 08:00"),  # over Easter
        ("2026-12-23 16:30", "2026-12-28 08:00"),  # over Christmas and a weekend
        ("2026-12-31 12:30", "2027-01-01 08:00"),  # over a year
        ("2026-03-27 16:30", "2026-03-30 08:00"),  # into summer time
        ("2026-10-23 16:30", "2026-10-26 08:00"),  # out of it
    ],
)
def test_the_next_opening_is_found(begins: str, opens: str) -> None:
    since = at(begins)

    assert next_open(OFFICE_HOURS, since, since + timedelta(days=14)) == at(opens)
    local = since.astimezone(ZONE)
    assert next_open(OFFICE_HOURS, local, local + timedelta(days=14)) == at(opens)


def test_an_opening_that_comes_too_late_is_none() -> None:
    since = at("2026-03-06 17:00")

    assert next_open(OFFICE_HOURS, since, at("2026-03-09 07:59")) is None
    assert next_open(OFFICE_HOURS, since, at("2026-03-09 08:00")) == at("2026-03-09 08:00")


def test_what_is_switched_off_never_opens() -> None:
    shut = replace(OFFICE_HOURS, switch=Switch.CLOSED)

    assert next_open(shut, at("2026-03-04 10:00"), at("2026-04-04 10:00")) is None


_clocks = st.integers(4 * 3, 4 * 24).map(
    lambda quarter: time.max if quarter == 96 else time(quarter // 4, quarter % 4 * 15)
)
_openings = st.tuples(_clocks, _clocks).map(lambda pair: Opening(min(pair), max(pair)))
_weeks = st.lists(st.lists(_openings, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)


@promise
@given(
    _weeks,
    st.lists(_openings, max_size=2).map(tuple),
    st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 10)),  # noqa: DTZ001 -- UTC below
)
def test_it_is_open_then_and_at_no_quarter_before(
    week: tuple[tuple[Opening, ...], ...], breaks: tuple[Opening, ...], begins: datetime
) -> None:
    generated = replace(calendar(), week=week, breaks=breaks)
    since = begins.replace(tzinfo=UTC, minute=begins.minute // 15 * 15, second=0, microsecond=0)
    until = since + timedelta(days=8)
    opens = next_open(generated, since, until)

    quarter = since
    while quarter < (opens or until):
        assert not decide(generated, quarter).is_open
        quarter += timedelta(minutes=15)
    assert opens is None or decide(generated, opens).is_open
