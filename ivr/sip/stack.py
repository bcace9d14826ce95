"""Starts and ends the pjsua2 library, and carries its few process-wide settings.

`pj.Endpoint` is not subclassed on purpose: the library reports every operation of the audio
bridge to it from the media thread, and a subclass would run Python there.
"""

import ctypes
import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

import pjsua2 as pj

from ivr.errors import SipError
from ivr.gateway import Listen, Sip
from ivr.sip.audio import RATE
from ivr.sip.leg import destroy
from ivr.sip.native import Native

_CODECS = {"pcma": "PCMA/8000/1", "pcmu": "PCMU/8000/1", "g722": "G722/16000/1"}
_BEST = 255
_PORTS = 2048
"""On the audio bridge: a line, its player and its recorder each, for more lines than a
gateway has. Each port in use costs 8 bytes for every port there could be."""
_MILLISECONDS_OF_JITTER = 300
_WARNING = 2
_MOST_ROUNDS_TO_CLOSE = 50

_TRANSPORTS = {
    ("udp", False): pj.PJSIP_TRANSPORT_UDP,
    ("udp", True): pj.PJSIP_TRANSPORT_UDP6,
    ("tcp", False): pj.PJSIP_TRANSPORT_TCP,
    ("tcp", True): pj.PJSIP_TRANSPORT_TCP6,
}
_HARMLESS = (
    # Said of every prompt that is let go: the library tries it as another kind of player first.
    "Assert failed: port->info.signature",
    # Said of every port that another call has; when none is left it says so besides.
    "RTP socket bind() at",
)


class Stack:
    """The library, running. There is one per process."""

    def __init__(self, sip: Sip, warn: Callable[[str], None]) -> None:
        """Raises `SipError` when the library or a transport cannot be started."""
        self._warn = warn
        _allow_many_files()
        self._library = pj.Endpoint()
        self.transports: dict[Listen, int] = {}
        try:
            with _quiet():
                self._library.libCreate()
            self._library.libInit(_settings(sip, warn))
            for listen in sip.listen:
                self.transports[listen] = self._open(listen)
            self._library.libStart()
            self._library.audDevManager().setNullDev()
            self._order_codecs(sip.codecs)
        except pj.Error as error:
            self.close()
            raise SipError(f"cannot start SIP: {error.reason}") from error
        except SipError:
            self.close()
            raise

    @property
    def silence(self) -> Native:
        """The null sound device: a source of zeros in step with the media clock."""
        return self._library.audDevManager().getCaptureDevMedia()

    def handle_events(self, seconds: float) -> None:
        """Let the library work, and wait at most so long for something to do."""
        # Rounded up: a wait of 0 ms until a timer is due would spin.
        self._library.libHandleEvents(ceil(seconds * 1000))

    def finish(self, is_busy: Callable[[], bool]) -> None:
        """End every call; then wait until nothing is left to say, a second at most."""
        self._library.hangupAllCalls()
        for _ in range(_MOST_ROUNDS_TO_CLOSE):
            if not is_busy():
                return
            self.handle_events(0.02)

    def close(self) -> None:
        """Everything made with the library must have been destroyed."""
        library, self._library = self._library, None
        if library is None:
            return
        try:
            # The library would wait another second for answers; `finish` has done that.
            library.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)
        except pj.Error as error:
            self._warn(f"SIP did not end cleanly: {error.reason}")
        destroy(library)

    def is_address(self, uri: str) -> bool:
        return bool(self._library.utilVerifySipUri(uri) == pj.PJ_SUCCESS)

    def _open(self, listen: Listen) -> int:
        kind = _TRANSPORTS.get((listen.protocol, ":" in listen.address))
        if kind is None:
            raise SipError(f"{listen.protocol} is not a transport: use udp or tcp")
        config = pj.TransportConfig()
        config.port = listen.port
        config.boundAddress = listen.address
        try:
            return int(self._library.transportCreate(kind, config))
        except pj.Error as error:
            place = f"{listen.protocol} {listen.address} port {listen.port}"
            raise SipError(f"cannot listen on {place}: {error.reason}") from error

    def _order_codecs(self, codecs: tuple[str, ...]) -> None:
        for codec in self._library.codecEnum2():
            self._library.codecSetPriority(codec.codecId, 0)
        for place, name in enumerate(codecs):
            if name not in _CODECS:
                raise SipError(f"codec {name} is not known: use {', '.join(_CODECS)}")
            self._library.codecSetPriority(_CODECS[name], _BEST - place)


class _Log(pj.LogWriter):  # type: ignore[misc]  # SWIG writes no types
    """Passes warnings on."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        super().__init__()
        self._warn = warn

    def write(self, entry: Native) -> None:
        if entry.level <= _WARNING and not entry.msg.startswith(_HARMLESS):
            self._warn(entry.msg)


def _settings(sip: Sip, warn: Callable[[str], None]) -> Native:
    settings = pj.EpConfig()
    agent = settings.uaConfig
    agent.userAgent = sip.user_agent
    agent.threadCnt = 0  # the owner thread polls
    agent.mainThreadOnly = True  # and hears of everything
    agent.natTypeInSdp = 0
    agent.mwiUnsolicitedEnabled = False
    media = settings.medConfig
    media.clockRate = media.sndClockRate = RATE
    media.audioFramePtime = media.ptime = 20
    media.channelCount = 1
    media.maxMediaPorts = _PORTS
    media.noVad = True
    media.ecOptions = media.ecTailLen = 0
    media.jbMax = _MILLISECONDS_OF_JITTER
    media.sndAutoCloseTime = -1  # the null device is the clock of every call
    log = settings.logConfig
    log.level = _WARNING
    log.consoleLevel = _WARNING  # the writer is the console: with 0 it would hear nothing
    log.msgLogging = 0
    log.decor = 0
    writer = _Log(warn)
    log.writer = writer
    writer.__disown__()  # the library deletes its writer
    return settings


def _allow_many_files() -> None:
    """Let the process have as many files open as it may: a call with a prompt takes five.

    Many systems start a process with 1024, which 200 calls use up.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextmanager
def _quiet() -> Iterator[None]:
    """The library greets on standard output before it can be told to be silent."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        # What C holds back would be said at the very end, when everything is back in its place.
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
