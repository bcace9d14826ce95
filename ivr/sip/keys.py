"""Tells one press of a key from its many reports (RFC 4733 section 2.5.1).

A key is sent as a report every 20 ms or so, and its end three times. All reports of a press
carry the RTP time of its start, so that time names the press. The library compares only key
and duration: it takes a late report of an earlier key for a new press, and a second press
whose first reports were lost for the first one.
"""

from collections import deque

from ivr.sip.notices import KeyHeard

KEYS = frozenset("0123456789*#ABCD")


class Keys:
    """The keys of one line."""

    def __init__(self) -> None:
        self._presses: deque[tuple[str, int]] = deque(maxlen=8)
        self._has_ended = True

    def press(self, heard: KeyHeard) -> str:
        """The key when this report is the first of a press, otherwise ""."""
        key = heard.key.upper()
        if key not in KEYS:
            return ""
        if heard.method == "info":  # one message is one press, and is not repeated
            return key
        press = (key, heard.stamp)
        is_new = press not in self._presses and (not heard.is_update or self._has_ended)
        self._has_ended = heard.is_end
        if not is_new:
            return ""
        self._presses.append(press)
        return key
