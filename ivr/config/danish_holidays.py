"""Danish public holidays by date, from the `holidays` package, with their Danish names."""

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from types import ModuleType

import holidays

FIRST_YEAR, LAST_YEAR = 2020, 2060
"""The journal's oldest calls, and longer than any gateway lives."""

ALSO = {
    "may_day": (5, 1),
    "constitution_day": (6, 5),
    "christmas_eve": (12, 24),
    "new_years_eve": (12, 31),
}
"""Days that are no public holidays, though many are closed then."""


def danish(also: Iterable[str], *, public: bool) -> Mapping[date, str]:
    """Return the days of `ALSO` that are asked for, in all years, and perhaps public holidays."""
    extra = {ALSO[name] for name in also}
    days = {day: name for day, name in _days("optional").items() if (day.month, day.day) in extra}
    return dict(sorted({**days, **(_days("public") if public else {})}.items()))


@cache
def _days(category: str) -> Mapping[date, str]:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    found = _denmark()(years=years, language="da", categories=(category,))
    return dict(found.items())


def _denmark() -> Callable[..., Mapping[date, str]]:
    """Import Denmark alone: the package of countries imports every country (8 MB, 0.1 s)."""
    countries = ModuleType("holidays.countries")
    countries.__path__ = [f"{path}/countries" for path in holidays.__path__]
    is_ours = sys.modules.setdefault(countries.__name__, countries) is countries
    try:
        denmark = import_module("holidays.countries.denmark")
    finally:
        if is_ours:
            del sys.modules[countries.__name__]
    found: Callable[..., Mapping[date, str]] = denmark.Denmark
    return found
