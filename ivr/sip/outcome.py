"""What a SIP status means for a line (RFC 3261 section 21)."""

from ivr.engine.events import Ending, Failure, LineEnded, LineFailed

_FAILURES = {
    480: Failure.NO_ANSWER,
    486: Failure.BUSY,
    487: Failure.NO_ANSWER,
    600: Failure.BUSY,
    603: Failure.DECLINED,
}
_BROKEN = frozenset({408, 481})
"""Statuses that end a dialogue because the far end no longer knows it (RFC 5057)."""


def failure_of(code: int, *, rang: bool) -> Failure:
    """Why a line that was dialled never answered; `code` 0 says that no status came."""
    if code in {0, 408}:
        return Failure.NO_ANSWER if rang else Failure.UNREACHABLE
    if 500 <= code <= 599:  # noqa: PLR2004 -- the class of server failures
        return Failure.UNREACHABLE
    return _FAILURES.get(code, Failure.REFUSED)


def ending_of(code: int) -> Ending:
    """How a line that was up came down."""
    if code in _BROKEN or 500 <= code <= 599:  # noqa: PLR2004 -- the class of server failures
        return Ending.BROKEN
    return Ending.HUNG_UP


def last_event(line: int, code: int, *, was_up: bool, rang: bool) -> LineEnded | LineFailed:
    """What a line has to say when it ends by itself."""
    if was_up:
        return LineEnded(line, ending_of(code))
    return LineFailed(line, failure_of(code, rang=rang), code)
