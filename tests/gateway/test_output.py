"""Nobody on the telephone notices what becomes of the gateway's output."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.conftest import Open
from tests.gateway.house import IVR, House, until
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740614"
SMALLEST_PIPE = 4096


def reader_goes_away() -> int:
    heard, said = os.pipe()
    os.close(heard)
    return said


def reader_stands_still() -> int:
    heard, said = os.pipe()
    fcntl.fcntl(heard, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    return said


def disk_is_full() -> int:
    return os.open(Path("/dev/full"), os.O_WRONLY)


@pytest.mark.parametrize("output", [reader_goes_away, reader_stands_still, disk_is_full])
def test_a_call_goes_on_when_the(opened: Open, output: Callable[[], int]) -> None:
    house = opened()
    descriptor = output()
    command = (*IVR, "run", str(house.site.folder), "--watch")
    gateway = subprocess.Popen(command, stdout=descriptor, stderr=subprocess.PIPE)
    os.close(descriptor)
    try:
        until(lambda: is_up(house))
        talk(house)
    finally:
        gateway.send_signal(signal.SIGTERM)
        _, errors = gateway.communicate(timeout=20)

    assert (gateway.returncode, errors) == (0, b"")
    assert [record.outcome for record in house.reader.calls()] == ["abandoned"]


def is_up(house: House) -> bool:
    command = (*IVR, "status", "--control", str(house.site.control))
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def talk(house: House) -> None:
    """Press more keys than a pipe has room for, and then the one that counts."""
    with Wire(house.site.sip) as wire:
        assert wire.ring(NUMBER).status == 200
        wire.press("*" * 150, 0.01)
        wire.press("1")
        house.shows('ivr_queue_waiting{queue="virksomhed"}', 1)
        assert wire.missed == 0
