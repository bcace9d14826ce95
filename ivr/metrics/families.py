"""Every metric: its name, what it says, its labels. The operator's reference."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ivr.metrics.labels import OTHER

Kind = TypeVar("Kind", Counter, Gauge, Histogram)
Allowed = Mapping[str, frozenset[str]]

CALL_SECONDS = (5, 10, 30, 60, 120, 180, 300, 600, 1200, 1800, 3600)
WAIT_SECONDS = (2, 5, 10, 20, 30, 60, 100, 120, 180, 300, 600, 1200, 1800)
LOSS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
JITTER_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
ANSWERS = tuple(range(1, 10))


class Family(Generic[Kind]):
    """One metric with labels. Finding the counter for some label values costs a dict look-up."""

    def __init__(self, metric: Kind, names: Sequence[str], allowed: Allowed) -> None:
        self._metric: Kind = metric
        self._names = tuple(names)
        self._lists = [allowed.get(name) for name in names]
        self._children: dict[tuple[str, ...], Kind] = {}

    def at(self, *values: str) -> Kind:
        """Return the one with these label values; what is not on its list is `other`."""
        return self._children.get(values) or self._find(values)

    def begin(self, *lists: Iterable[str]) -> None:
        """Show these at 0 from the start: Prometheus cannot see the rise of what was not there."""
        for values in product(*lists):
            self.at(*values)

    def clear(self) -> None:
        self._metric.clear()
        self._children.clear()

    def allow(self, allowed: Allowed) -> None:
        """Take new lists, and drop what they do not have."""
        self._lists = [allowed.get(name) for name in self._names]
        for values in list(self._children):
            if self._bounded(values) != values:
                self._metric.remove(*values)
                del self._children[values]

    def _find(self, values: tuple[str, ...]) -> Kind:
        bounded = self._bounded(values)
        if bounded not in self._children:
            self._children[bounded] = self._metric.labels(*bounded)
        return self._children[bounded]

    def _bounded(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            value if allowed is None or value in allowed or value == OTHER else OTHER
            for value, allowed in zip(values, self._lists, strict=True)
        )


class Families:
    """All metrics of the gateway, in a registry of their own."""

    def __init__(self, registry: CollectorRegistry, allowed: Allowed) -> None:
        self._registry = registry
        self._allowed = allowed
        self._lasting: list[Family[Counter] | Family[Histogram]] = []
        self._current: list[Family[Gauge]] = []
        self._of_calls()
        self._of_queues()
        self._of_surveys()
        self._of_sip()
        self._of_the_gateway()

    def allow(self, current: Allowed, lasting: Allowed) -> None:
        """Follow a new configuration: gauges at once, counters keep what `lasting` allows."""
        for gauge in self._current:
            gauge.allow(current)
        for counter in self._lasting:
            counter.allow(lasting)

    def _of_calls(self) -> None:
        self.calls = self._counter(
            "calls", "Calls that are over, by what they came to.", "group direction result"
        )
        self.call_seconds = self._histogram(
            "call_duration_seconds", "How long calls took.", "direction", CALL_SECONDS
        )
        self.calls_active = self._gauge("calls_active", "Calls that are up.", "group direction")
        self.calls_max = self._number("calls_max", "How many calls the gateway takes at once.")
        self.stage_outcome = self._counter(
            "stage_outcome", "What came of asking a caller.", "group stage outcome"
        )
        self.choice = self._counter(
            "choice", "Choices taken in menus, as menu:key.", "group stage choice input"
        )
        self.asr_rejected = self._count(
            "asr_rejected", "Times a caller spoke and nothing of it was understood."
        )
        self.notes = self._counter(
            "notes", "What else happened in dialogues that an author should know.", "kind"
        )
        self.messages = self._counter("messages", "Voice messages left.", "box")
        self.transfer = self._counter(
            "transfer", "Transfers to numbers outside.", "destination result sip_code"
        )

    def _of_queues(self) -> None:
        self.queue_waiting = self._gauge("queue_waiting", "Callers who wait.", "queue")
        self.queue_longest = self._gauge(
            "queue_longest_wait_seconds", "How long the first in the queue has waited.", "queue"
        )
        self.queue_wait = self._histogram(
            "queue_wait_seconds", "How long callers waited.", "queue outcome", WAIT_SECONDS
        )
        self.queue_left = self._counter(
            "queue_left", "Callers who left a queue, by why.", "queue reason"
        )
        self.agents = self._gauge("agents", "Agents, by what they do.", "state")

    def _of_surveys(self) -> None:
        self.survey = self._counter(
            "survey", "Surveys that came to a standing.", "group disposition"
        )
        self.survey_answer = self._histogram(
            "survey_answer", "Answers from 1 to 9.", "group question", ANSWERS
        )
        self.survey_planned = self._number("survey_planned", "Surveys that wait for their time.")
        self.survey_due = self._number("survey_due", "Surveys whose time has come.")
        self.survey_oldest = self._number(
            "survey_oldest_due_seconds", "For how long the oldest survey has been due."
        )

    def _of_sip(self) -> None:
        self.digits = self._counter("dtmf_digits", "Keys heard, by how they were sent.", "method")
        self.unnegotiated = self._count(
            "dtmf_unnegotiated", "Calls that did not offer telephone-event."
        )
        self.rejected = self._counter("sip_rejected", "Requests turned away, by why.", "reason")
        self.registered = self._gauge("sip_registered", "Whether a trunk is registered.", "trunk")
        self.trunk_up = self._gauge("sip_trunk_up", "Whether a trunk carries calls.", "trunk")
        self.options_rtt = self._gauge(
            "sip_options_rtt_seconds", "How long a trunk took to answer OPTIONS.", "trunk"
        )
        self.rtp_loss = self._distribution("rtp_loss_ratio", "RTP packets lost, per call.", LOSS)
        self.rtp_jitter = self._distribution("rtp_jitter_seconds", "RTP jitter.", JITTER_SECONDS)
        self.late_frames = self._count("media_late_frames", "Frames that were played too late.")

    def _of_the_gateway(self) -> None:
        self.build_info = self._gauge(
            "build_info", "Which program runs, with which configuration.", "version config_sha"
        )
        self.degraded = self._gauge("degraded", "What does not work as it should.", "reason")
        self.time_synced = self._number("time_synced", "Whether the clock can be trusted.")
        self.reload_ok = self._number(
            "config_last_reload_successful", "Whether the last configuration was taken."
        )
        self.reload_at = self._number(
            "config_last_reload_success_timestamp_seconds", "When one was last taken."
        )
        self.journal_waiting = self._number("journal_waiting_steps", "Steps not on disk yet.")
        self.journal_dropped = self._count("journal_dropped_steps", "Steps given up.")
        self.journal_aside = self._count("journal_set_aside_steps", "Steps no table would take.")

    # --- making them ------------------------------------------------------------------------

    def _counter(self, name: str, text: str, names: str) -> Family[Counter]:
        metric = Counter(f"ivr_{name}", text, names.split(), registry=self._registry)
        family = Family(metric, names.split(), self._allowed)
        self._lasting.append(family)
        return family

    def _histogram(
        self, name: str, text: str, names: str, buckets: Sequence[float]
    ) -> Family[Histogram]:
        metric = Histogram(
            f"ivr_{name}", text, names.split(), registry=self._registry, buckets=buckets
        )
        family = Family(metric, names.split(), self._allowed)
        self._lasting.append(family)
        return family

    def _gauge(self, name: str, text: str, names: str) -> Family[Gauge]:
        metric = Gauge(f"ivr_{name}", text, names.split(), registry=self._registry)
        family = Family(metric, names.split(), self._allowed)
        self._current.append(family)
        return family

    def _number(self, name: str, text: str) -> Gauge:
        return Gauge(f"ivr_{name}", text, registry=self._registry)

    def _count(self, name: str, text: str) -> Counter:
        return Counter(f"ivr_{name}", text, registry=self._registry)

    def _distribution(self, name: str, text: str, buckets: Sequence[float]) -> Histogram:
        return Histogram(f"ivr_{name}", text, registry=self._registry, buckets=buckets)
