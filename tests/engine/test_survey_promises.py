"""Promises of the survey programme to whoever is called, whatever the weather and the power."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.events import Disposition
from ivr.engine.hours import decide
from ivr.engine.numbers import is_danish_callable
from ivr.engine.site import Site
from ivr.engine.step import Step
from tests.engine.generated import promise
from tests.engine.surveys import Move, Reload, World, begins, moves, surveyed_sites

Moves = Sequence[Move]
site = surveyed_sites()


def _lived(site: Site, begins: datetime, moves: Moves, other: Site | None = None) -> World:
    """Without another site, the same one stays in force."""
    kept = [move for move in moves if other is not None or not isinstance(move, Reload)]
    return World(site, other or site, begins).make(kept)


def _started(world: World) -> Iterator[tuple[int, Step, on.SurveyStarted]]:
    for number, step in enumerate(world.steps):
        if isinstance(step.event, on.SurveyStarted):
            yield number, step, step.event


@promise
@given(site, site, begins, moves)
def test_nobody_is_dialled_before_the_journal_knows(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves, other)

    for number, step, event in _started(world):
        known = [
            f"{order.task.id}-s{order.attempts}"
            for when, order in world.written
            if when <= number and order.disposition is Disposition.DIALLING
        ]
        assert step.subject in known
        assert step.subject.startswith(event.survey.id)


@promise
@given(site, site, begins, moves)
def test_an_attempt_is_made_once(site: Site, other: Site, begins: datetime, moves: Moves) -> None:
    world = _lived(site, begins, moves, other)

    attempts = Counter(step.subject for _, step, _ in _started(world))
    assert all(times == 1 for times in attempts.values())


@promise
@given(site, begins, moves)
def test_nobody_is_tried_more_often_than_the_rules_say(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves)

    attempts = Counter(event.survey.id for _, _, event in _started(world))
    assert all(times <= site.survey.attempts for times in attempts.values())


@promise
@given(site, site, begins, moves)
def test_nobody_is_dialled_again_who_was_reached(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    """As far as the disk knows: the power may fail while the telephone is being picked up."""
    world = _lived(site, begins, moves, other)

    over = {Disposition.PLANNED, Disposition.DIALLING}
    for number, _, event in _started(world):
        reached = [
            order
            for when, order in world.written
            if when <= number and order.task == event.survey and order.disposition not in over
        ]
        assert reached == []


@promise
@given(site, begins, moves)
def test_nobody_is_dialled_out_of_hours(site: Site, begins: datetime, moves: Moves) -> None:
    world = _lived(site, begins, moves)

    for _, step, _ in _started(world):
        assert decide(site.calendars[site.survey.calendar], step.at).is_open


@promise
@given(site, begins, moves)
def test_nobody_is_surveyed_twice_within_the_quarantine(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves)

    planned: dict[str, dict[str, datetime]] = {}
    for _, _, event in _started(world):
        task = event.survey
        planned.setdefault(task.number, {})[task.id] = world.disk[task.id].planned
    quarantine = timedelta(seconds=site.survey.quarantine)
    for times in planned.values():
        ordered = sorted(times.values())
        assert all(b - a >= quarantine for a, b in pairwise(ordered))


@promise
@given(site, site, begins, moves)
def test_a_refused_number_is_never_dialled_again(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves, other)

    for number, _, event in _started(world):
        refused = {
            order.task.number
            for when, order in world.written
            if when <= number and order.disposition is Disposition.REFUSED
        }
        assert event.survey.number not in refused


@promise
@given(site, site, begins, moves)
def test_only_danish_numbers_that_cost_nothing_extra_are_dialled(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves, other)

    for step in world.steps:
        for action in step.actions:
            if isinstance(action, do.Dial):
                assert is_danish_callable(action.target)
                assert action.trunk in {*site.trunks, *other.trunks}


@promise
@given(site, begins, moves)
def test_no_more_lines_are_taken_than_the_rules_say(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves)

    assert max(world.up) <= site.survey.lines


@promise
@given(site, site, begins, moves)
def test_a_closing_gateway_dials_nobody(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = World(site, other, begins)
    world.exchange.is_draining = True
    for move in moves:
        world.move(move)
        if not world.exchange.is_draining:
            return
        assert world.exchange.calls == 0


@promise
@given(site, site, begins, moves)
def test_every_survey_that_is_begun_is_saved_and_ends_once(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves, other)

    over: dict[str, Disposition] = {}
    for step in world.steps:
        if isinstance(step.event, on.SurveyRestored):
            over.pop(step.event.task.id, None)
        for action in step.actions:
            if isinstance(action, do.SaveSurvey):
                assert action.task.id not in over
                if action.disposition not in {
                    Disposition.PLANNED,
                    Disposition.DIALLING,
                    Disposition.REACHED,
                }:
                    over[action.task.id] = action.disposition


@promise
@given(site, site, begins, moves)
def test_an_answer_is_saved_only_for_a_survey_that_was_agreed_to(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    """Key 1 first: an answering machine gives no answers."""
    world = _lived(site, begins, moves, other)

    agreed: set[str] = set()
    for step in world.steps:
        for action in step.actions:
            match action:
                case do.Note("node", node) if node.startswith("q"):
                    agreed.add(step.subject)
                case do.SaveAnswer(value=value):
                    assert step.subject in agreed
                    assert 1 <= value <= 9
