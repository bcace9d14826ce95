"""A recorded call, decided again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.actions import StopPlaying
from ivr.engine.replay import Difference, replayed
from ivr.engine.site import Site
from tests.engine.generated import BEGINNINGS, generated_sites, promise
from tests.engine.world import Move, World, moves

site = generated_sites()
begins = st.sampled_from(BEGINNINGS)


@promise
@given(site, begins, moves)
def test_every_call_is_decided_alike_when_it_is_replayed(
    site: Site, begins: datetime, moves: Sequence[Move]
) -> None:
    """From its steps as they are written down, with masked digits."""
    world = World(site, site, begins).make(moves)

    for subject in world.subjects():
        assert replayed(site, world.of(subject)) == []


@promise
@given(site, begins, moves)
def test_what_was_decided_otherwise_is_found(
    site: Site, begins: datetime, moves: Sequence[Move]
) -> None:
    *steps, last = World(site, site, begins).make(moves).of("c1")
    forged = replace(last, actions=(*last.actions, StopPlaying(7)))

    assert replayed(site, [*steps, forged]) == [Difference(len(steps) + 1, forged, last.actions)]
