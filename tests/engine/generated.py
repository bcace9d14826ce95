"""Scripts, floors and whole sites that nobody thought of, for the promises.

Well-formed as `ivr check` demands it: every name resolves, and whoever presses nothing only ever
goes forward, so every loop needs a key.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from ivr.engine.hearing import Hearing
from ivr.engine.hours import Reason
from ivr.engine.script import (
    ChooseLanguage,
    Collect,
    Extensions,
    Goodbye,
    JoinTeam,
    Menu,
    Message,
    Node,
    OpeningHours,
    OpenQuestion,
    Retries,
    Say,
    Script,
    Stage,
    SurveyNotice,
    Transfer,
)
from ivr.engine.site import Agent, Announcements, Entrance, Group, Queue, Site
from tests.engine import sites, speaking

EXAMPLES = os.environ.get("PROMISES")
promise = settings(deadline=None, max_examples=int(EXAMPLES or 30), derandomize=not EXAMPLES)
"""The same few examples every time; `PROMISES=5000` looks for others, and takes its time."""

T = TypeVar("T")


@st.composite
def weighted(draw: st.DrawFn, choices: Sequence[tuple[int, st.SearchStrategy[T]]]) -> T:
    """Draw from one of the strategies, from each in proportion to its weight."""
    weights = [number for number, (weight, _) in enumerate(choices) for _ in range(weight)]
    return draw(choices[draw(st.sampled_from(weights))][1])


KEYS = "0123456789*#"
QUEUES = ("q0", "q1", "q2")
TRANSFER = "+4533660101"
BEGINNINGS = (
    datetime(2026, 3, 4, 9, tzinfo=UTC),
    datetime(2026, 3, 4, 14, 59, 30, tzinfo=UTC),  # just before the office closes
    datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC),  # just before summer time
    datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC),  # just before winter time
    datetime(2020, 1, 1, tzinfo=UTC),  # a clock that cannot be right
)

Names = tuple[str, ...]
seconds = st.integers(0, 60).map(float)
calendars = st.sampled_from(["always", "office", "evenings"])

# --- speech ---------------------------------------------------------------------------------

WORDS = ("byg", "rekruttering", "refusion", "jord", "affald")
"""What callers say for what they want, besides the commands."""


@cache
@st.composite
def hearings(draw: st.DrawFn, name: str, meanings: Names) -> Hearing | None:
    """Listen for a word for each of the meanings, as far as the words go; perhaps not at all."""
    if not draw(st.booleans()):
        return None
    heard = speaking.hearing(name, dict(zip(WORDS, meanings, strict=False)))
    return replace(
        heard,
        named={meaning: (f"name.{meaning}",) for meaning in meanings},
        barge_in=draw(st.booleans()),
        seconds=draw(seconds),
    )


# --- scripts --------------------------------------------------------------------------------


@cache
@st.composite
def retries(draw: st.DrawFn, later: Names) -> Retries:
    return Retries(draw(st.integers(1, 3)), ("again",), draw(st.sampled_from(later)))


@cache
@st.composite
def extensions(draw: st.DrawFn, anywhere: Names) -> Extensions:
    numbers = st.text("012", min_size=1, max_size=3)
    nodes = draw(st.dictionaries(numbers, st.sampled_from(anywhere), min_size=1, max_size=4))
    return Extensions(nodes, draw(seconds), ("unknown",))


@cache
@st.composite
def menus(draw: st.DrawFn, name: str, later: Names, anywhere: Names) -> Menu:
    keys = st.sampled_from(KEYS)
    choices = draw(st.dictionaries(keys, st.sampled_from(anywhere), min_size=1, max_size=5))
    meanings = tuple(key for key in choices if key in "123456789")
    hearing = draw(hearings(name, meanings)) if meanings else None
    if hearing is not None:
        choices["0"] = choices.get("0", draw(st.sampled_from(anywhere)))
    return Menu(
        name=name,
        long=("long",),
        short=("short",),
        choices=choices,
        hearing=hearing,
        no_input=draw(retries(later)),
        no_match=draw(retries(later)),
        seconds_to_answer=draw(seconds),
        interruptible=draw(st.booleans()),
        early_keys=draw(st.booleans()),
        extensions=draw(st.none() | extensions(anywhere)),
    )


@cache
@st.composite
def collects(draw: st.DrawFn, name: str, later: Names, anywhere: Names) -> Collect:
    least = draw(st.integers(0, 3))
    return Collect(
        name=name,
        long=("long",),
        short=("short",),
        stores=name,
        least=least,
        most=draw(st.integers(max(1, least), 4)),
        then=draw(st.sampled_from(anywhere)),
        no_input=draw(retries(later)),
        no_match=draw(retries(later)),
        seconds_to_answer=draw(seconds),
        seconds_between_keys=draw(seconds),
        secret=draw(st.booleans()),
        hearing=draw(st.sampled_from([None, speaking.counting(name)])),
        interruptible=draw(st.booleans()),
        early_keys=draw(st.booleans()),
    )


@cache
@st.composite
def open_questions(draw: st.DrawFn, name: str, later: Names, anywhere: Names) -> OpenQuestion:
    somewhere = st.sampled_from(anywhere)
    intents = {f"i{number}": draw(somewhere) for number in range(draw(st.integers(1, 5)))}
    few = st.lists(st.sampled_from(tuple(intents)), max_size=4, unique=True)
    heard = draw(hearings(name, tuple(intents)))
    menu = draw(st.sampled_from([each for each in later if each.startswith("m")]))
    clarify = tuple(draw(few))
    person = draw(somewhere)
    return OpenQuestion(name, ("what",), intents, clarify, menu, person, heard, draw(seconds))


@cache
@st.composite
def hours(draw: st.DrawFn, name: str, later: Names) -> OpeningHours:
    somewhere = st.sampled_from(later)
    closed = draw(st.dictionaries(st.sampled_from(list(Reason)), somewhere, max_size=3))
    reasons = {reason.value: to for reason, to in closed.items()}
    return OpeningHours(name, draw(calendars), draw(somewhere), reasons, draw(somewhere))


@cache
@st.composite
def nodes(draw: st.DrawFn, name: str, later: Names, anywhere: Names) -> Node:
    """A node whose ways out without a key go to `later` ones, and by key `anywhere`."""
    somewhere = st.sampled_from(later)
    kinds: list[st.SearchStrategy[Node]] = [
        menus(name, later, anywhere),
        collects(name, later, anywhere),
        open_questions(name, later, anywhere),
        hours(name, later),
        st.builds(Say, st.just(name), st.just(("said",)), somewhere, st.booleans()),
        st.builds(ChooseLanguage, st.just(name), st.just("en"), somewhere),
        st.builds(SurveyNotice, st.just(name), st.just(("notice",)), somewhere),
        st.builds(
            JoinTeam,
            st.just(name),
            st.sampled_from(QUEUES),
            st.just("1"),
            somewhere,
            somewhere,
            somewhere,
            somewhere,
        ),
        st.builds(
            Transfer,
            st.just(name),
            st.just(TRANSFER),
            st.just(("hold",)),
            seconds,
            somewhere,
            somewhere,
            somewhere,
        ),
        st.builds(
            Message,
            st.just(name),
            st.just("box"),
            st.just(("invite",)),
            seconds,
            seconds,
            st.floats(0.5, 5),
            somewhere,
            somewhere,
        ),
    ]
    return draw(st.one_of(kinds))


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    names = [f"n{number}" for number in range(draw(st.integers(1, 7)))]
    every = (*names, "menu", "bye")
    drawn = [draw(nodes(name, every[at + 1 :], every)) for at, name in enumerate(names)]
    key_menu = draw(menus("menu", ("bye",), every))
    return sites.script(*drawn, key_menu, Goodbye("bye", ("bye",)))


# --- floors ---------------------------------------------------------------------------------


@cache
@st.composite
def queues(draw: st.DrawFn, name: str) -> Queue:
    reminders = draw(st.sampled_from([(), ("reminder",), ("first", "second")]))
    told = Announcements("position", "next", draw(seconds), reminders, draw(seconds))
    return Queue(
        name=name,
        team=f"team {name}",
        calendar=draw(calendars),
        music="calm",
        longest_wait=draw(st.integers(0, 300).map(float)),
        most_waiting=draw(st.integers(1, 4)),
        seconds_to_ring=draw(st.integers(1, 30).map(float)),
        seconds_of_rest=draw(seconds),
        wrap_up=draw(seconds),
        announcements=told,
    )


skills = st.dictionaries(st.sampled_from(QUEUES), st.integers(1, 9), min_size=1, max_size=3)


@cache
@st.composite
def agents(draw: st.DrawFn, name: str) -> Agent:
    logged_in = draw(st.sampled_from([True, True, True, False]))
    return Agent(name, f"sip:{name}@192.0.2.10", draw(skills), logged_in)


@st.composite
def generated_sites(draw: st.DrawFn) -> Site:
    """A site with its own script, queues, agents and limits."""
    plain = sites.site(sites.goodbye())
    stage = Stage("stage1", date.min, draw(scripts()), draw(st.sampled_from(["", "kk-2"])))
    return replace(
        plain,
        groups={"business": Group("business", (stage,))},
        queues={name: draw(queues(name)) for name in QUEUES},
        agents={f"a{n}": draw(agents(f"a{n}")) for n in range(draw(st.integers(0, 4)))},
        trunks=draw(st.sampled_from([(), ("pbx",), ("pbx", "spare")])),
        limits=replace(plain.limits, calls=draw(st.integers(1, 6))),
    )


# --- straight to a team, so that callers and agents meet often --------------------------------

NUMBERS = {"+4533663333": "q0", "+4533660002": "q1", "+4533660003": "q2"}
"""Which number leads to which queue on a busy site."""


@st.composite
def busy_sites(draw: st.DrawFn) -> Site:
    """A site with a number for each queue, whose callers wait five minutes at any hour."""
    plain = draw(generated_sites())
    groups = {}
    for name in QUEUES:
        script = sites.script(sites.team("team", name, "bye"), sites.goodbye())
        groups[name] = Group(name, (Stage("stage1", date.min, script, "kk-2"),))
    lines = {
        name: replace(queue, calendar="always", longest_wait=300.0)
        for name, queue in plain.queues.items()
    }
    return replace(
        plain,
        entrances={number: Entrance(number, name, "da") for number, name in NUMBERS.items()},
        groups=groups,
        queues=lines,
        agents={f"a{n}": draw(agents(f"a{n}")) for n in range(draw(st.integers(1, 4)))},
        limits=replace(plain.limits, calls=20),
    )
