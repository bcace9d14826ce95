"""Once a second, tells the metrics how things stand: what is not counted but looked at."""

from collections.abc import Callable
from datetime import datetime

from ivr.engine.exchange import Exchange
from ivr.journal import Journal
from ivr.metrics import Metrics
from ivr.sip import Endpoint, Line, TrunkStatus

SECONDS_BETWEEN = 1.0
METHODS = {"rtp": "rfc4733", "info": "info"}
"""How a key was sent, as SIP calls it and as the metrics do."""


class Gauges:
    """Looks at the exchange, the lines and the journal for the metrics. Owner thread only."""

    def __init__(
        self,
        metrics: Metrics,
        exchange: Exchange,
        endpoint: Endpoint,
        journal: Journal,
        *,
        trusted_from: int,
        tell_trunk: Callable[[TrunkStatus], None],
    ) -> None:
        """`trusted_from` is the first year that the wall clock may show and be believed.

        `tell_trunk` hears how a trunk is as soon as that is known, and whenever it changes.
        """
        self._metrics = metrics
        self._exchange = exchange
        self._endpoint = endpoint
        self._journal = journal
        self._trusted_from = trusted_from
        self._tell_trunk = tell_trunk
        self._told: dict[str, TrunkStatus] = {}
        self._next = 0.0
        self._leaving: list[Line] = []

    def leaves(self, line: Line) -> None:
        """Have a line's audio counted when the line is over: its figures come with its end."""
        self._leaving.append(line)

    def refresh(self, now: float, at: datetime) -> None:
        """Look at everything, if a second has passed since the last look."""
        if now < self._next:
            return
        self._next = now + SECONDS_BETWEEN
        self._look(now, at)

    def _look(self, now: float, at: datetime) -> None:
        metrics = self._metrics
        metrics.floor(self._exchange.floor, now)
        metrics.programme(self._exchange.programme, at)
        metrics.keys({METHODS[how]: keys for how, keys in self._endpoint.keys.items()})
        metrics.late_frames(self._endpoint.late_frames)
        self._look_at_lines()
        for trunk in self._endpoint.status():
            self._look_at_trunk(trunk)
        metrics.calls(self._exchange.live())
        journal = self._journal
        metrics.journal(
            waiting=journal.backlog, dropped=journal.dropped, put_aside=journal.put_aside
        )
        metrics.time_synced(is_synced=at.year >= self._trusted_from)

    def _look_at_trunk(self, trunk: TrunkStatus) -> None:
        name, up, registered = trunk.name, trunk.is_up, trunk.registered
        self._metrics.trunk(name, up=up, registered=registered, rtt=trunk.rtt)
        told = self._told.get(name)
        if trunk.is_known and (told is None or (told.is_up, told.registered) != (up, registered)):
            self._told[name] = trunk
            self._tell_trunk(trunk)

    def _look_at_lines(self) -> None:
        for line in self._leaving:
            if line.is_over:
                self._metrics.quality(line.quality)
        self._leaving = [line for line in self._leaving if not line.is_over]
