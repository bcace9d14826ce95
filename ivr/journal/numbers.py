"""Numbers the steps of each call, of the floor and of the survey programme, from 1."""

from ivr.engine.record import CallRecord
from ivr.engine.step import Step

MOST_ENDED = 1_000
"""Calls whose numbering is remembered after their end, for steps that come late."""


class Numbers:
    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._ended: dict[str, None] = {}  # in the order they ended

    def next(self, step: Step, record: CallRecord | None) -> int:
        number = self._last.get(step.subject, 0) + 1
        self._last[step.subject] = number
        if record is not None and record.is_over:
            self._end(step.subject)
        return number

    def _end(self, call: str) -> None:
        self._ended[call] = None
        if len(self._ended) > MOST_ENDED:
            oldest = next(iter(self._ended))
            del self._ended[oldest]
            del self._last[oldest]
