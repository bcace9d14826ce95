"""Counts steps for Prometheus, and shows how the gateway stands.

    labels.py    what a label may say: closed lists, no numbers, no ids
    families.py  every metric there is
    counting.py  what a step adds to them

Only this package imports prometheus_client.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from math import nan
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
    make_wsgi_app,
)

from ivr.engine.actions import LeaveReason
from ivr.engine.events import Disposition
from ivr.engine.floor import Floor, Manner
from ivr.engine.programme import Programme
from ivr.engine.record import CallRecord
from ivr.engine.site import Site
from ivr.engine.step import Step
from ivr.metrics.counting import Counting
from ivr.metrics.families import Families
from ivr.metrics.labels import DEGRADED, NONE, NOTES, REJECTED, TROUBLED, labels
from ivr.metrics.server import Server

__all__ = ["Metrics"]


class Quality(Protocol):
    """What a line's audio was like, when it is over."""

    @property
    def received(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def jitter_seconds(self) -> float: ...


class Metrics:
    """All metrics of one gateway. `count` and everything that sets is for the owner thread."""

    def __init__(self, site: Site, version: str) -> None:
        # Without it every counter would have a second series that nobody looks at.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._version = version
        self._labels = labels(site)
        self._families = Families(self._registry, self._labels.allowed)
        self._counting = Counting(self._families, self._labels)
        self._server: Server | None = None
        self._totals: dict[str, int] = {}
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._families.reload_ok.set(1)
        self._describe(site)

    def count(self, step: Step, record: CallRecord | None) -> None:
        """Count a step; `record` is its call's after it."""
        self._counting.count(step, record)

    def reconfigure(self, site: Site) -> None:
        """Follow a new configuration; counters keep the labels of the one before as well."""
        new = labels(site)
        lasting = new | self._labels
        self._labels = new
        self._families.allow(new.allowed, lasting.allowed)
        self._counting.follow(lasting)
        self._describe(site)

    def _describe(self, site: Site) -> None:
        families = self._families
        families.build_info.clear()
        families.build_info.at(self._version, site.hash).set(1)
        families.calls_max.set(site.limits.calls)
        self._counting.recount()
        families.calls_active.begin((NONE, *site.groups), ("in", "out"))
        families.queue_left.begin(site.queues, LeaveReason)
        families.notes.begin((*NOTES, *TROUBLED))
        families.rejected.begin(REJECTED)
        families.degraded.begin(DEGRADED)

    # --- how things stand -----------------------------------------------------------------------

    def floor(self, floor: Floor, now: float) -> None:
        """Show who waits in each queue, for how long, and what the agents do."""
        for queue, line in floor.waiting.items():
            first = min((place.since for place in line.values()), default=now)
            self._families.queue_waiting.at(queue).set(len(line))
            self._families.queue_longest.at(queue).set(now - first)
        manners = [seat.manner for seat in floor.seats.values()]
        for manner in Manner:
            self._families.agents.at(manner).set(manners.count(manner))

    def programme(self, programme: Programme, at: datetime) -> None:
        """Show how many surveys wait, and how long the oldest has been due."""
        planned = [
            survey.due
            for survey in programme.surveys.values()
            if survey.disposition is Disposition.PLANNED
        ]
        due = [moment for moment in planned if moment <= at]
        self._families.survey_planned.set(len(planned))
        self._families.survey_due.set(len(due))
        self._families.survey_oldest.set((at - min(due, default=at)).total_seconds())

    def calls(self, live: Collection[str]) -> None:
        """Keep `ivr_calls_active` true also after a fault: these calls are up, no others."""
        self._counting.keep_up(live)

    def trunk(self, name: str, *, up: bool, registered: bool | None, rtt: float | None) -> None:
        """Show a trunk; None where it does not register, or has not been asked."""
        self._families.trunk_up.at(name).set(up)
        if registered is not None:
            self._families.registered.at(name).set(registered)
        self._families.options_rtt.at(name).set(nan if rtt is None else rtt)

    def journal(self, *, waiting: int, dropped: int, put_aside: int = 0) -> None:
        """Show how the journal copes; `dropped` and `put_aside` since it was opened."""
        self._families.journal_waiting.set(waiting)
        self._raise("dropped", self._families.journal_dropped, dropped)
        self._raise("put aside", self._families.journal_aside, put_aside)

    def degraded(self, reason: str, *, on: bool) -> None:
        """Show that something does not work as it should, or works again."""
        self._families.degraded.at(reason).set(on)

    def time_synced(self, *, is_synced: bool) -> None:
        self._families.time_synced.set(is_synced)

    def reloaded(self, *, successful: bool, at: datetime) -> None:
        """Show how the last reload went, and when one last succeeded."""
        self._families.reload_ok.set(successful)
        if successful:
            self._families.reload_at.set(at.timestamp())

    # --- what steps do not tell -----------------------------------------------------------------

    def keys(self, heard: Mapping[str, int]) -> None:
        """Count keys by how they were sent, from totals since the start."""
        for method, total in heard.items():
            self._raise(method, self._families.digits.at(method), total)

    def no_telephone_event(self) -> None:
        """Count a call whose peer cannot send keys."""
        self._families.unnegotiated.inc()

    def sip_rejected(self, reason: str) -> None:
        """Count a request that never became a call."""
        self._families.rejected.at(reason).inc()

    def quality(self, quality: Quality) -> None:
        """Count what a line's audio was like; a line without audio has no quality."""
        sent = quality.received + quality.lost
        if sent:
            self._families.rtp_loss.observe(quality.lost / sent)
            self._families.rtp_jitter.observe(quality.jitter_seconds)

    def late_frames(self, total: int) -> None:
        """Count frames that were played too late, from their total since the start."""
        self._raise("late_frames", self._families.late_frames, total)

    def _raise(self, name: str, counter: Counter, total: int) -> None:
        """Raise a counter to a total that somebody else keeps."""
        counter.inc(max(0, total - self._totals.get(name, 0)))
        self._totals[name] = total

    # --- who reads them -------------------------------------------------------------------------

    def text(self) -> str:
        """Return what a scrape returns."""
        return generate_latest(self._registry).decode()

    def serve(self, address: str, port: int) -> int:
        """Serve over HTTP; return the port, which port 0 leaves to the system. Raises OSError."""
        self._server = Server(address, port, make_wsgi_app(self._registry))
        return self._server.port

    def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.close()
            self._server = None
