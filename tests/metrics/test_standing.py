"""The gauges show how things stand."""

from dataclasses import replace
from datetime import timedelta

from ivr.engine import events as on
from ivr.engine import floor, programme
from ivr.metrics import Metrics
from tests.metrics.counted import AT, TASK, Heard, call, site, values


def test_the_floor_shows_who_waits_and_what_the_agents_do(metrics: Metrics) -> None:
    busy, _ = floor.advance(floor.opened(site(), 0.0), on.CallerJoined("call-1", "byg"), 10.0)
    busy, _ = floor.advance(busy, on.CallerJoined("call-2", "byg"), 25.0)

    metrics.floor(busy, 40.0)

    shown = values(metrics)
    assert shown['ivr_queue_waiting{queue="byg"}'] == 2
    assert shown['ivr_queue_longest_wait_seconds{queue="byg"}'] == 30
    assert shown['ivr_agents{state="ringing"}'] == 1
    assert shown['ivr_agents{state="ready"}'] == 0


def test_the_programme_shows_what_is_due_and_for_how_long(metrics: Metrics) -> None:
    surveys = {
        str(minutes): programme.Survey(
            TASK, on.Disposition.PLANNED, 0, AT, AT + timedelta(minutes=minutes)
        )
        for minutes in (5, 7, 30)
    }

    metrics.programme(replace(programme.EMPTY, surveys=surveys), AT + timedelta(minutes=10))

    shown = values(metrics)
    assert shown["ivr_survey_planned"] == 3
    assert shown["ivr_survey_due"] == 2
    assert shown["ivr_survey_oldest_due_seconds"] == 300


def test_a_call_that_ended_by_a_fault_is_not_active_for_ever(metrics: Metrics) -> None:
    metrics.count(*call())

    metrics.calls(["call-2"])

    assert values(metrics)['ivr_calls_active{direction="in",group="byg"}'] == 0


def test_a_trunk_shows_its_health(metrics: Metrics) -> None:
    metrics.trunk("pbx", up=True, registered=True, rtt=0.01)
    metrics.trunk("spare", up=False, registered=None, rtt=None)

    shown = values(metrics)
    assert shown['ivr_sip_trunk_up{trunk="pbx"}'] == 1
    assert shown['ivr_sip_registered{trunk="pbx"}'] == 1
    assert shown['ivr_sip_options_rtt_seconds{trunk="pbx"}'] == 0.01
    assert shown['ivr_sip_trunk_up{trunk="spare"}'] == 0
    assert 'ivr_sip_registered{trunk="spare"}' not in shown


def test_totals_of_others_are_followed_and_never_fall(metrics: Metrics) -> None:
    metrics.keys({"rfc4733": 5, "smoke": 1})
    metrics.keys({"rfc4733": 7, "info": 2})
    metrics.journal(waiting=3, dropped=4, put_aside=1)
    metrics.journal(waiting=0, dropped=4, put_aside=1)

    shown = values(metrics)
    assert shown['ivr_dtmf_digits_total{method="rfc4733"}'] == 7
    assert shown['ivr_dtmf_digits_total{method="info"}'] == 2
    assert shown['ivr_dtmf_digits_total{method="other"}'] == 1
    assert shown["ivr_journal_waiting_steps"] == 0
    assert shown["ivr_journal_dropped_steps_total"] == 4
    assert shown["ivr_journal_set_aside_steps_total"] == 1


def test_a_refused_reload_leaves_the_time_of_the_last_good_one(metrics: Metrics) -> None:
    metrics.reloaded(successful=True, at=AT)
    metrics.reloaded(successful=False, at=AT + timedelta(hours=1))

    shown = values(metrics)
    assert shown["ivr_config_last_reload_successful"] == 0
    assert shown["ivr_config_last_reload_success_timestamp_seconds"] == AT.timestamp()


def test_what_is_shown_to_be_well_is_what_somebody_looks_at(metrics: Metrics) -> None:
    """A reason that nothing ever sets would stand at 0 while the thing itself is broken."""
    shown = [name for name in values(metrics) if name.startswith("ivr_degraded")]

    reasons = ("fault", "journal", "prompts", "speech")
    assert shown == [f'ivr_degraded{{reason="{reason}"}}' for reason in reasons]


def test_the_rest_is_what_the_daemon_says(metrics: Metrics) -> None:
    metrics.degraded("journal", on=True)
    metrics.degraded("fault", on=False)
    metrics.time_synced(is_synced=True)
    metrics.no_telephone_event()
    metrics.sip_rejected("not_a_trunk")
    metrics.late_frames(2)
    metrics.late_frames(3)
    metrics.quality(Heard(99, 1, 0.004))
    metrics.quality(Heard(0, 0, 0.0))

    shown = values(metrics)
    assert shown['ivr_degraded{reason="journal"}'] == 1
    assert shown['ivr_degraded{reason="fault"}'] == 0
    assert shown["ivr_time_synced"] == 1
    assert shown["ivr_dtmf_unnegotiated_total"] == 1
    assert shown['ivr_sip_rejected_total{reason="not_a_trunk"}'] == 1
    assert shown["ivr_media_late_frames_total"] == 3
    assert shown["ivr_rtp_loss_ratio_sum"] == 0.01
    assert shown["ivr_rtp_loss_ratio_count"] == 1
