"""Promises about callers who speak, whatever they say and whenever the recogniser hears it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments
from ivr.engine.actions import Action
from ivr.engine.script import Collect, Menu, Node, OpenQuestion, Question, Script, Stage
from ivr.engine.site import Group, Site
from tests.engine.generated import BEGINNINGS, WORDS, generated_sites, promise
from tests.engine.world import Arrive, Happen, Move, Pass, World, moves

site = generated_sites()
begins = st.sampled_from(BEGINNINGS)

ELSEWHERE = do.JoinQueue | do.Bridge | do.Record | do.Dial | do.PlayMusic | do.Conclude
"""What is done where words mean nothing."""

NONSENSE = (
    on.SpeechHeard(0, "[unk]", 1.0),
    on.SpeechHeard(0, WORDS[0], 0.2),
    on.SpeechHeard(0, f"{WORDS[0]} {WORDS[1]}", 1.0),
    on.SpeechHeard(0, "nej", 1.0),
    on.PromptEnded(0),
    on.NothingHeard(0),
)
MUMBLING = st.lists(
    st.builds(Happen, st.just(0), st.sampled_from(NONSENSE)) | st.just(Pass(61.0)),
    min_size=20,
    max_size=60,
)


@promise
@given(site, site, begins, st.one_of(moves, MUMBLING))
def test_nobody_is_listened_to_but_where_words_mean_something(
    site: Site, other: Site, begins: datetime, moves: Sequence[Move]
) -> None:
    """Every ear is opened once and closed once: not in a queue, a talk or after the end."""
    world = World(site, other, begins).make([Arrive("20112233"), *moves])

    for subject in world.subjects():
        hears: int | None = None
        for step in world.of(subject):
            if isinstance(step.event, on.SpeechHeard | on.RecogniserFailed):
                hears = None if step.event.turn == hears else hears
            for action in step.actions:
                match action:
                    case do.Listen(turn=turn):
                        assert hears is None
                        hears = turn
                    case do.StopListening():
                        assert hears is not None
                        hears = None
                    case _ if isinstance(action, ELSEWHERE):
                        assert hears is None
        state = world.exchange.state(subject)
        assert (hears is not None) == isinstance(state, moments.Listening)


@promise
@given(site, begins, st.one_of(moves, MUMBLING))
def test_who_was_misheard_twice_is_not_listened_to_again(
    site: Site, begins: datetime, moves: Sequence[Move]
) -> None:
    world = World(site, site, begins).make([Arrive("20112233"), *moves])

    for subject in world.subjects():
        is_off = False
        for action in _actions(world, subject):
            assert not (is_off and isinstance(action, do.Listen))
            match action:
                case do.Note(kind="speech_off" | "recogniser_failed"):
                    is_off = True


@promise
@given(site, begins, moves)
def test_secret_digits_are_not_to_be_said(
    site: Site, begins: datetime, moves: Sequence[Move]
) -> None:
    world = World(site, site, begins).make([Arrive("20112233"), *moves])
    (stage,) = site.groups["business"].stages

    for action in world.actions:
        if isinstance(action, do.Listen) and action.grammar.name in stage.script.nodes:
            node = stage.script.nodes[action.grammar.name]
            assert not (isinstance(node, Collect) and node.secret)


@promise
@given(site, begins, MUMBLING)
def test_nobody_is_asked_by_word_more_than_three_times(
    site: Site, begins: datetime, mumbling: Sequence[Move]
) -> None:
    """At one node: first, and again twice at most. Then by keys, or somewhere else."""
    world = World(site, site, begins).make([Arrive("20112233"), *mumbling])

    asked = 0
    for step in world.of("c1"):
        plays = any(isinstance(action, do.Play) for action in step.actions)
        for action in step.actions:
            match action:
                case do.Note(kind="node"):
                    asked = 0
                case do.Listen() if plays:
                    asked += 1
        assert asked <= 3


@promise
@given(site, begins, st.one_of(moves, MUMBLING))
def test_a_gateway_without_a_recogniser_is_one_of_keys(
    site: Site, begins: datetime, moves: Sequence[Move]
) -> None:
    """It does exactly what it would do if no node knew a word."""
    deaf, plain = World(site, site, begins), World(_of_keys(site), _of_keys(site), begins)
    for world in (deaf, plain):
        world.exchange.understood = ()
        world.make([Arrive("20112233"), *moves])

    assert deaf.steps == plain.steps
    assert not any(isinstance(action, do.Listen) for action in deaf.actions)


@promise
@given(site, begins, MUMBLING)
def test_mumbling_comes_to_an_end(site: Site, begins: datetime, mumbling: Sequence[Move]) -> None:
    """Whoever only mumbles is with a person, leaves a message, or hears a goodbye in the end."""
    patient = replace(site, limits=replace(site.limits, seconds=1e9))
    world = World(patient, patient, begins).make([Arrive("20112233")])

    for _ in range(20):
        world.make(mumbling)
    for _ in range(1000):
        if world.exchange.calls:
            world.wait()
    assert world.exchange.calls == 0


def _of_keys(site: Site) -> Site:
    groups = {name: _group_of_keys(group) for name, group in site.groups.items()}
    return replace(site, groups=groups)


def _group_of_keys(group: Group) -> Group:
    return Group(group.name, tuple(map(_stage_of_keys, group.stages)))


def _stage_of_keys(stage: Stage) -> Stage:
    nodes = {name: _node_of_keys(node) for name, node in stage.script.nodes.items()}
    return replace(stage, script=Script(nodes, stage.script.start))


def _node_of_keys(node: Node) -> Node:
    if isinstance(node, Menu | Collect | Question | OpenQuestion):
        return replace(node, hearing=None)
    return node


def _actions(world: World, subject: str) -> list[Action]:
    return [action for step in world.of(subject) for action in step.actions]
