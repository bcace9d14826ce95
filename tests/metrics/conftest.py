"""Metrics, empty and busy."""

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import floor, programme
from ivr.metrics import Metrics
from tests.metrics.counted import AT, CALLER, TARGET, TASK, Heard, call, leave, site, step


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(site(), "1.2.3")


@pytest.fixture
def busy(metrics: Metrics) -> Metrics:
    """Metrics in which every family has a series."""
    dial = step("call-1", on.PromptEnded(1), do.Dial(2, TARGET, "pbx", CALLER, 20.0))
    for one, record in (call(), call(leave("byg")), call(dial)):
        metrics.count(one, record)
    metrics.count(step("call-1", on.LineAnswered(2)), None)
    for action in (
        do.Note("key", "main", "1"),
        do.Note("closed", "hours", "holiday"),
        do.KeepMessage(1, "byg-post", 1.0),
        do.SaveAnswer(TASK, "satisfied", 8),
        do.SaveSurvey(TASK, on.Disposition.PLANNED, 0, AT, AT),
        do.Conclude(do.Outcome.TALKED),
    ):
        metrics.count(step("call-1", on.KeyPressed("1"), action), call()[1])
    metrics.floor(floor.opened(site(), 0.0), 1.0)
    metrics.programme(programme.EMPTY, AT)
    metrics.trunk("pbx", up=True, registered=True, rtt=0.01)
    metrics.keys({"rfc4733": 1})
    metrics.sip_rejected("refer")
    metrics.degraded("journal", on=True)
    metrics.quality(Heard(99, 1, 0.004))
    return metrics
