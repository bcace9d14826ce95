"""Labels are bounded, and nobody is named."""

import re
from dataclasses import replace

from hypothesis import given, settings
from prometheus_client.parser import text_string_to_metric_families

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import floor
from ivr.engine.record import CallRecord, begin
from ivr.engine.step import Step
from ivr.metrics import Metrics
from ivr.metrics.labels import OTHER, labels
from tests.journal.generated import RECORDS, steps
from tests.metrics.counted import AT, TASK, call, leave, site, step, values


@given(counted=steps("call-1"), record=RECORDS)
@settings(deadline=None)
def test_labels_come_from_closed_lists_only(counted: list[Step], record: CallRecord) -> None:
    metrics = Metrics(site(), "1.2.3")
    allowed = labels(site()).allowed

    for one in counted:
        metrics.count(one, record)

    for family in text_string_to_metric_families(metrics.text()):
        for sample in family.samples:
            for name, value in sample.labels.items():
                if name in allowed:
                    assert value in allowed[name] | {OTHER}


def test_nobody_is_named(metrics: Metrics) -> None:
    stranger = on.CallArrived("+4512345678", "+4587654321", AT)
    first = step("id-1234", stranger, do.Admit("+4512345678", "id-1234", "da", "x"))
    record = begin(first)
    metrics.count(first, record)
    for action in (
        do.Note("key", "+4512345678", "9"),
        do.Note("+4512345678", "main"),
        do.LeaveQueue("+4512345678", do.LeaveReason.KEY, 1.0),
        do.Dial(2, "+4587654321", "pbx", "+4512345678", 9.0),
        do.SaveAnswer(replace(TASK, number="+4512345678", group="id-1234"), "id-1234", 9),
        do.SaveSurvey(replace(TASK, group="+4512345678"), on.Disposition.REFUSED, 1, AT, AT),
        do.KeepMessage(1, "id-1234", 3.0),
        do.ChangeAgent("anna", "ready"),
        do.Conclude(do.Outcome.TALKED),
    ):
        metrics.count(step("id-1234", on.KeyPressed("9"), action), record)

    text = metrics.text()

    for secret in ("12345678", "87654321", "id-1234", "anna"):
        assert secret not in text


def test_labels_follow_a_new_configuration(metrics: Metrics) -> None:
    for queue in ("byg", "skat"):
        metrics.count(*call(leave(queue)))
    metrics.floor(floor.opened(site(), 0.0), 1.0)

    metrics.reconfigure(site(group="skat", queue="skat", hash_="decade"))
    metrics.floor(floor.opened(site(queue="skat"), 0.0), 1.0)
    metrics.count(*call(leave("skat")))
    metrics.count(*call(leave("byg")))  # a call that began before

    shown = values(metrics)
    assert shown['ivr_build_info{config_sha="decade",version="1.2.3"}'] == 1
    assert [name for name in shown if "c0ffee" in name] == []
    assert [name for name in shown if name.startswith("ivr_queue_waiting")] == [
        'ivr_queue_waiting{queue="skat"}'
    ]
    assert shown['ivr_queue_left_total{queue="skat",reason="key"}'] == 1
    assert shown['ivr_queue_left_total{queue="byg",reason="key"}'] == 2
    assert shown['ivr_queue_left_total{queue="other",reason="key"}'] == 1


def test_a_call_of_a_group_that_is_gone_is_up_until_it_ends(metrics: Metrics) -> None:
    over = step("call-1", on.LineEnded(1), do.Conclude(do.Outcome.TALKED))
    metrics.count(*call())

    metrics.reconfigure(site(group="skat"))
    during = active(metrics)
    metrics.count(*call(over))

    assert during == {"none": 0, "skat": 0, "other": 1}
    assert active(metrics) == {"none": 0, "skat": 0, "other": 0}


def active(metrics: Metrics) -> dict[str, float]:
    """How many incoming calls are up, by group."""
    name = re.compile(r'ivr_calls_active\{direction="in",group="(\w+)"\}')
    shown = values(metrics).items()
    return {found[1]: value for series, value in shown if (found := name.fullmatch(series))}


def test_labels_of_two_configurations_ago_are_gone(metrics: Metrics) -> None:
    metrics.count(*call(leave("byg")))

    metrics.reconfigure(site(queue="skat"))
    metrics.reconfigure(site(queue="job"))

    assert [name for name in values(metrics) if 'queue="byg"' in name] == []
