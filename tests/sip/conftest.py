"""Every test in this folder talks SIP over loopback; each gets what it needs from here."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.gateway import Sip
from tests.sip.desk import Clock, Desk, a_gateway, steady
from tests.sip.peer import Answer, Peer
from tests.sip.phones import Phone
from tests.sip.sipp import Sipp

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.sip)


@pytest.fixture
def open_desk() -> Iterator[Callable[..., Desk]]:
    """Opens endpoints, one at a time, and closes them in the end."""
    desks: list[Desk] = []

    def open_one(sip: Sip | None = None, *, clock: Clock = steady, **options: float) -> Desk:
        desks.append(Desk(sip or a_gateway(), clock=clock, **options))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """An endpoint on 127.0.0.1 that takes calls from there."""
    return open_desk()


@pytest.fixture
def sipp(tmp_path: Path) -> Iterator[Callable[..., Sipp]]:
    """Starts SIPp with a scenario of this folder, against a desk."""
    if shutil.which("sipp") is None:
        if os.environ.get("CI"):
            pytest.fail("SIPp is missing: apt-get install sip-tester")
        pytest.skip("SIPp is missing: apt-get install sip-tester")
    running: list[Sipp] = []

    def start(scenario: str, desk: Desk, *, calls: int = 1, rate: int = 10) -> Sipp:
        folder = tmp_path / f"sipp{len(running)}"
        folder.mkdir()
        running.append(Sipp(scenario, desk, folder, calls=calls, rate=rate))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def phone() -> Iterator[Callable[..., Phone]]:
    """Starts telephones, each a process of its own."""
    phones: list[Phone] = []

    def start(name: str, *options: str) -> Phone:
        phones.append(Phone(name, *options))
        return phones[-1]

    yield start
    for one in phones:
        one.stop()


@pytest.fixture
def peer() -> Iterator[Callable[[Answer], Peer]]:
    """Starts far ends that answer as told, and stops them in the end."""
    peers: list[Peer] = []

    def start(answer: Answer) -> Peer:
        peers.append(Peer(answer))
        return peers[-1]

    yield start
    for one in peers:
        one.stop()
