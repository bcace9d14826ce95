"""The exchange between its parts: reloads, draining, faults, and deadlines in their hundreds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments
from ivr.engine.events import Disposition, SurveyTask
from ivr.engine.exchange import Exchange
from ivr.engine.floor import Manner
from ivr.engine.site import Site
from ivr.engine.step import FLOOR, PROGRAMME, Step
from tests.engine.agreed import SITES
from tests.engine.sites import DIALLED, agent, goodbye, menu, queue, site, team

BEGINS = datetime(2026, 3, 4, 9, tzinfo=UTC)
STRAIGHT = SITES["straight"]
TASK = SurveyTask("t1", "+4520112233", "kk-2", "business", "stage1", "a", "anna", "1", "da")


def _at(now: float) -> datetime:
    return BEGINS + timedelta(seconds=now)


def _arrived(exchange: Exchange, *calls: str) -> None:
    for call in calls:
        # From abroad: nobody hears a survey notice, so they are in the queue at once.
        exchange.arrive(call, "+46701234567", DIALLED, 0.0, _at(0.0))


def _handled(exchange: Exchange, now: float, subject: str, *events: on.Event) -> list[Step]:
    return [step for event in events for step in exchange.handle(subject, event, now, _at(now))]


def _actions(steps: list[Step]) -> list[do.Action]:
    return [action for step in steps for action in step.actions]


# --- one house ------------------------------------------------------------------------------


def test_an_event_for_nobody_causes_nothing() -> None:
    exchange = Exchange(STRAIGHT)

    assert _handled(exchange, 1.0, "nobody", on.KeyPressed("1"), on.PromptEnded(1)) == []
    assert exchange.state("nobody") is None


def test_a_call_begins_once() -> None:
    exchange = Exchange(STRAIGHT)
    _arrived(exchange, "c1")
    before = exchange.state("c1")

    again = on.CallArrived("20112233", DIALLED, BEGINS)
    away = on.CallTurnedAway("20112233", DIALLED, BEGINS, on.Refusal.FULL)
    steps = _handled(exchange, 1.0, "c1", again, away, on.SurveyStarted(TASK, BEGINS))
    assert _actions(steps) == []
    assert exchange.state("c1") is before


def test_the_house_is_full_at_its_limit_and_has_room_again_after() -> None:
    exchange = Exchange(STRAIGHT)
    _arrived(exchange, "c1", "c2", "c3")

    refused = exchange.arrive("c4", "", DIALLED, 1.0, _at(1.0))
    assert _actions(refused) == [
        do.Reject(503, 5, STRAIGHT.hash),
        do.Conclude(do.Outcome.TURNED_AWAY),
    ]
    _handled(exchange, 2.0, "c1", on.LineEnded(1))
    assert _actions(exchange.arrive("c5", "", DIALLED, 3.0, _at(3.0)))[0] == do.Answer()
    assert exchange.live() == ("c2", "c3", "c5")


# --- reload ---------------------------------------------------------------------------------


def _plain(name: str) -> Site:
    return replace(site(menu("main", {"1": "bye"}), replace(goodbye(), prompts=(name,))), hash=name)


def test_calls_that_are_up_keep_the_site_they_began_with() -> None:
    exchange = Exchange(_plain("old"))
    _arrived(exchange, "c1")
    exchange.reload(_plain("new"), 1.0)
    _arrived(exchange, "c2")

    said = [
        action.prompts
        for call in ("c1", "c2")
        for action in _actions(_handled(exchange, 2.0, call, on.KeyPressed("1")))
        if isinstance(action, do.Play)
    ]
    assert said == [(do.Prompt("old"),), (do.Prompt("new"),)]


def test_a_caller_of_the_old_site_is_sent_on_where_his_queue_is_gone() -> None:
    nodes = (menu("main", {"1": "team"}), team("team", "a", "bye"), goodbye())
    exchange = Exchange(site(*nodes, queues=(queue("a"),), agents=(agent("anna", a=9),)))
    _arrived(exchange, "c1")
    exchange.reload(site(goodbye()), 1.0)

    steps = _handled(exchange, 2.0, "c1", on.KeyPressed("1"))
    assert do.LeaveQueue("a", do.LeaveReason.EMPTY, 0.0) in _actions(steps)
    assert isinstance(exchange.state("c1"), moments.Leaving)


def test_after_a_reload_the_floor_looks_around_at_once() -> None:
    exchange = Exchange(STRAIGHT)
    _handled(exchange, 0.0, FLOOR, on.AgentLoggedOut("bo"))
    _arrived(exchange, "c1", "c2")
    more = (*STRAIGHT.agents.values(), agent("carl", building=1))
    exchange.reload(replace(STRAIGHT, agents={each.name: each for each in more}), 1.0)

    assert exchange.next_deadline() == 1.0
    offers = [each for each in _actions(exchange.fire(1.0, _at(1.0))) if isinstance(each, do.Dial)]
    assert [each.target for each in offers] == ["sip:carl@192.0.2.10"]


def test_fewer_survey_lines_are_heeded_at_once() -> None:
    exchange = Exchange(STRAIGHT)
    planned = on.SurveyRestored(TASK, Disposition.PLANNED, 0, BEGINS, BEGINS)
    _handled(exchange, 0.0, PROGRAMME, on.TrunksChanged(("pbx",)), planned)

    assert exchange.next_survey() == BEGINS
    exchange.reload(replace(STRAIGHT, survey=replace(STRAIGHT.survey, lines=0)), 1.0)
    assert exchange.next_survey() is None


# --- draining -------------------------------------------------------------------------------


def test_a_closing_house_turns_callers_away_and_lets_the_others_finish() -> None:
    exchange = Exchange(STRAIGHT)
    _arrived(exchange, "c1")
    exchange.is_draining = True

    refused = exchange.arrive("c2", "", DIALLED, 1.0, _at(1.0))
    assert isinstance(refused[0].event, on.CallTurnedAway)
    assert refused[0].event.reason is on.Refusal.DRAINING
    assert exchange.live() == ("c1",)


def test_a_closing_house_begins_no_survey_even_if_the_journal_has_just_saved_it() -> None:
    exchange = Exchange(STRAIGHT)
    planned = on.SurveyRestored(TASK, Disposition.PLANNED, 0, BEGINS, BEGINS)
    _handled(exchange, 0.0, PROGRAMME, on.TrunksChanged(("pbx",)), planned)
    exchange.fire(0.0, _at(0.0))
    exchange.is_draining = True
    _handled(exchange, 0.5, PROGRAMME, on.TrunksChanged(("pbx",)))

    steps = _handled(exchange, 1.0, PROGRAMME, on.SurveySaved("t1", Disposition.DIALLING))
    assert exchange.calls == 0
    assert exchange.next_survey() is None
    (saved,) = steps[0].actions
    assert isinstance(saved, do.SaveSurvey)
    assert (saved.disposition, saved.attempts) == (Disposition.PLANNED, 0), "for the next run"


# --- faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("answered", "manner"), [(False, Manner.READY), (True, Manner.WRAP_UP)])
def test_a_call_that_must_be_dropped_leaves_its_queue_and_its_agent(
    manner: Manner, *, answered: bool
) -> None:
    exchange = Exchange(STRAIGHT)
    _arrived(exchange, "c1")
    if answered:
        _handled(exchange, 1.0, "c1", on.LineAnswered(2))

    exchange.drop("c1", 2.0, _at(2.0))
    assert exchange.calls == 0
    assert exchange.floor.places == {}
    assert exchange.floor.seats["anna"].manner is manner


@pytest.mark.parametrize(
    ("event", "disposition"),
    [(on.LineRang(1), Disposition.PLANNED), (on.LineAnswered(1), Disposition.NO_CONSENT)],
)
def test_a_survey_call_that_must_be_dropped_frees_its_line(
    event: on.CallEvent, disposition: Disposition
) -> None:
    exchange = Exchange(STRAIGHT)
    dialling = on.SurveyRestored(TASK, Disposition.PLANNED, 0, BEGINS, BEGINS)
    _handled(exchange, 0.0, PROGRAMME, on.TrunksChanged(("pbx",)), dialling)
    exchange.fire(0.0, _at(0.0))
    _handled(exchange, 1.0, PROGRAMME, on.SurveySaved("t1", Disposition.DIALLING))
    _handled(exchange, 2.0, "t1-s1", event)

    saved = _actions(exchange.drop("t1-s1", 3.0, _at(3.0)))[-1]
    assert isinstance(saved, do.SaveSurvey)
    assert saved.disposition is disposition
    assert exchange.programme.under_way == 0


def test_dropping_a_stranger_changes_nothing() -> None:
    exchange = Exchange(STRAIGHT)
    _arrived(exchange, "c1")

    assert _actions(exchange.drop("stranger", 1.0, _at(1.0))) == []
    assert exchange.live() == ("c1",)


# --- deadlines ------------------------------------------------------------------------------


def test_outdated_deadlines_are_swept() -> None:
    exchange = Exchange(_plain("any"))
    _arrived(exchange, "c1", "c2")
    for second in range(1, 1000):
        turn = exchange.state("c1")
        assert turn is not None
        _handled(exchange, float(second), "c1", on.PromptEnded(turn.turn), on.KeyPressed("*"))

    assert len(exchange._deadlines) < 100
    assert exchange.next_deadline() == 1800.0


def test_everything_that_is_due_is_named_once_and_in_time() -> None:
    exchange = Exchange(_plain("any"))
    _arrived(exchange, "c1", "c2")
    _handled(exchange, 1.0, "c1", on.PromptEnded(1))
    _handled(exchange, 2.0, "c2", on.PromptEnded(1))

    assert exchange.next_deadline() == 6.0
    assert list(exchange.due(5.9, _at(5.9))) == []
    assert [step.subject for step in exchange.fire(7.0, _at(7.0))] == ["c1", "c2"]
    assert list(exchange.due(7.0, _at(7.0))) == []


def test_the_deadlines_of_calls_that_are_over_are_forgotten() -> None:
    exchange = Exchange(_plain("any"))
    _arrived(exchange, "c1")
    _handled(exchange, 1.0, "c1", on.PromptEnded(1), on.LineEnded(1))

    assert exchange.next_deadline() is None
    assert exchange.fire(9999.0, _at(9999.0)) == []
