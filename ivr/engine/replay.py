"""Feeds a recorded call through the engine again and compares what it orders.

A difference is either a fix since then, or a regression: the call's own record says which
configuration it had.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.engine.actions import Action
from ivr.engine.call import advance
from ivr.engine.moments import Expected, State
from ivr.engine.site import Site
from ivr.engine.step import Step


@dataclass(frozen=True, slots=True)
class Difference:
    """A step whose actions are not what the engine orders now."""

    ordinal: int
    step: Step
    now: tuple[Action, ...]


def replayed(site: Site, steps: Iterable[Step]) -> list[Difference]:
    """Return where the engine decides differently from the recorded steps of one call."""
    state: State = Expected()
    differences: list[Difference] = []
    for ordinal, step in enumerate(steps, 1):
        state, actions = advance(site, state, step.event, step.now, call=step.subject)  # type: ignore[arg-type]
        if actions != step.actions:
            differences.append(Difference(ordinal, step, actions))
    return differences
