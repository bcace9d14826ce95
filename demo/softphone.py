"""The SIP library of a demo telephone: its set-up, and callbacks that only write down.

Written apart from `ivr.sip` on purpose: a mistake made twice is found by neither side.
"""

import ctypes
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pjsua2 as pj

from demo.tones import RATE

Native = Any
"""An object of pjsua2; SWIG writes no types."""
Inbox = deque[tuple[str, Any]]


@dataclass(frozen=True)
class Place:
    """Where the telephone listens, and who it is."""

    name: str
    address: str
    port: int
    protocol: str
    rtp_port: int
    codec: str

    @property
    def uri(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        transport = ";transport=tcp" if self.protocol == "tcp" else ""
        return f"sip:{self.name}@{host}:{self.port}{transport}"


class Call(pj.Call):  # type: ignore[misc]  # SWIG writes no types
    """Its callbacks write down what happened; the telephone reads it afterwards."""

    def __init__(self, account: Native, call_id: int, inbox: Inbox) -> None:
        super().__init__(account, call_id)
        self.inbox = inbox

    def onCallState(self, prm: Native) -> None:
        del prm
        try:
            info = self.getInfo()
        except pj.Error:  # an exception that left a callback would end the process
            return
        self.inbox.append(("state", (info.state, int(info.lastStatusCode))))

    def onCallMediaState(self, prm: Native) -> None:
        del prm
        self.inbox.append(("media", None))

    def onDtmfDigit(self, prm: Native) -> None:
        method = "info" if prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO else "rtp"
        self.inbox.append(("key", (prm.digit, method)))


class Account(pj.Account):  # type: ignore[misc]  # SWIG writes no types
    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self.inbox = inbox
        self.calls: list[Call] = []

    def onIncomingCall(self, prm: Native) -> None:
        is_busy = any(call.isActive() for call in self.calls)
        call = Call(self, prm.callId, deque() if is_busy else self.inbox)
        self.calls.append(call)
        self.inbox.append(("call", (call, prm.rdata.wholeMsg)))

    def onRegState(self, prm: Native) -> None:
        self.inbox.append(("registered", int(prm.code)))


def start(place: Place) -> Native:
    library = pj.Endpoint()
    with quiet():
        library.libCreate()
    settings = pj.EpConfig()
    settings.uaConfig.threadCnt = 0
    settings.uaConfig.mainThreadOnly = True
    settings.uaConfig.maxCalls = 8
    settings.uaConfig.userAgent = "ivr demo phone"
    settings.logConfig.level = 0
    settings.logConfig.consoleLevel = 0
    settings.medConfig.clockRate = settings.medConfig.sndClockRate = RATE
    settings.medConfig.noVad = True
    settings.medConfig.ecTailLen = 0
    settings.medConfig.sndAutoCloseTime = -1
    library.libInit(settings)
    transport = pj.TransportConfig()
    transport.port = place.port
    transport.boundAddress = place.address
    kinds = {
        ("udp", False): pj.PJSIP_TRANSPORT_UDP,
        ("udp", True): pj.PJSIP_TRANSPORT_UDP6,
        ("tcp", False): pj.PJSIP_TRANSPORT_TCP,
        ("tcp", True): pj.PJSIP_TRANSPORT_TCP6,
    }
    library.transportCreate(kinds[place.protocol, ":" in place.address], transport)
    library.libStart()
    library.audDevManager().setNullDev()
    for codec in library.codecEnum2():
        library.codecSetPriority(codec.codecId, 255 if place.codec in codec.codecId.lower() else 0)
    return library


def account_of(place: Place) -> Native:
    config = pj.AccountConfig()
    config.idUri = place.uri
    config.natConfig.contactRewriteUse = 0
    config.natConfig.sipOutboundUse = 0
    config.mediaConfig.transportConfig.boundAddress = place.address
    config.mediaConfig.transportConfig.port = place.rtp_port
    config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    if ":" in place.address:
        config.sipConfig.ipv6Use = pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY
        config.mediaConfig.ipv6Use = pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY
    return config


def offer() -> Native:
    order = pj.CallOpParam(True)
    order.opt.videoCount = 0
    order.opt.textCount = 0
    return order


def destroy(thing: Native) -> None:
    type(thing).__swig_destroy__(thing)


@contextmanager
def quiet() -> Iterator[None]:
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
