"""What a caller hears while he waits."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.exchange import Exchange
from ivr.engine.site import Announcements, Site
from tests.engine.sites import DIALLED, agent, goodbye, menu, queue, site, team

BEGINS = datetime(2026, 3, 4, 9, tzinfo=UTC)
SECONDS_TO_SAY = 6
ONE, TWO = ("reminder",), ("first", "second")


def _waiting(seconds_between: float, reminders: tuple[str, ...], every: float) -> Site:
    """One agent, and a queue that announces so often."""
    told = Announcements("position", "next", seconds_between, reminders, every)
    line = replace(queue("a"), announcements=told)
    nodes = (team("team", "a", "bye"), goodbye())
    return site(*nodes, queues=(line,), agents=(agent("anna", a=9),))


def _heard(where: Site, until: int) -> list[tuple[int, str]]:
    """Return what the third caller hears; the first talks, the second gives up at ten seconds."""
    exchange = Exchange(where)
    for call in ("first", "second", "third"):
        exchange.arrive(call, "+46701234567", DIALLED, 0.0, BEGINS)
    exchange.handle("first", on.LineAnswered(2), 0.0, BEGINS)
    heard = []
    ends: dict[int, list[int]] = defaultdict(list, {SECONDS_TO_SAY: [1]})
    for now in range(until + 1):
        steps = [
            step
            for turn in ends[now]
            for step in exchange.handle("third", on.PromptEnded(turn), float(now), BEGINS)
        ]
        if now == 10:
            exchange.handle("second", on.LineEnded(1), float(now), BEGINS)
        for action in (a for step in [*steps, *exchange.fire(now, BEGINS)] for a in step.actions):
            if isinstance(action, do.Play):
                heard.append((now, action.prompts[0].id))
                ends[now + SECONDS_TO_SAY].append(action.turn)
    return heard


@pytest.mark.parametrize(
    ("where", "heard"),
    [
        # He has become the next, and hears it once.
        (_waiting(30, (), 0), [(30, "next")]),
        # Zero seconds between is never.
        (_waiting(0, (), 0), []),
        (_waiting(0, ONE, 0), []),
        # Nothing to say is not said, however often.
        (_waiting(0, (), 1), []),
        # Reminders take turns.
        (_waiting(0, TWO, 20), [(20, "first"), (40, "second"), (60, "first")]),
        # When both are due the reminder comes first, and then the position.
        (_waiting(30, ONE, 30), [(30, "reminder"), (36, "next"), (60, "reminder")]),
        # What falls due while something is said is said after it.
        (_waiting(30, ONE, 27), [(27, "reminder"), (33, "next"), (54, "reminder")]),
    ],
)
def test_a_waiting_caller_hears(where: Site, heard: list[tuple[int, str]]) -> None:
    assert _heard(where, 70) == heard


def test_a_queue_that_is_closed_sends_on_at_once_and_forgets_nothing_on_the_way() -> None:
    closed = replace(queue("a"), calendar="by_hand")
    where = site(
        menu("main", {"1": "team"}),
        replace(team("team", "a"), closed="bye"),
        goodbye(),
        queues=(closed,),
        agents=(agent("anna", a=9),),
    )
    exchange = Exchange(where)
    exchange.arrive("call", "+46701234567", DIALLED, 0.0, BEGINS)

    (step,) = exchange.handle("call", on.KeyPressed("1"), 1.0, BEGINS)
    assert step.actions == (
        do.StopPlaying(1),
        do.Note("key", "main", "1"),
        do.Note("closed", "team", "switch"),
        do.LeaveQueue("a", do.LeaveReason.CLOSED, 0.0),
        do.Play(2, 1, "da", (do.Prompt("bye"),)),
    )


def test_one_announcement_never_cuts_another_short() -> None:
    heard = _heard(_waiting(5, TWO, 3), 120)

    assert len(heard) > 10
    assert all(later - before >= SECONDS_TO_SAY for (before, _), (later, _) in pairwise(heard))
