"""A whole call, where transcripts would say it at too great a length."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments
from ivr.engine import script as node
from ivr.engine.actions import Action
from ivr.engine.call import advance
from ivr.engine.events import MASKED, CallEvent
from ivr.engine.exchange import Exchange
from ivr.engine.moments import Expected, State
from ivr.engine.replay import Difference, replayed
from ivr.engine.script import Node, Script, Stage
from ivr.engine.site import Group, Site
from ivr.engine.step import Step
from tests.engine.generated import BEGINNINGS, generated_sites, promise
from tests.engine.sites import (
    DIALLED,
    agent,
    collect,
    goodbye,
    menu,
    message,
    queue,
    say,
    site,
    team,
)
from tests.engine.surveys import surveyed_sites
from tests.engine.world import World, call_events, moves

BEGINS = datetime(2026, 3, 4, 9, tzinfo=UTC)
ARRIVED = on.CallArrived("20112233", DIALLED, BEGINS)


def _lived(where: Site, *events: CallEvent | tuple[float, CallEvent]) -> tuple[State, list[Action]]:
    """Live through events, a second apart or when told; return the end and the last actions."""
    state: State = Expected()
    actions: tuple[Action, ...] = ()
    now = 0.0
    for event in (ARRIVED, *events):
        now, what = event if isinstance(event, tuple) else (now + 1.0, event)
        state, actions = advance(where, state, what, now, call="call")
    return state, list(actions)


def _played(actions: list[Action]) -> list[str]:
    return [
        str(each) for action in actions if isinstance(action, do.Play) for each in action.prompts
    ]


# --- beginning ------------------------------------------------------------------------------


@promise
@given(call_events)
def test_nothing_happens_to_a_call_before_it_arrives(event: CallEvent) -> None:
    where = site(goodbye())

    if not isinstance(event, on.CallArrived):
        assert advance(where, Expected(), event, 1.0) == (Expected(), ())


@pytest.mark.parametrize(
    ("arrives", "stage"),
    [
        ("2026-03-31 21:59:59", "before"),
        ("2026-03-31 22:00", "first"),  # midnight in Denmark, summer time
        ("2026-12-31 22:59:59", "first"),
        ("2026-12-31 23:00", "second"),
    ],
)
def test_a_stage_is_in_force_from_midnight_in_denmark(arrives: str, stage: str) -> None:
    plain = site(goodbye())
    only = plain.groups["business"].stages[0]
    stages: tuple[Stage, ...] = (
        replace(only, name="before"),
        replace(only, name="first", since=date(2026, 4, 1)),
        replace(only, name="second", since=date(2027, 1, 1)),
    )
    where = replace(plain, groups={"business": Group("business", stages)})
    at = datetime.fromisoformat(arrives).replace(tzinfo=UTC)

    _, actions = advance(where, Expected(), on.CallArrived("", DIALLED, at), 0.0)
    assert do.Admit("business", stage, "da", "c0ffee") in actions


# --- keys during prompts ------------------------------------------------------------------------


CHAIN = site(say("one", "two"), say("two", "asked"), menu("asked", {"1": "bye"}), goodbye())


def test_a_key_skips_every_prompt_before_the_menu_it_is_for() -> None:
    _, actions = _lived(CHAIN, on.KeyPressed("1"))

    assert _played(actions) == ["bye"]


def test_a_key_that_nobody_awaits_skips_only_what_it_interrupts() -> None:
    """Who presses a key in the greeting must still hear that it is closed."""
    where = site(say("one", "two"), say("two", "message"), message(), goodbye("thanks"), goodbye())

    _, actions = _lived(where, on.KeyPressed("1"))
    assert _played(actions) == ["two"]
    _, actions = _lived(where, on.KeyPressed("1"), on.KeyPressed("1"))
    assert _played(actions) == ["message.invite", "tone"]


@pytest.mark.parametrize(("hours", "said"), [("office", ["bye"]), ("by_hand", ["two"])])
def test_whether_a_key_is_awaited_depends_on_the_hours(hours: str, said: list[str]) -> None:
    where = site(
        say("one", "two"),
        say("two", "english"),
        node.ChooseLanguage("english", "en", "hours"),
        node.OpeningHours("hours", hours, "notice", {"switch": "bye"}, "bye"),
        node.SurveyNotice("notice", ("notice",), "asked"),
        menu("asked", {"1": "bye"}),
        goodbye(),
    )

    state, actions = _lived(where, on.KeyPressed("1"))
    if hours == "office":
        # The notice is heard in full; the key that got us here chooses when it is over.
        assert _played(actions) == ["notice"]
        state, actions = advance(where, state, on.PromptEnded(state.turn), 9.0)
    assert _played(actions) == said


def test_every_key_of_two_in_one_packet_counts_when_both_are_awaited() -> None:
    where = site(
        say("legal", "first", interruptible=False),
        replace(menu("first", {"1": "second"}), early_keys=True),
        replace(menu("second", {"2": "chosen"}), early_keys=True),
        goodbye("chosen"),
        goodbye(),
    )

    _, actions = _lived(where, on.KeyPressed("1"), on.KeyPressed("2"), on.PromptEnded(1))
    assert _played(actions) == ["chosen"]


def test_a_second_menu_does_not_inherit_that_the_first_was_not_to_be_interrupted() -> None:
    where = site(
        replace(menu("first", {"1": "second"}), interruptible=False),
        menu("second", {"2": "chosen"}),
        goodbye("chosen"),
        goodbye(),
    )

    _, actions = _lived(where, on.PromptEnded(1), on.KeyPressed("1"), on.KeyPressed("2"))
    assert actions[0] == do.StopPlaying(1)
    assert _played(actions) == ["chosen"]


# --- queues ---------------------------------------------------------------------------------


def _waiting(**changes: float | tuple[str, ...]) -> Site:
    plain = queue("a")
    told = replace(plain.announcements, **changes)  # type: ignore[arg-type]
    where = site(team("team", "a", "bye"), goodbye(), queues=(replace(plain, announcements=told),))
    return replace(where, agents={"anna": agent("anna", a=9)})


def _heard(where: Site, until: float) -> list[tuple[float, str]]:
    """Return what a caller hears whose prompts take six seconds, and who is second in line."""
    exchange = Exchange(where)
    for call in ("first", "second"):
        exchange.arrive(call, "+46701234567", DIALLED, 0.0, BEGINS)
    exchange.handle("first", on.LineAnswered(2), 0.0, BEGINS)
    heard, now = [(0.0, "position")], 0.0
    ends: list[tuple[float, int]] = [(6.0, 1)]
    while now < until:
        due = exchange.next_deadline() or until
        now = min(due, *(end for end, _ in ends), until)
        at = BEGINS + timedelta(seconds=now)
        ended = [turn for end, turn in ends if end <= now]
        ends = [(end, turn) for end, turn in ends if end > now] or [(until, 0)]
        steps = [
            *(
                each
                for turn in ended
                for each in exchange.handle("second", on.PromptEnded(turn), now, at)
            ),
            *exchange.fire(now, at),
        ]
        for action in (action for step in steps for action in step.actions):
            if isinstance(action, do.Play):
                heard.append((now, action.prompts[0].id.removeprefix("queue.")))
                ends.append((now + 6.0, action.turn))
    return heard


def test_one_announcement_never_cuts_another_short() -> None:
    """Both are due at 30 s; the position has not improved, so only the reminder is heard."""
    where = _waiting(seconds_between=30.0, seconds_between_reminders=5.0)

    times = [now for now, _ in _heard(where, 60.0)]
    assert all(later - earlier >= 6.0 for earlier, later in zip(times, times[1:], strict=False))


def test_reminders_take_turns_and_zero_seconds_between_is_never() -> None:
    two = _waiting(
        reminders=("queue.first", "queue.second"),
        seconds_between=0.0,
        seconds_between_reminders=20.0,
    )
    none = _waiting(seconds_between=0.0, seconds_between_reminders=0.0)
    nothing_to_say = _waiting(reminders=(), seconds_between_reminders=1.0)

    assert _heard(two, 70.0)[1:] == [(20.0, "first"), (40.0, "second"), (60.0, "first")]
    assert _heard(none, 70.0)[1:] == []
    assert _heard(nothing_to_say, 70.0)[1:] == []


# --- transfers and surveys without a trunk ------------------------------------------------------


def test_a_transfer_without_any_trunk_fails_before_it_rings() -> None:
    away = node.Transfer("away", "+4533660101", ("hold",), 20, "bye", "bye", "failed")
    where = replace(site(away, goodbye("failed"), goodbye()), trunks=())

    _, actions = _lived(where)
    assert _played(actions) == ["failed"]
    assert not any(isinstance(action, do.Dial) for action in actions)


@pytest.mark.parametrize("event", [on.LineEnded(2), on.LineEnded(2, on.Ending.BROKEN)])
def test_a_transfer_whose_line_breaks_before_it_answers_goes_on(event: on.LineEnded) -> None:
    away = node.Transfer("away", "+4533660101", ("hold",), 20, "bye", "bye", "failed")

    _, actions = _lived(site(away, goodbye("failed"), goodbye()), event)
    assert _played(actions) == ["failed"]


# --- faults ---------------------------------------------------------------------------------


def test_a_fault_ends_every_moment_with_an_apology_or_a_hang_up() -> None:
    where = site(menu("main", {"1": "message"}), message(), goodbye("thanks"), goodbye())

    asking, _ = _lived(where)
    leaving, actions = advance(where, asking, on.GatewayFailed(), 2.0)
    assert _played(list(actions)) == ["error"]
    assert advance(where, leaving, on.GatewayFailed(), 3.0)[1] == (
        do.HangUp(1),
        do.Conclude(do.Outcome.FAILED),
    )


def test_a_fault_while_a_message_is_recorded_keeps_what_was_said() -> None:
    where = site(message(), goodbye("thanks"), goodbye())

    state, _ = _lived(where, on.PromptEnded(1), on.GatewayFailed())
    _, actions = advance(where, state, on.RecordingEnded(state.turn, 9.0), 9.0)
    assert actions == (do.KeepMessage(2, "office", 9.0), do.Conclude(do.Outcome.MESSAGE))


# --- secrets --------------------------------------------------------------------------------

DIGITS = [chr(code) for code in range(0x0660, 0x3000) if chr(code).isdigit()]
"""Digits of all scripts, so that each key of a call is another and can be told anywhere."""


@st.composite
def _secret_scripts(draw: st.DrawFn) -> Script:
    early, plain = st.booleans(), st.booleans()
    nodes: list[Node] = [
        say(f"said{n}", f"said{n + 1}", interruptible=draw(plain))
        for n in range(draw(st.integers(0, 3)))
    ]
    code = replace(
        collect("code", 2, 4, "after", secret=True),
        early_keys=draw(early),
        interruptible=draw(plain),
    )
    first = replace(nodes[-1], then="code") if nodes else code
    return Script(
        {
            **{each.name: each for each in nodes[:-1]},
            first.name: first,
            "code": code,
            "after": replace(collect("after", 1, 9, "bye"), early_keys=draw(early)),
            "bye": goodbye(),
        },
        nodes[0].name if nodes else "code",
    )


@promise
@given(
    _secret_scripts(),
    st.lists(st.sampled_from(["key", "key", "key", "ended", "#", "*", "late"]), max_size=40),
)
def test_no_digit_of_a_secret_is_ever_written_down(script: Script, world: list[str]) -> None:
    plain = site(goodbye())
    stage = replace(plain.groups["business"].stages[0], script=script)
    where = replace(plain, groups={"business": Group("business", (stage,))})
    exchange = Exchange(where)
    steps = exchange.arrive("call", "20112233", DIALLED, 0.0, BEGINS)

    secret: set[str] = set()
    unused = iter(DIGITS)
    for now, happens in enumerate(world, 1):
        before = exchange.state("call")
        if before is None:
            break
        event = _happened(happens, before.turn, unused)
        steps += exchange.handle("call", event, float(now), BEGINS)
        if isinstance(event, on.KeyPressed):
            secret |= _taken(before, exchange.state("call"), event.key)
    assert not secret & set(repr(steps))


def _happened(happens: str, turn: int, unused: "st.Iterator[str]") -> CallEvent:  # type: ignore[name-defined]
    match happens:
        case "key":
            return on.KeyPressed(next(unused))
        case "ended":
            return on.PromptEnded(turn)
        case "late":
            return on.PromptEnded(turn - 1)
    return on.KeyPressed(happens)


def _taken(before: State, after: State | None, key: str) -> set[str]:
    """Return the digits that are seen to belong to the secret: gathered, or completing it."""
    taken = set()
    for state in (before, after):
        match state:
            case moments.Waiting(node=node.Collect(secret=True), digits=digits):
                taken |= set(digits)
    match before:
        case moments.Waiting(node=node.Collect(secret=True)) if key.isdigit():
            taken.add(key)
    return taken - {MASKED}


# --- replay ---------------------------------------------------------------------------------


@promise
@given(generated_sites(), st.sampled_from(BEGINNINGS), moves)
def test_a_replay_finds_what_is_decided_otherwise(
    where: Site, begins: datetime, made: list[World]
) -> None:
    world = World(where, where, begins).make(made)  # type: ignore[arg-type]
    steps = world.of("c1")
    forged = replace(steps[-1], actions=(*steps[-1].actions, do.StopPlaying(7)))

    differences = replayed(where, [*steps[:-1], forged])
    assert differences == [Difference(len(steps), forged, steps[-1].actions)]


def test_a_step_is_what_is_replayed() -> None:
    where = site(goodbye())
    step = Step("call", 0.0, BEGINS, ARRIVED, ())

    (difference,) = replayed(where, [step])
    assert difference.now[0] == do.Answer()
