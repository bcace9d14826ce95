"""A call that is changed while it is up (RFC 3261 section 14): it goes on, whatever is asked."""

from collections.abc import Iterator

import pytest

from tests.sip.caller import Caller, sdp
from tests.sip.desk import Desk

PCMU, PCMA, G729 = 0, 8, 18
PICTURES = "m=video 5000 RTP/AVP 31\r\n"
TEXT = "m=text 6000 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n"


@pytest.fixture
def caller(desk: Desk) -> Iterator[Caller]:
    one = Caller(desk).call()
    yield one
    one.stop()


@pytest.mark.parametrize(
    ("wish", "streams"),
    [
        (sdp(101, "0-16", PCMU), ["m=audio RTP/AVP 0 101"]),
        (sdp(0, "", PCMA), ["m=audio RTP/AVP 8"]),
        ("", ["m=audio RTP/AVP 8 0 9 101"]),
        (sdp(101, "0-16", PCMA) + PICTURES, ["m=audio RTP/AVP 8 101", "m=video 0 RTP/AVP 31"]),
        (sdp(101, "0-16", PCMA) + TEXT, ["m=audio RTP/AVP 8 101", "m=text 0 RTP/AVP 98"]),
    ],
    ids=["another codec", "no keys", "an offer of ours", "pictures", "text"],
)
def test_what_can_be_is_agreed(desk: Desk, caller: Caller, wish: str, streams: list[str]) -> None:
    answer = caller.change(2, wish)

    assert answer.code == 200
    assert streams_of(answer.text) == streams
    desk.run(0.1)
    assert desk.lines[0].offers_keys == ("101" in wish or not wish)
    is_still_heard(desk, caller)


def test_what_cannot_be_is_refused_and_the_call_is_as_it_was(desk: Desk, caller: Caller) -> None:
    assert caller.change(2, sdp(101, "0-16", G729)).code >= 400
    is_still_heard(desk, caller)


def streams_of(answer: str) -> list[str]:
    """The media lines, without the port of those that are taken."""
    lines = (line.split(" ", 2) for line in answer.splitlines() if line.startswith("m="))
    return [f"{kind} 0 {rest}" if port == "0" else f"{kind} {rest}" for kind, port, rest in lines]


def is_still_heard(desk: Desk, caller: Caller) -> None:
    """Press a key, which counts where keys were agreed on."""
    assert caller.rtp is not None
    caller.rtp.press("5")
    if desk.lines[0].offers_keys:
        desk.until(lambda: desk.pressed() == "5")
    assert not desk.lines[0].is_over
