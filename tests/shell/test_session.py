"""A session does what it is told, and turns every failure into the event the engine expects."""

from pathlib import Path

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.actions import Action, Prompt
from ivr.errors import SipError
from ivr.session import Leg, Post, Session
from tests.shell.fakes import FakeLeg, FakeLibrary


class House:
    """One session with a caller's leg, one dialled leg, and what it posted."""

    def __init__(self, folder: Path) -> None:
        self.caller = FakeLeg()
        self.agent = FakeLeg()
        self.posted: list[on.CallEvent] = []
        self.refuses_to_dial = False
        self.session = Session(
            "c1",
            library=FakeLibrary(),
            dial=self._dial,
            messages=folder / "messages",
            post=self.posted.append,
        )
        self.session.take(self.caller)

    def _dial(self, order: do.Dial, post: Post) -> Leg:
        del post
        if self.refuses_to_dial:
            raise SipError(f"cannot ring {order.target}")
        return self.agent


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


POSITION = Prompt("queue.position", (("position", 3),))


@pytest.mark.parametrize(
    ("action", "order"),
    [
        (do.Answer(), "answer"),
        (do.Reject(503, 5), "reject 503 5"),
        (
            do.Play(4, 1, "da", (Prompt("hello"), POSITION)),
            "play 4 hello queue.position position3 2.0",
        ),
        (do.PlayMusic(1, "calm"), "play_music calm"),
        (do.StopPlaying(1), "stop_playing"),
        (do.HangUp(1), "hang_up"),
        (do.Record(2, 1, "byg", 60.0, 3.0), "record 2 c1-2.wav 60.0 3.0"),
        (do.StopRecording(1), "stop_recording"),
    ],
)
def test_an_order_reaches_the_leg(house: House, action: Action, order: str) -> None:
    house.session.perform([action])

    assert house.caller.orders == [order]
    assert house.posted == []


@pytest.mark.parametrize(
    ("broken", "action", "event"),
    [
        ("answer", do.Answer(), on.LineEnded(1, on.Ending.BROKEN)),
        ("play", do.Play(4, 1, "da", (Prompt("hello"),)), on.PromptFailed(4)),
        ("", do.Play(4, 1, "da", (Prompt("missing"),)), on.PromptFailed(4)),
        ("record", do.Record(2, 1, "byg", 60.0, 3.0), on.RecordingEnded(2, 0.0)),
    ],
)
def test_an_order_that_fails_is_answered_with_an_event(
    house: House, broken: str, action: Action, event: on.CallEvent
) -> None:
    house.caller.broken = {broken}

    house.session.perform([action])

    assert house.posted == [event]


def test_a_dialled_leg_can_be_bridged_and_hung_up(house: House) -> None:
    house.session.perform([do.Dial(2, "sip:anna@127.0.0.1", "", "", 3.0), do.Bridge(1, 2)])
    house.session.perform([do.HangUp(2)])

    assert house.caller.orders == ["bridge"]
    assert house.agent.orders == ["hang_up"]


def test_a_line_that_cannot_be_dialled_has_failed(house: House) -> None:
    house.refuses_to_dial = True

    house.session.perform([do.Dial(2, "sip:anna@127.0.0.1", "", "", 3.0)])

    assert house.posted == [on.LineFailed(2, on.Failure.UNREACHABLE)]


def test_a_bridge_that_fails_ends_the_other_line(house: House) -> None:
    house.caller.broken = {"bridge"}

    house.session.perform([do.Dial(2, "sip:anna@127.0.0.1", "", "", 3.0), do.Bridge(1, 2)])

    assert house.posted == [on.LineEnded(2, on.Ending.BROKEN)]


def test_missing_music_is_silence_and_nothing_worse(house: House) -> None:
    house.session.perform([do.PlayMusic(1, "missing")])

    assert house.caller.orders == ["stop_playing"]
    assert house.posted == []


def test_orders_for_a_line_that_was_never_there_are_forgotten(house: House) -> None:
    orders: list[Action] = [
        do.Play(1, 7, "da", (Prompt("hello"),)),
        do.PlayMusic(7, "calm"),
        do.StopPlaying(7),
        do.HangUp(7),
        do.StopRecording(7),
    ]

    house.session.perform(orders)

    assert house.caller.orders == []


def test_an_empty_message_is_thrown_away(house: House, tmp_path: Path) -> None:
    house.session.perform([do.Record(2, 1, "byg", 60.0, 3.0)])
    message = tmp_path / "messages" / "c1-2.wav"
    message.write_bytes(b"")

    house.session.perform([do.DropMessage(2)])

    assert not message.exists()


def test_hanging_up_takes_every_leg(house: House) -> None:
    house.session.perform([do.Dial(2, "sip:anna@127.0.0.1", "", "", 3.0)])

    house.session.hang_up()

    assert house.caller.orders == house.agent.orders == ["hang_up"]
