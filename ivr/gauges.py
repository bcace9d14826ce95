"""Once a second, tells the metrics how things stand: what is not counted but looked at."""

from datetime import datetime

from ivr.engine.exchange import Exchange
from ivr.journal import Journal
from ivr.metrics import Metrics
from ivr.sip import Endpoint

SECONDS_BETWEEN = 1.0


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
    ) -> None:
        """`trusted_from` is the first year that the wall clock may show and be believed."""
        self._metrics = metrics
        self._exchange = exchange
        self._endpoint = endpoint
        self._journal = journal
        self._trusted_from = trusted_from
        self._next = 0.0

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
        metrics.keys(self._endpoint.keys)
        for trunk in self._endpoint.status():
            metrics.trunk(trunk.name, up=trunk.is_up, registered=trunk.registered, rtt=trunk.rtt)
        metrics.calls(self._exchange.live())
        journal = self._journal
        metrics.journal(
            waiting=journal.backlog, dropped=journal.dropped, put_aside=journal.put_aside
        )
        metrics.time_synced(is_synced=at.year >= self._trusted_from)
