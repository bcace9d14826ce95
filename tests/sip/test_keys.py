"""Keys: by RFC 4733 at any payload type, by SIP INFO, and by telephones that misbehave."""

from collections.abc import Callable, Iterator

import pytest

from ivr.engine.events import KeyPressed, LineEnded
from ivr.sip import Line
from ivr.sip.keys import Keys
from ivr.sip.notices import KeyHeard
from tests.sip.caller import Caller
from tests.sip.desk import Desk
from tests.sip.rtp import KEYS, Sender
from tests.sip.sipp import Sipp


@pytest.fixture
def caller(desk: Desk) -> Iterator[Callable[..., Sender]]:
    """Calls the desk, and gives the RTP of that call."""
    callers: list[Caller] = []

    def call(**options: int | str) -> Sender:
        callers.append(Caller(desk).call(**options))  # type: ignore[arg-type]
        rtp = callers[-1].rtp
        assert rtp is not None
        return rtp

    yield call
    for one in callers:
        one.stop()


@pytest.mark.parametrize("payload_type", [96, 101, 120])
@pytest.mark.parametrize("events", ["0-15", "0-16", ""])
def test_keys_are_heard_at_any_payload_type(
    desk: Desk, caller: Callable[..., Sender], payload_type: int, events: str
) -> None:
    rtp = caller(payload_type=payload_type, events=events)

    for key in KEYS:
        rtp.press(key)
        desk.run(0.01)
    desk.until(lambda: len(desk.pressed()) == len(KEYS))

    assert desk.pressed() == KEYS
    assert desk.lines[0].offers_keys
    assert desk.endpoint.keys == {"rtp": 16}


def test_a_peer_that_offers_no_keys_is_known(desk: Desk, caller: Callable[..., Sender]) -> None:
    caller(payload_type=0)

    assert not desk.lines[0].offers_keys


def test_a_key_that_is_pressed_twice_is_two_keys(desk: Desk, caller: Callable[..., Sender]) -> None:
    rtp = caller()

    rtp.press("7")
    rtp.press("7")
    desk.until(lambda: len(desk.pressed()) == 2)
    desk.run(0.1)

    assert desk.pressed() == "77"


def test_a_second_press_without_its_beginning_is_heard(
    desk: Desk, caller: Callable[..., Sender]
) -> None:
    rtp = caller()

    rtp.press("7", packets=3)
    # The beginning of the next press is lost, so it looks like a longer first one.
    rtp.report(("7", 1440, False), stamp=rtp.stamp)
    rtp.report(("7", 1600, True), stamp=rtp.stamp)
    desk.until(lambda: len(desk.pressed()) == 2)

    assert desk.pressed() == "77"


def test_a_late_end_of_the_key_before_is_no_key(desk: Desk, caller: Callable[..., Sender]) -> None:
    rtp = caller()

    first = rtp.stamp
    rtp.report(("1", 160, False), stamp=first, marker=True)
    rtp.report(("1", 800, True), stamp=first)
    rtp.stamp += 1600
    rtp.report(("2", 160, False), stamp=rtp.stamp, marker=True)
    rtp.report(("1", 800, True), stamp=first)
    rtp.report(("2", 320, False), stamp=rtp.stamp)
    rtp.report(("2", 480, True), stamp=rtp.stamp)
    desk.until(lambda: len(desk.pressed()) >= 2)
    desk.run(0.1)

    assert desk.pressed() == "12"


def test_keys_packed_in_one_packet_all_count_once(
    desk: Desk, caller: Callable[..., Sender]
) -> None:
    """RFC 4733 2.5.1.5 allows it, and the packet is repeated as the end of one key is."""
    rtp = caller()

    for number in range(3):
        keys = (("1", 400, True), ("2", 400, True), ("2", 400, True))
        rtp.report(*keys, stamp=rtp.stamp, marker=number == 0)
    rtp.stamp += 1600
    rtp.press("3")
    desk.until(lambda: len(desk.pressed()) == 4)
    desk.run(0.1)

    assert desk.pressed() == "1223"


def test_a_key_packed_behind_one_that_has_ended_may_go_on(
    desk: Desk, caller: Callable[..., Sender]
) -> None:
    rtp = caller()

    rtp.report(("4", 400, True), ("5", 160, False), stamp=rtp.stamp, marker=True)
    rtp.report(("5", 560, True), stamp=rtp.stamp + 400)
    desk.until(lambda: len(desk.pressed()) == 2)
    desk.run(0.1)

    assert desk.pressed() == "45"


def test_two_keys_in_one_datagram_burst_both_count(
    desk: Desk, caller: Callable[..., Sender]
) -> None:
    rtp = caller()

    rtp.press("4", packets=1)
    rtp.press("5", packets=1)
    desk.until(lambda: len(desk.pressed()) == 2)

    assert desk.pressed() == "45"


def test_a_storm_of_keys_is_heard_in_full(desk: Desk, caller: Callable[..., Sender]) -> None:
    """Fifty keys a second for two seconds; nothing is lost and the call stays up."""
    rtp = caller()
    pressed = ""

    for number in range(100):
        key = KEYS[number % len(KEYS)]
        pressed += key
        rtp.press(key, packets=1)
        desk.run(0.02)
    desk.until(lambda: len(desk.pressed()) == len(pressed))

    assert desk.pressed() == pressed
    assert not desk.lines[0].is_over


def test_broken_reports_do_nothing(desk: Desk, caller: Callable[..., Sender]) -> None:
    rtp = caller()

    for body in (b"", b"\x01", b"\x01\x02\x03", b"\xff\x0a\x00\xa0", b"\x10\x0a\x00\xa0"):
        rtp._send(101, body)
    rtp.press("9")
    desk.until(desk.pressed)

    assert desk.pressed() == "9"


def test_a_captured_key_is_heard(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    desk.react = hang_up_on("5")

    sipp("uac-pcap-key-expect-bye", desk).expect(desk)

    assert desk.pressed() == "5"


def test_keys_by_info_are_heard(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    desk.react = hang_up_on("*")

    sipp("uac-info-keys-expect-bye", desk).expect(desk)

    assert desk.pressed() == "5#7#*"
    assert desk.endpoint.keys == {"info": 5}
    assert not desk.lines[0].offers_keys


def test_an_info_that_is_no_key_is_refused(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    sipp("uac-info-garbage-expect-400", desk).expect(desk)
    desk.until(lambda: desk.has(LineEnded(1)))

    assert desk.pressed() == ""


def test_a_sender_that_moves_the_time_within_a_press_presses_once() -> None:
    """Some gateways stamp every report of a press anew."""
    keys = Keys()

    heard = [
        keys.press(KeyHeard(1, "rtp", "5", stamp, is_update=stamp > 0, is_end=stamp == 60))
        for stamp in (0, 20, 40, 60)
    ]

    assert heard == ["5", "", "", ""]


def test_only_the_sixteen_keys_are_keys() -> None:
    keys = Keys()

    assert keys.press(KeyHeard(1, "info", "a", 0, is_update=False, is_end=True)) == "A"
    assert keys.press(KeyHeard(1, "info", "R", 0, is_update=False, is_end=True)) == ""
    assert keys.press(KeyHeard(1, "info", "\x00", 0, is_update=False, is_end=True)) == ""


def hang_up_on(key: str) -> Callable[[Line, object], None]:
    def react(line: Line, event: object) -> None:
        if isinstance(event, KeyPressed) and event.key == key:
            line.hang_up()

    return react
