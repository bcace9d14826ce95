"""Live calls side by side: what is done for each, and that a fault in one stays its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.events import Disposition
from ivr.engine.exchange import Exchange
from ivr.engine.floor import Manner
from ivr.engine.record import CallRecord
from ivr.engine.site import Site
from ivr.engine.step import FLOOR, PROGRAMME, Step
from ivr.errors import SipError
from ivr.session import Post, Session
from ivr.switchboard import Switchboard
from tests.engine.sites import agent, goodbye, menu, message, queue, say, site, team
from tests.shell.fakes import FakeLeg, FakeLibrary, Sound

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BUG = RuntimeError("a bug")


@dataclass
class Library(FakeLibrary):
    """Has a bug in every prompt that is named here."""

    bugs: set[str] = field(default_factory=set)

    def find(self, language: str, prompt_id: str, numbers: Mapping[str, int]) -> Sound:
        if prompt_id in self.bugs:
            raise BUG
        return super().find(language, prompt_id, numbers)


def office() -> Site:
    return site(
        say("greeting", "main"),
        menu("main", {"1": "office", "2": "message"}),
        team("office", "office", otherwise="bye"),
        message(empty="bye"),
        goodbye("thanks"),
        goodbye(),
        queues=(queue("office"),),
        agents=(agent("anna", office=9),),
    )


class House:
    """A switchboard with a real exchange; its telephones are fakes, and so is time."""

    def __init__(self, folder: Path) -> None:
        self.exchange = Exchange(office())
        self.library = Library()
        self.agents: list[FakeLeg] = []
        self.reported: list[tuple[Step, CallRecord | None]] = []
        self.over: list[CallRecord] = []
        self.faults: list[tuple[str, Exception]] = []
        self.watch: Callable[[Step], None] = lambda _step: None
        self.now = 0.0
        self.board = Switchboard(
            self.exchange,
            library=self.library,
            messages=folder,
            dial=self._dial,
            report=self._report,
            over=self._over,
            fault=lambda call, error: self.faults.append((call, error)),
        )

    def _dial(self, order: do.Dial, post: Post) -> FakeLeg:
        leg = FakeLeg()
        leg.attach(order.line, post)
        self.agents.append(leg)
        return leg

    def _report(self, step: Step, record: CallRecord | None) -> None:
        self.reported.append((step, record))
        self.watch(step)

    def _over(self, record: CallRecord, session: Session) -> None:
        assert session.legs
        self.over.append(record)

    def arrive(self, call: str) -> FakeLeg:
        leg = FakeLeg(dialled="+4533663333")
        self.board.arrive(call, leg, self.now, AT)
        return leg

    def happen(self, leg: FakeLeg, *events: on.CallEvent) -> None:
        for event in events:
            leg.post(event)
        self.deliver()

    def press(self, leg: FakeLeg, key: str) -> None:
        self.happen(leg, on.KeyPressed(key))

    def deliver(self) -> int:
        return self.board.deliver(self.now, AT)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.board.fire(self.now, AT)
        self.deliver()

    def end_prompt(self, leg: FakeLeg) -> None:
        """Let the prompt that was ordered last come to its end."""
        order = next(order for order in reversed(leg.orders) if order.startswith("play "))
        self.happen(leg, on.PromptEnded(int(order.split()[1])))

    def manner(self, name: str) -> Manner:
        return self.exchange.floor.seats[name].manner

    @property
    def is_empty(self) -> bool:
        board = self.board
        return not (self.exchange.calls or board._sessions or board._records or board._failed)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


# --- a day without faults -----------------------------------------------------------------------


def test_an_incoming_call_is_answered_and_greeted(house: House) -> None:
    leg = house.arrive("c1")

    assert leg.orders == ["answer", "play 1 greeting 1.0"]
    assert house.exchange.live() == ("c1",)


def test_events_are_delivered_in_the_order_they_were_posted(house: House) -> None:
    one, two = house.arrive("c1"), house.arrive("c2")
    two.post(on.KeyPressed("9"))
    one.post(on.KeyPressed("2"))
    house.board.post(PROGRAMME, on.TrunksChanged(("pbx",)))
    assert house.board.has_post

    assert house.deliver() == 3

    subjects = [step.subject for step, _ in house.reported[2:]]
    assert subjects == ["c2", "c1", PROGRAMME]
    assert not house.board.has_post


def test_a_step_is_reported_before_it_is_carried_out_with_the_record_after_it(
    house: House,
) -> None:
    orders: list[int] = []
    leg = FakeLeg(dialled="+4533663333")
    house.watch = lambda _step: orders.append(len(leg.orders))

    house.board.arrive("c1", leg, 0.0, AT)

    assert orders == [0]
    step, record = house.reported[0]
    assert isinstance(step.event, on.CallArrived)
    assert record is not None
    assert (record.id, record.group, record.number) == ("c1", "business", leg.caller)


def test_the_steps_of_calls_and_floor_are_reported_in_the_order_they_happen(house: House) -> None:
    leg = house.arrive("c1")
    house.reported.clear()

    house.press(leg, "1")

    told = [(step.subject, type(step.event)) for step, _ in house.reported]
    assert told == [
        ("c1", on.KeyPressed),
        (FLOOR, on.CallerJoined),
        ("c1", on.PositionTold),
        ("c1", on.AgentOffered),
    ]
    assert [record is None for _, record in house.reported] == [False, True, False, False]


def test_caller_and_agent_are_bridged_and_let_go(house: House) -> None:
    leg = house.arrive("c1")
    house.press(leg, "1")
    anna = house.agents[0]
    house.happen(anna, on.LineAnswered(2))
    assert leg.orders[-1] == "bridge"
    assert house.manner("anna") is Manner.TALKING

    house.happen(anna, on.LineEnded(2))

    assert leg.orders[-1] == "hang_up"
    assert house.manner("anna") is Manner.WRAP_UP
    assert [(record.id, record.outcome, record.agent) for record in house.over] == [
        ("c1", "talked", "anna")
    ]
    assert house.is_empty


def test_a_line_that_cannot_be_dialled_frees_the_agent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(order: do.Dial, post: Post) -> FakeLeg:
        raise SipError(f"no way to {order.target} {post}")

    leg = house.arrive("c1")
    for session in house.board._sessions.values():
        monkeypatch.setattr(session, "_dial", refuse)
    house.press(leg, "1")

    assert house.manner("anna") is Manner.RESTING
    assert house.faults == []


def test_what_is_due_happens(house: House) -> None:
    leg = house.arrive("c1")
    house.end_prompt(leg)
    house.end_prompt(leg)

    house.pass_time(5.0)

    assert leg.orders[-1].startswith("play 3 no_input main.short")


def test_a_call_beyond_the_limit_is_rejected_and_forgotten(house: House) -> None:
    for number in range(3):
        house.arrive(f"c{number}")
    late = house.arrive("late")

    assert late.orders == ["reject 503 5"]
    assert house.over[-1].outcome == "turned_away"
    assert house.exchange.calls == len(house.board._sessions) == 3


def test_events_of_a_call_that_is_over_are_forgotten(house: House) -> None:
    leg = house.arrive("c1")
    house.happen(leg, on.LineEnded(1), on.LineEnded(1), on.KeyPressed("1"), on.PromptEnded(1))

    assert len(house.over) == 1
    assert house.is_empty


def test_when_the_gateway_stops_every_call_ends(house: House) -> None:
    legs = [house.arrive("c1"), house.arrive("c2")]
    house.press(legs[1], "1")

    house.board.stop_all(house.now, AT)

    assert [leg.orders[-1] for leg in legs] == ["hang_up", "hang_up"]
    assert house.agents[0].orders[-1] == "hang_up"
    assert {record.outcome for record in house.over} == {"stopped"}
    assert house.is_empty


def test_the_robots_call_has_a_leg_and_a_record(house: House) -> None:
    task = on.SurveyTask("c0", "+4520112233", "kk-2", "business", "stage1", "office", "anna",
                         "1", "da")  # fmt: skip
    programme = (
        on.TrunksChanged(("pbx",)),
        on.SurveyRestored(task, Disposition.PLANNED, 0, AT, AT),
        on.DeadlinePassed(),
        on.SurveySaved("c0", Disposition.DIALLING),
    )
    for event in programme:
        house.board.handle(PROGRAMME, event, 0.0, AT)
    house.happen(house.agents[0], on.LineAnswered(1))

    assert house.agents[0].orders == ["play 1 survey.who_calls 1.0"]
    house.happen(house.agents[0], on.LineEnded(1))
    assert house.over[0].disposition == "no_consent"
    assert house.is_empty
