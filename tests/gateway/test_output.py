"""Nobody on the telephone notices what becomes of the gateway's output."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from tests.gateway.conftest import Open
from tests.gateway.house import IVR, House, until
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740614"
SMALLEST_PIPE = 4096


def test_a_call_goes_on_when_the_reader_goes_stands_still_or_has_a_full_disk(
    opened: Open,
) -> None:
    left, gone = os.pipe()
    os.close(left)
    still, full = os.pipe()
    fcntl.fcntl(still, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    disk = os.open("/dev/full", os.O_WRONLY)

    houses = {output: opened() for output in (gone, full, disk)}
    with ExitStack() as stack, ThreadPoolExecutor() as together:
        stack.callback(os.close, still)
        gateways = [stack.enter_context(started(house, output)) for output, house in houses.items()]
        list(together.map(talk, houses.values()))
    assert [gateway.returncode for gateway in gateways] == [0, 0, 0]
    for house in houses.values():
        assert [record.outcome for record in house.reader.calls()] == ["abandoned"]


@contextmanager
def started(house: House, output: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a gateway with this output, and stop it."""
    command = (*IVR, "run", str(house.site.folder), "--watch")
    with subprocess.Popen(command, stdout=output) as gateway:
        os.close(output)
        try:
            yield gateway
            gateway.send_signal(signal.SIGTERM)
            gateway.wait(20)
        finally:
            gateway.kill()


def is_up(house: House) -> bool:
    command = (*IVR, "status", "--control", str(house.site.control))
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def talk(house: House) -> None:
    """Press more keys than a pipe has room for, and then the one that counts."""
    until(lambda: is_up(house))
    with Wire(house.site.sip) as wire:
        assert wire.ring(NUMBER).status == 200
        wire.press("*" * 150, 0.01)
        wire.press("1")
        house.shows('ivr_queue_waiting{queue="virksomhed"}', 1)
        assert wire.missed == 0
