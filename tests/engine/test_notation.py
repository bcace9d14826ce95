"""Events and actions as lines and as plain values, and back."""

import json
import typing
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.grammar import Grammar
from ivr.engine.notation import packed, read, unpacked, written
from ivr.errors import NotationError
from tests.engine.generated import promise

# Names and numbers as they occur: one word, and neither of the signs that join words.
_words = st.text("abcøæåXYZ019_.:@-", min_size=2, max_size=12) | st.sampled_from(["", "ja tak"])
_numbers = st.sampled_from(["+4533663333", "33663333", "111", ""])
_times = st.datetimes(timezones=st.just(UTC))
_milliseconds = st.integers(0, 10**8).map(lambda count: count / 1000)


def _fields(kind: type) -> dict[str, st.SearchStrategy[Any]]:
    return {name: _value(name, hint) for name, hint in typing.get_type_hints(kind).items()}


def _value(name: str, hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 -- a type hint
    if hint is str:
        return _numbers if name in {"number", "caller", "dialled"} else _words
    if hint is float:
        return _milliseconds
    if hint is datetime:
        return _times
    if hint == tuple[str, ...]:
        return st.lists(_words.filter(len), max_size=3).map(tuple)
    if hint is on.SurveyTask:
        return st.builds(on.SurveyTask, **_fields(on.SurveyTask))
    return st.from_type(hint)


EVENTS = typing.get_args(on.Event)
EVERYTHING = dict.fromkeys((*EVENTS, *typing.get_args(do.Action)))
"""Every event and action, each once."""


@pytest.mark.parametrize("kind", dict.fromkeys(EVENTS))
@settings(promise, max_examples=10)
@given(st.data())
def test_an_event_that_is_written_can_be_read(kind: type[on.Event], data: st.DataObject) -> None:
    event = data.draw(st.builds(kind, **_fields(kind)))
    line = written(event)

    assert len(line.splitlines()) == 1
    assert read(line) == event


@pytest.mark.parametrize("kind", EVERYTHING)
@settings(promise, max_examples=10)
@given(st.data())
def test_what_is_packed_can_be_unpacked_through_json(
    kind: type[on.Event | do.Action], data: st.DataObject
) -> None:
    packable = data.draw(st.from_type(kind).filter(lambda drawn: "nan" not in repr(drawn)))
    stored = json.dumps(packed(packable))

    assert unpacked(json.loads(stored)) == packable


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (on.KeyPressed("2"), "KeyPressed 2 1"),
        (on.CallArrived("", "33663333", datetime(2026, 3, 4, 12, tzinfo=UTC)),
         "CallArrived - 33663333 2026-03-04T12:00:00+00:00"),
        (on.TrunksChanged(()), "TrunksChanged -"),
        (on.TrunksChanged(("pbx", "spare")), "TrunksChanged pbx+spare"),
        (on.LineFailed(2, on.Failure.BUSY, 486), "LineFailed 2 busy 486"),
        (on.RecordingEnded(4, 12.5), "RecordingEnded 4 12.5"),
        (do.Play(3, 1, "da", (do.Prompt("hello"), do.Prompt("at", (("position", 2),)))),
         "Play 3 1 da hello+at(position=2)"),
        (do.LeaveQueue("q", do.LeaveReason.TIMEOUT, 13.1 - 8.0), "LeaveQueue q timeout 5.1"),
        (do.Answer(), "Answer"),
        (on.SpeechHeard(3, "ja tak", 0.97), 'SpeechHeard 3 "ja tak" 0.97'),
        (on.SpeechHeard(3, "ja", 1.0, ("ja tak", "jo")), 'SpeechHeard 3 ja 1 "ja tak"+jo'),
        (on.CallArrived("1", "2", datetime(2026, 3, 4, 12, tzinfo=UTC), ("da",)),
         "CallArrived 1 2 2026-03-04T12:00:00+00:00 da"),
        (do.Listen(2, 1, Grammar("main", "da", ("ja tak", "nej")), 8.0), "Listen 2 1 main 8"),
    ],
)  # fmt: skip
def test_a_line_reads_as_a_technician_would_write_it(
    value: on.Event | do.Action, line: str
) -> None:
    assert written(value) == line


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("KeyPressed 2", on.KeyPressed("2")),
        ("LineFailed 2 busy", on.LineFailed(2, on.Failure.BUSY)),
        ("  LineEnded   1 ", on.LineEnded(1)),
        ("DeadlinePassed", on.DeadlinePassed()),
        ('SpeechHeard 2 "ni et to" 0.97', on.SpeechHeard(2, "ni et to", 0.97)),
    ],
)
def test_usual_values_may_be_left_out(line: str, event: on.Event) -> None:
    assert read(line) == event


def test_a_time_may_be_left_out_wherever_it_stands() -> None:
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)

    assert read("CallArrived 2011 3366", at=now) == on.CallArrived("2011", "3366", now)
    assert read("CallTurnedAway 2011 3366 full", at=now) == on.CallTurnedAway(
        "2011", "3366", now, on.Refusal.FULL
    )


def test_a_grammar_is_written_down_by_its_name() -> None:
    """Its phrases are hundreds, the same in every call, and stand in the configuration."""
    listen = do.Listen(2, 1, Grammar("main", "da", ("ja", "nej"), frozenset({"ja"})), 8.0)

    assert packed(listen)["grammar"] == {"name": "main", "language": "da"}
    assert unpacked(packed(listen)) == listen


def test_what_a_stranger_calls_himself_stays_one_word_on_one_line() -> None:
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    line = written(on.CallArrived("a b\n\x1b[2J", "3366", now))

    assert line == "CallArrived a_b__[2J 3366 2026-03-04T12:00:00+00:00"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("KeyPresed 2", "'KeyPresed' is not an event"),
        ("", "'' is not an event"),
        ("Play 1 1 da hello", "'Play' is not an event"),
        ("KeyPressed 2 1 3", "KeyPressed has no field for '3'"),
        ("KeyPressed", "missing 1 required positional argument: 'key'"),
        ("CallArrived 1 2", "missing 1 required positional argument: 'at'"),
        ("PromptEnded two", "'two' does not fit"),
        ("PromptEnded -", "'-' does not fit"),
        ("LineFailed 2 bussy", "'bussy' does not fit"),
        ("SurveyProposed a/b", "missing 7 required positional arguments"),
        ("SurveyProposed 1/2/3/4/5/6/7/8/9/10", "SurveyTask has 9 parts"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, complaint: str) -> None:
    with pytest.raises(NotationError, match=complaint):
        read(line)


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"type": "KeyPresed", "key": "2"},
        {"type": "KeyPressed"},
        {"type": "LineFailed", "line": 2, "failure": "bussy"},
        {"type": "CallArrived", "caller": "", "dialled": "", "at": "noon"},
        {"type": "Play", "turn": 1, "line": 1, "language": "da", "prompts": [{"name": "hello"}]},
        {"type": "Play", "turn": 1, "line": 1, "language": "da", "prompts": ["hello"]},
        {"type": "SaveAnswer", "task": None, "question": "q1", "value": 8},
    ],
)
def test_what_was_never_packed_cannot_be_unpacked(plain: dict[str, Any]) -> None:
    with pytest.raises(NotationError):
        unpacked(plain)
