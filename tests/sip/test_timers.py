"""Timers, and what a status means: no SIP is spoken here."""

import pytest

from ivr.engine.events import Ending, Failure
from ivr.sip.outcome import ending_of, failure_of
from ivr.sip.timers import Timers
from ivr.sip.warnings import MOST, SECONDS, Warnings, impersonal
from ivr.sip.watch import Watch


def test_what_is_due_is_done_in_order_and_once() -> None:
    timers, done = Timers(), list[str]()
    timers.fire(100.0)
    timers.after(2.0, lambda: done.append("second"))
    timers.after(1.0, lambda: done.append("first"))
    timers.after(1.5, lambda: done.append("never")).cancel()

    assert timers.seconds_left(10.0) == 1.0
    timers.fire(101.0)
    assert done == ["first"]

    timers.fire(200.0)
    timers.fire(300.0)
    assert done == ["first", "second"]
    assert timers.seconds_left(10.0) == 10.0


def test_what_is_set_before_time_begins_counts_from_its_beginning() -> None:
    timers, done = Timers(), list[str]()
    timers.after(5.0, lambda: done.append("five seconds"))
    timers.after(0.0, lambda: done.append("at once"))

    timers.fire(1000.0)
    assert done == ["at once"]
    timers.fire(1004.9)
    assert done == ["at once"]
    timers.fire(1005.0)
    assert done == ["at once", "five seconds"]


def test_a_timer_may_set_another() -> None:
    timers, done = Timers(), list[float]()

    def again() -> None:
        done.append(timers.now)
        timers.after(1.0, again)

    timers.after(1.0, again)
    for second in range(4):
        timers.fire(float(second))

    assert done == [1.0, 2.0, 3.0]


def test_silence_is_noticed_once_and_not_while_held() -> None:
    timers, lost, packets = Timers(), list[float](), [0]
    timers.fire(0.0)
    watch = Watch(timers, 10.0, lambda: packets[0], lambda: lost.append(timers.now), stagger=0.5)
    watch.look(is_flowing=True)

    for second in range(60):
        if second < 20:
            packets[0] += 50
        timers.fire(float(second))
        if second == 25:
            watch.look(is_flowing=False)
        if second == 40:
            watch.look(is_flowing=True)

    assert len(lost) == 1
    assert 50 <= lost[0] <= 53


def test_without_a_limit_nobody_watches() -> None:
    timers = Timers()
    Watch(timers, 0.0, lambda: 0, lambda: None, stagger=0.0).look(is_flowing=True)

    assert timers.seconds_left(99.0) == 99.0


def test_warnings_name_nobody() -> None:
    said = "Call to sip:+4520304050@10.0.0.1 (tel:+45 20) failed, 20304050 of 12\nFrom: Anna"

    assert impersonal(said) == "Call to ... (... 20) failed, ... of 12"


def test_a_flood_of_warnings_is_counted() -> None:
    timers, said = Timers(), list[str]()
    warn = Warnings(timers, said.append)
    timers.fire(0.0)
    for number in range(500):
        warn(f"trouble {number}")
    assert len(said) == MOST

    timers.fire(SECONDS)
    assert said[-1] == "480 more warnings in the last 60 s"

    warn("trouble again")
    timers.fire(2 * SECONDS)
    assert said[-1] == "trouble again"


@pytest.mark.parametrize(
    ("code", "rang", "failure"),
    [
        (0, False, Failure.UNREACHABLE),
        (0, True, Failure.NO_ANSWER),
        (400, False, Failure.REFUSED),
        (488, True, Failure.REFUSED),
        (604, False, Failure.REFUSED),
        (599, False, Failure.UNREACHABLE),
    ],
)
def test_what_a_status_means_for_a_call(code: int, rang: bool, failure: Failure) -> None:  # noqa: FBT001 -- a table
    assert failure_of(code, rang=rang) is failure


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        (200, Ending.HUNG_UP),
        (487, Ending.HUNG_UP),
        (408, Ending.BROKEN),
        (481, Ending.BROKEN),
        (503, Ending.BROKEN),
    ],
)
def test_how_a_line_came_down(code: int, ending: Ending) -> None:
    assert ending_of(code) is ending
