"""Digits of a secret entry leave no trace, whenever they are pressed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ivr.engine import events as on
from ivr.engine import moments
from ivr.engine.events import MASKED, CallEvent
from ivr.engine.exchange import Exchange
from ivr.engine.moments import State
from ivr.engine.script import Collect, Script
from ivr.engine.site import Group
from tests.engine.generated import promise
from tests.engine.sites import DIALLED, collect, goodbye, say, script, site

BEGINS = datetime(2026, 3, 4, 9, tzinfo=UTC)
DIGITS = [chr(code) for code in range(0x0660, 0x3000) if chr(code).isdigit()]
"""Digits of all scripts of the world, so that each key is another and can be told anywhere."""


@st.composite
def secret_scripts(draw: st.DrawFn) -> Script:
    """Up to three prompts, a secret code of two to four digits, and another number behind it."""
    flags = st.booleans()
    names = [f"said{number}" for number in range(draw(st.integers(0, 3)))]
    said = [say(name, then, interruptible=draw(flags)) for name, then in pairwise((*names, "code"))]
    code = collect("code", 2, 4, "after", secret=True)
    after = collect("after", 1, 9, "bye")
    return script(
        *said,
        replace(code, early_keys=draw(flags), interruptible=draw(flags)),
        replace(after, early_keys=draw(flags)),
        goodbye(),
    )


@promise
@given(
    secret_scripts(),
    st.lists(st.sampled_from(["key", "key", "key", "ended", "late", "#", "*"]), max_size=40),
)
def test_no_digit_of_a_secret_is_ever_written_down(script: Script, world: list[str]) -> None:
    plain = site(goodbye())
    stage = replace(plain.groups["business"].stages[0], script=script)
    groups = {"business": Group("business", (stage,))}
    exchange = Exchange(replace(plain, groups=groups))
    steps = exchange.arrive("call", "20112233", DIALLED, 0.0, BEGINS)

    secret: set[str] = set()
    unused = iter(DIGITS)
    for now, happens in enumerate(world, 1):
        before = exchange.state("call")
        if before is not None:
            event = _event(happens, before.turn, unused)
            steps += exchange.handle("call", event, float(now), BEGINS)
            secret |= _secret(before, exchange.state("call"), event)
    assert not secret & set(repr(steps))


def _event(happens: str, turn: int, unused: Iterator[str]) -> CallEvent:
    match happens:
        case "key":
            return on.KeyPressed(next(unused))
        case "ended":
            return on.PromptEnded(turn)
        case "late":
            return on.PromptEnded(turn - 1)
    return on.KeyPressed(happens)


def _secret(before: State, after: State | None, event: CallEvent) -> set[str]:
    """Return the digits that are seen to belong to the code: gathered, or completing it."""
    seen = set()
    for state in (before, after):
        match state:
            case moments.Waiting(node=Collect(secret=True), digits=digits):
                seen |= set(digits)
    match before, event:
        case moments.Waiting(node=Collect(secret=True)), on.KeyPressed(key) if key.isdigit():
            seen.add(key)
    return seen - {MASKED}
