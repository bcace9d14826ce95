"""Which trunk carries a call, and which one after that."""

from dataclasses import replace

import pytest

from ivr.engine.actions import Note
from ivr.engine.events import Failure, LineFailed
from ivr.engine.routing import first_trunk, next_trunk, trunk_fault
from tests.engine.sites import goodbye, site

SITE = replace(site(goodbye()), trunks=("first", "second", "third"))


def test_the_best_trunk_comes_first() -> None:
    assert first_trunk(SITE) == "first"
    assert first_trunk(replace(SITE, trunks=())) == ""


@pytest.mark.parametrize(
    ("tried", "then"), [("first", "second"), ("second", "third"), ("third", ""), ("gone", "")]
)
def test_a_trunk_that_cannot_reach_is_followed_by_the_next(tried: str, then: str) -> None:
    assert next_trunk(SITE, tried, LineFailed(2, Failure.UNREACHABLE, 503)) == then


@pytest.mark.parametrize(
    "failure", [Failure.BUSY, Failure.DECLINED, Failure.NO_ANSWER, Failure.REFUSED]
)
def test_a_person_or_a_number_that_was_reached_is_not_tried_over_another(
    failure: Failure,
) -> None:
    failed = LineFailed(2, failure, 486)

    assert next_trunk(SITE, "first", failed) == ""
    assert trunk_fault("first", failed) == ()


def test_only_a_trunk_that_cannot_reach_is_at_fault() -> None:
    failed = LineFailed(2, Failure.UNREACHABLE, 503)

    assert trunk_fault("first", failed) == (Note("trunk_failed", "first", "503"),)
