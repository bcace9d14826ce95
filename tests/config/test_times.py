"""Durations, hours and dates as they are written."""

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.config.calendars import weekdays
from ivr.config.danish_holidays import _denmark
from ivr.config.times import BREAK, SINCE, duration, hours_in_words, in_words
from ivr.config.values import YES_NO
from ivr.config.written import UnfitError


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("30s", 30), ("5m", 300), ("8h", 28800), ("7d", 604800), ("2.5s", 2.5), ("10 m", 600)],
)
def test_a_duration_is_a_number_with_a_unit(written: str, seconds: float) -> None:
    assert duration("0s", "30d").value(written) == seconds


@pytest.mark.parametrize("written", ["5", "5 min", "s", "-5s", "5ms", "1e3s", "", " 5s"])
def test_nothing_else_is_a_duration(written: str) -> None:
    with pytest.raises(UnfitError):
        duration("0s", "30d").value(written)


@given(st.integers(0, 30 * 86400))
def test_a_duration_in_words_means_the_same(seconds: int) -> None:
    assert duration("0s", "30d").value(in_words(seconds)) == seconds


def test_less_than_a_second_in_words() -> None:
    assert in_words(0.5) == "0.5s"


@given(st.times(), st.times())
def test_hours_in_words_mean_the_same(one: object, other: object) -> None:
    opens, closes = sorted((f"{one:%H:%M}", f"{other:%H:%M}"))
    written = f"{opens}-{closes}"
    if opens < closes:
        assert hours_in_words(BREAK.value(written)) == written  # type: ignore[arg-type]


def test_the_end_of_a_day() -> None:
    assert hours_in_words(BREAK.value("00:00-24:00")) == "00:00-24:00"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "days"),
    [("mon", [0]), ("mon-fri", [0, 1, 2, 3, 4]), ("sat-mon", [5, 6, 0]), ("sun-sun", [6])],
)
def test_weekdays(written: str, days: list[int]) -> None:
    assert list(weekdays(written)) == days


@pytest.mark.parametrize("written", ["2026-02-29", "2026-2-1", "26-02-01", "i morgen"])
def test_a_date_that_is_none(written: str) -> None:
    with pytest.raises(UnfitError):
        SINCE.value(written)


@pytest.mark.parametrize(("written", "value"), [("yes", True), ("true", True), ("no", False)])
def test_yes_and_no(written: str, *, value: bool) -> None:
    assert YES_NO.value(written) is value


def test_denmark_is_found_though_every_country_is_imported() -> None:
    countries = import_module("holidays.countries")

    assert _denmark() is countries.Denmark
