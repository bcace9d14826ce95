"""Notices that a line's RTP has stopped: the far end may have gone without a word."""

from collections.abc import Callable

from ivr.sip.timers import Timer, Timers

_SECONDS_BETWEEN_LOOKS = 2.0
"""Asking the library for one stream's statistics costs tens of microseconds."""


class Watch:
    """Looks at a line's packet counter while audio is meant to flow; a hold stops the clock."""

    def __init__(
        self,
        timers: Timers,
        seconds_without_audio: float,
        packets: Callable[[], int],
        lost: Callable[[], None],
        *,
        stagger: float,
    ) -> None:
        """`stagger`, 0 to 1, spreads the looks of lines that began together."""
        self._timers = timers
        self._limit = seconds_without_audio
        self._packets = packets
        self._lost = lost
        self._pause = min(_SECONDS_BETWEEN_LOOKS, seconds_without_audio / 4)
        self._stagger = stagger
        self._seen = 0
        self._heard_at = 0.0
        self._timer: Timer | None = None

    def look(self, *, is_flowing: bool) -> None:
        """Start or stop looking."""
        self.stop()
        if is_flowing and self._limit > 0:
            self._seen = 0
            self._heard_at = self._timers.now
            self._arm(self._pause * (0.5 + self._stagger / 2))

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, seconds: float) -> None:
        self._timer = self._timers.after(seconds, self._check)

    def _check(self) -> None:
        seen = self._packets()
        now = self._timers.now
        if seen != self._seen:
            self._seen = seen
            self._heard_at = now
        if now - self._heard_at >= self._limit:
            self.stop()
            self._lost()
        else:
            self._arm(self._pause)
