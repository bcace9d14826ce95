"""What no telephone should send does not touch the call that is up, nor the gateway."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from threading import Event

import pytest

from tests.gateway.house import House
from tests.gateway.log import Story
from tests.gateway.site import LOOPBACK
from tests.gateway.wire import Wire
from tests.sip.test_bad_input import BAD, BAD_BODIES, invite

pytestmark = pytest.mark.sip

NUMBER = "+46701740613"
PACKET = 0.001
"""Seconds between two messages: as fast as they can be sent, but not lost on the way."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[House]:
    with closing(House(tmp_path_factory.mktemp("house"), prompts)) as house:
        house.start()
        yield house


@pytest.fixture
def enemy(house: House) -> Iterator[Wire]:
    """Somebody at the same address as the trunk, who means no good."""
    with Wire(house.site.sip) as wire:
        yield wire


@pytest.fixture
def call(house: House) -> Iterator[Story]:
    """A call that is up, and must be as well at the end as it was in the beginning."""
    with Wire(house.site.sip) as wire:
        story = house.ring(wire, NUMBER)
        wire.murmur()
        story.tells("says menu.demo.long")
        yield story
        heard = len(wire.heard)
        wire.press("9")
        story.tells("presses 9", 2)
        wire.press("1")
        story.tells("joins queue", 5)
        Event().wait(0.1)
        assert len(wire.heard) > heard
        assert wire.missed == 0
        assert not wire.has_ended.is_set()
    assert house.record(story.id).outcome == "abandoned"


def throw(enemy: Wire, *messages: bytes) -> None:
    for message in messages:
        enemy.send(message.replace(b"PORT", str(enemy.port).encode()))
        Event().wait(PACKET)


@pytest.mark.usefixtures("call")
def test_bad_messages_do_not_touch_a_call(enemy: Wire) -> None:
    throw(enemy, *(invite(f"bad-{place}", change) for place, change in enumerate(BAD.values())))
    bodies = enumerate(BAD_BODIES.values())
    throw(enemy, *(invite(f"body-{place}", body=body) for place, body in bodies))


@pytest.mark.usefixtures("call")
def test_truncated_and_giant_messages_do_not_touch_a_call(enemy: Wire) -> None:
    whole = invite("whole")
    throw(enemy, *(whole[:length] for length in range(0, len(whole), 7)))
    for header in ("Subject: " + "x" * 60_000, "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n" * 1500):
        throw(enemy, invite("giant", ("Max-Forwards: 70", header.strip())))


@pytest.mark.usefixtures("call")
def test_noise_does_not_touch_a_call(enemy: Wire) -> None:
    chance = Random(3261)  # noqa: S311 -- the same noise every time
    throw(enemy, b"", b"\0", b"\r\n\r\n", *(chance.randbytes(900) for _ in range(200)))


@pytest.mark.usefixtures("call")
def test_noise_over_tcp_does_not_touch_a_call(house: House) -> None:
    chance = Random(4475)  # noqa: S311 -- the same noise every time
    for piece in (
        *(chance.randbytes(2000) for _ in range(20)),
        invite("half")[:120],
        invite("too-long", ("Content-Length: ", "Content-Length: 99999999")),
        b"INVITE " * 20_000,
    ):
        stream = socket.create_connection((LOOPBACK, house.site.sip))
        with closing(stream), suppress(OSError):  # it may hang up on us
            stream.sendall(piece)


def test_nonsense_within_a_call_does_not_end_it(house: House) -> None:
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("says menu.demo.long")
        wire.send(wire.request("NOSUCH"))
        assert wire.answer().status >= 400
        wire.send(wire.request("INFO", "Signal=\r\nthis is nothing", "application/dtmf-relay"))
        assert wire.answer().status >= 200
        wire.send(wire.request("REFER"))
        assert wire.answer().status >= 400
        wire.press("1")
        call.tells("joins queue")
        assert not wire.has_ended.is_set()


def test_after_all_this_the_gateway_knows_only_calls_that_were(house: House) -> None:
    house.shows('ivr_calls_active{direction="in",group="virksomhed"}', 0)

    assert "fault" not in " ".join(house.log.lines)
