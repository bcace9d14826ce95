"""What is proven about a call flow, on call flows of any shape."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.config.proofs import findings
from ivr.config.ways import spoken, ways
from ivr.engine.script import (
    ChooseLanguage,
    Consent,
    Goodbye,
    JoinTeam,
    Menu,
    Message,
    Node,
    Question,
    Retries,
    Say,
    Script,
)

NAMES = [f"n{number}" for number in range(8)]
TO = st.sampled_from(NAMES)
PROMPTS = ("p",)


def menu(name: str, to: tuple[str, str, str]) -> Menu:
    """Return a menu whose key 1, key 0 and retries lead to these nodes."""
    retries = Retries(2, PROMPTS, to[2])
    return Menu(name, PROMPTS, PROMPTS, {"1": to[0], "0": to[1]}, retries, retries)


def node(name: str) -> st.SearchStrategy[Node]:
    """Return what draws any node of this name."""
    return st.one_of(
        st.builds(Say, st.just(name), st.just(PROMPTS), TO),
        st.builds(ChooseLanguage, st.just(name), st.just("en"), TO),
        st.builds(menu, st.just(name), st.tuples(TO, TO, TO)),
        st.builds(JoinTeam, st.just(name), st.just("q"), st.just("1"), TO, TO, TO, TO),
        st.builds(lambda to, empty: Message(name, "b", PROMPTS, 9, 3, 1, to, empty), TO, TO),
        st.just(Goodbye(name, PROMPTS)),
    )


FLOWS = st.tuples(*map(node, NAMES)).map(
    lambda nodes: Script({node.name: node for node in nodes}, NAMES[0])
)


@given(flow=FLOWS)
def test_a_circle_is_named_exactly_when_doing_nothing_can_go_on_for_ever(flow: Script) -> None:
    """Whoever takes more idle steps than there are nodes has been somewhere twice."""
    named = any("round for ever" in message for _, message in findings(flow, NAMES))

    assert named == any(_walks(flow, name, len(NAMES)) for name in NAMES)


def _walks(flow: Script, name: str, steps: int) -> bool:
    ahead = {name}
    for _ in range(steps):
        ahead = {way.to for at in ahead for way in ways(flow.nodes[at]) if way.idle}
    return bool(ahead)


@given(flow=FLOWS)
def test_a_menu_is_at_fault_exactly_when_it_can_leave_a_caller_alone(flow: Script) -> None:
    at_fault = {place[1:] for place, message in findings(flow, NAMES) if "must" in message}

    assert at_fault == {
        (name, *way.at)
        for name, asking in flow.nodes.items()
        for way in ways(asking)
        if way.at[0] in {"person", "no_input", "no_match"} and _is_left_alone(flow, way.to)
    }


def _is_left_alone(flow: Script, name: str) -> bool:
    ahead = {name}
    for _ in NAMES:
        passed = [
            flow.nodes[at] for at in ahead if isinstance(flow.nodes[at], Say | ChooseLanguage)
        ]
        ahead |= {way.to for at in passed for way in ways(at)}
    return any(isinstance(flow.nodes[at], Goodbye | Menu) for at in ahead)


@given(flow=FLOWS)
def test_a_node_is_unreached_exactly_when_no_walk_finds_it(flow: Script) -> None:
    found = [message for _, message in findings(flow, NAMES)]
    reached = {NAMES[0]}
    for _ in NAMES:
        reached |= {way.to for at in reached for way in ways(flow.nodes[at])}
    unreached = {f"no way leads to the node `{name}`; remove it or link to it" for name in NAMES}

    if not any("round for ever" in message for message in found):
        said = {message for message in found if message in unreached}
        assert len(said) == len(NAMES) - len(reached)


def test_every_circle_is_named_though_they_share_nodes() -> None:
    script = Script(
        {
            "a": JoinTeam("a", "q", "1", timeout="end", full="b", empty="c", closed="end"),
            "b": Say("b", PROMPTS, "a"),
            "c": Say("c", PROMPTS, "b"),
            "end": Goodbye("end", PROMPTS),
        },
        "a",
    )
    circles = [message.rpartition(": ")[2] for _, message in findings(script, script.nodes)]

    # Breaking the way b -> a, which both share, settles both.
    assert set(circles) <= {"a -> b -> a", "a -> c -> b -> a"}
    assert circles


def test_waiting_in_a_queue_again_is_no_circle() -> None:
    script = Script(
        {
            "a": JoinTeam("a", "q", "1", timeout="b", full="end", empty="end", closed="end"),
            "b": Say("b", PROMPTS, "a"),
            "end": Goodbye("end", PROMPTS),
        },
        "a",
    )

    assert not list(findings(script, script.nodes))


def test_a_long_flow_is_no_trouble() -> None:
    """Nothing here recurses, so no flow is too long to be checked."""
    size = 5000
    nodes: dict[str, Node] = {f"n{n}": Say(f"n{n}", PROMPTS, f"n{n + 1}") for n in range(size)}
    nodes[f"n{size}"] = Goodbye(f"n{size}", PROMPTS)

    assert not list(findings(Script(nodes, "n0"), nodes))


def test_the_ways_of_a_survey() -> None:
    consent = Consent("c", PROMPTS, 2, then="q", refused="stopped", silent="silent")
    question = Question("q", "q", ("ask",), ("invalid",), ("stop",), 3, "next", "stopped")

    assert [(way.at, way.to, way.idle) for way in ways(consent)] == [
        (("then",), "q", False),
        (("refused",), "stopped", False),
        (("silent",), "silent", True),
    ]
    assert [(way.at, way.to, way.idle) for way in ways(question)] == [
        (("then",), "next", True),
        (("stopped",), "stopped", False),
    ]
    assert list(spoken(question)) == [
        ("prompts", ("ask",)),
        ("invalid", ("invalid",)),
        ("stop", ("stop",)),
    ]
