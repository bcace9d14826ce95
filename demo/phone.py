"""A telephone in a process of its own: try a gateway with it by hand, or from a program.

    python -m demo.phone --port 5080 --name caller

One JSON object a line on standard input tells it what to do; one JSON object a line on
standard output tells what happens. It takes one call at a time, and ends with its input, or
after `--seconds`. Commands, `do` being the word, the rest having the defaults shown:

    call uri, shows ""            ring an address; `shows` is the user part of From
    on_call answer_after 0        what to do with later calls: answer after so many seconds,
            or reject 486, or never true
    answer | hang_up              the call there is
    keys keys, gap 0.1, seconds 0.1, method "rtp" | "info"
    hold | unhold
    tone hz                       say this tone; 0 for silence
    play file                     say this 8 kHz WAV once
    record file                   keep what is heard, until the call ends
    measure seconds 1             hear so long, then tell tone and level
    quit

Events, `event` being the word: ready uri; incoming caller, dialled; ringing code; answered;
ended code; key key, method; measured hz, level (dBFS; hz 0 when it is silent); played;
registered code; done do (the command is carried out); error text.
"""

import argparse
import json
import os
import queue
import re
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pjsua2 as pj

from demo.tones import RATE, measure

Say = Callable[..., None]
_LATE = 1.0
"""Seconds after which a recording that has not grown says that there is no sound."""


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


@dataclass(frozen=True)
class Manner:
    """What to do with an incoming call: answer after seconds, reject, or let it ring."""

    answer_after: float | None = 0.0
    reject: int = 0


class Call(pj.Call):  # type: ignore[misc]  # SWIG writes no types
    """Its callbacks write down what happened; the telephone reads it afterwards."""

    def __init__(self, account: Any, call_id: int, inbox: deque[tuple[str, Any]]) -> None:
        super().__init__(account, call_id)
        self.inbox = inbox

    def onCallState(self, prm: Any) -> None:
        del prm
        info = self.getInfo()
        self.inbox.append(("state", (info.state, int(info.lastStatusCode))))

    def onCallMediaState(self, prm: Any) -> None:
        del prm
        self.inbox.append(("media", None))

    def onDtmfDigit(self, prm: Any) -> None:
        method = "info" if prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO else "rtp"
        self.inbox.append(("key", (prm.digit, method)))


class Account(pj.Account):  # type: ignore[misc]  # SWIG writes no types
    def __init__(self, inbox: deque[tuple[str, Any]]) -> None:
        super().__init__()
        self.inbox = inbox
        self.calls: list[Call] = []

    def onIncomingCall(self, prm: Any) -> None:
        is_busy = any(call.isActive() for call in self.calls)
        call = Call(self, prm.callId, deque() if is_busy else self.inbox)
        self.calls.append(call)
        self.inbox.append(("call", (call, prm.rdata.wholeMsg)))

    def onRegState(self, prm: Any) -> None:
        self.inbox.append(("registered", int(prm.code)))


class Phone:
    """One telephone: `poll` lets it work, `do` tells it what to do."""

    def __init__(self, place: Place, manner: Manner, say: Say) -> None:
        self.place = place
        self.manner = manner
        self.is_done = False
        self._say = say
        self._inbox: deque[tuple[str, Any]] = deque()
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._library = _start(place)
        self._account = Account(self._inbox)
        self._account.create(_account(place))
        self._call: Call | None = None
        self._tone: Any = None
        self._hz = 0
        self._player: Any = None
        self._recorder: Any = None
        self._heard = Path()
        self._keep: Path | None = None

    def register(self, registrar: str, user: str, realm: str, password: str) -> None:
        config = _account(self.place)
        config.idUri = f"sip:{user}@{registrar}"
        config.regConfig.registrarUri = f"sip:{registrar}"
        config.sipConfig.authCreds.push_back(pj.AuthCredInfo("digest", realm, user, 0, password))
        self._account.modify(config)
        self._account.setRegistration(True)

    def poll(self) -> None:
        self._library.libHandleEvents(5)
        now = time.monotonic()
        due = [act for at, act in self._later if at <= now]
        self._later = [entry for entry in self._later if entry[0] > now]
        for act in due:
            act()
        while self._inbox:
            what, value = self._inbox.popleft()
            getattr(self, f"_take_{what}")(value)

    def do(self, order: dict[str, Any]) -> None:
        """Carry out one command; what cannot be done is told as an error."""
        order = dict(order)
        name = str(order.pop("do", ""))
        act = getattr(self, f"do_{name}", None)
        if act is None:
            self._say("error", text=f"there is no command {name!r}")
            return
        try:
            act(**order)
        except (pj.Error, TypeError, ValueError, OSError) as error:
            self._say("error", text=f"{name}: {getattr(error, 'reason', error)}")
        else:
            self._say("done", do=name)

    def close(self) -> None:
        self.is_done = True
        self._library.hangupAllCalls()
        for _ in range(20):
            self._library.libHandleEvents(10)
        self._drop()
        for thing in (self._tone, *self._account.calls, self._account, self._library):
            if thing is not None:
                _destroy(thing)

    # --- commands -----------------------------------------------------------------------------

    def do_call(self, uri: str, shows: str = "") -> None:
        if self._call is not None:
            raise ValueError("there is a call already")
        call = Call(self._account, pj.PJSUA_INVALID_ID, self._inbox)
        order = _offer()
        if shows:
            order.txOption.localUri = self.place.uri.replace(f"{self.place.name}@", f"{shows}@")
        self._account.calls.append(call)
        self._call = call
        call.makeCall(uri, order)

    def do_on_call(
        self, answer_after: float = 0.0, reject: int = 0, *, never: bool = False
    ) -> None:
        self.manner = Manner(None if never else answer_after, reject)

    def do_answer(self) -> None:
        order = _offer()
        order.statusCode = pj.PJSIP_SC_OK
        self._active().answer(order)

    def do_hang_up(self) -> None:
        self._active().hangup(pj.CallOpParam())

    def do_keys(
        self, keys: str, gap: float = 0.1, seconds: float = 0.1, method: str = "rtp"
    ) -> None:
        for place, key in enumerate(keys):
            self._after(place * (gap + seconds), lambda key=key: self._press(key, seconds, method))  # type: ignore[misc]

    def do_hold(self) -> None:
        self._active().setHold(pj.CallOpParam(True))

    def do_unhold(self) -> None:
        order = _offer()
        order.opt.flag = pj.PJSUA_CALL_UNHOLD
        self._active().reinvite(order)

    def do_tone(self, hz: int) -> None:
        self._hz = hz
        self._sound()

    def do_play(self, file: str) -> None:
        player = pj.AudioMediaPlayer()
        player.createPlayer(file, pj.PJMEDIA_FILE_NO_LOOP)
        player.startTransmit(self._active().getAudioMedia(-1))
        if self._player is not None:
            _destroy(self._player)
        self._player = player
        size = player.getInfo()
        self._after(size.sizeSamples / RATE, lambda: self._say("played"))

    def do_record(self, file: str) -> None:
        self._keep = Path(file)

    def do_measure(self, seconds: float = 1.0) -> None:
        self._active()
        self._measure(self._heard.stat().st_size, seconds, time.monotonic() + seconds + _LATE)

    def do_quit(self) -> None:
        self.is_done = True

    # --- what happens ---------------------------------------------------------------------------

    def _take_call(self, value: tuple[Call, str]) -> None:
        call, message = value
        if self._call is not None:
            self._refuse(call, pj.PJSIP_SC_BUSY_HERE)
            return
        self._say("incoming", caller=_user(message, "From:"), dialled=_user(message, "INVITE"))
        self._call = call
        if self.manner.reject:
            self._refuse(call, self.manner.reject)
            return
        ringing = pj.CallOpParam(True)
        ringing.statusCode = pj.PJSIP_SC_RINGING
        call.answer(ringing)
        if self.manner.answer_after is not None:
            self._after(self.manner.answer_after, lambda: self._answer_if_ringing(call))

    def _take_state(self, value: tuple[int, int]) -> None:
        state, code = value
        if state == pj.PJSIP_INV_STATE_EARLY:
            self._say("ringing", code=code)
        elif state == pj.PJSIP_INV_STATE_CONFIRMED:
            self._say("answered")
        elif state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._drop()
            self._say("ended", code=code)

    def _take_media(self, value: None) -> None:
        del value
        try:
            media = self._active().getAudioMedia(-1)
        except (pj.Error, ValueError):
            return
        if self._recorder is None:
            self._heard = self._keep or Path(tempfile.mkstemp(suffix=".wav")[1])
            self._recorder = pj.AudioMediaRecorder()
            self._recorder.createRecorder(str(self._heard))
        media.startTransmit(self._recorder)
        self._sound()

    def _take_key(self, value: tuple[str, str]) -> None:
        self._say("key", key=value[0], method=value[1])

    def _take_registered(self, code: int) -> None:
        self._say("registered", code=code)

    # --- how -----------------------------------------------------------------------------------

    def _active(self) -> Call:
        if self._call is None:
            raise ValueError("there is no call")
        return self._call

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, act))

    def _press(self, key: str, seconds: float, method: str) -> None:
        if self._call is None:
            return
        press = pj.CallSendDtmfParam()
        is_info = method == "info"
        press.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if is_info else pj.PJSUA_DTMF_METHOD_RFC2833
        press.duration = int(seconds * 1000)
        press.digits = key
        try:
            self._call.sendDtmf(press)
        except pj.Error as error:
            self._say("error", text=f"keys: {error.reason}")

    def _refuse(self, call: Call, code: int) -> None:
        order = pj.CallOpParam()
        order.statusCode = code
        call.hangup(order)

    def _answer_if_ringing(self, call: Call) -> None:
        if self._call is call and call.getInfo().state != pj.PJSIP_INV_STATE_CONFIRMED:
            self.do_answer()

    def _sound(self) -> None:
        """Say the tone that was asked for, on the call there is."""
        if self._tone is None:
            self._tone = pj.ToneGenerator()
            self._tone.createToneGenerator(RATE)
        self._tone.stop()
        if self._hz:
            tone = pj.ToneDesc()
            tone.freq1, tone.freq2, tone.on_msec, tone.off_msec = self._hz, 0, 1000, 0
            self._tone.play(pj.ToneDescVector([tone]), True)
        if self._call is not None:
            self._tone.startTransmit(self._call.getAudioMedia(-1))

    def _measure(self, start: int, seconds: float, deadline: float) -> None:
        wanted = int(seconds * RATE) * 2
        if not self._heard.exists():
            return
        is_late = time.monotonic() > deadline
        if self._heard.stat().st_size - start < wanted and not is_late:
            self._after(0.05, lambda: self._measure(start, seconds, deadline))
            return
        with self._heard.open("rb") as file:
            file.seek(start)
            heard = measure(file.read(wanted))
        self._say("measured", hz=heard.hz, level=heard.level)

    def _drop(self) -> None:
        """The call is over: nothing of it stays."""
        for thing in (self._player, self._recorder):
            if thing is not None:
                _destroy(thing)
        if self._recorder is not None and self._keep is None:
            self._heard.unlink(missing_ok=True)
        self._player = self._recorder = self._call = None


def main() -> None:
    """Read commands and tell events until the input ends or the time is over."""
    options = _options()
    say = _say_json
    place = Place(
        options.name,
        options.address,
        options.port,
        options.protocol,
        options.rtp_port,
        options.codec,
    )
    manner = Manner(None if options.never else options.answer_after, options.reject)
    phone = Phone(place, manner, say)
    if options.record:
        phone.do_record(options.record)
    if options.register:
        password = os.environ.get("PHONE_PASSWORD", "")
        phone.register(options.register, options.user or options.name, options.realm, password)
    say("ready", uri=place.uri)
    orders = _read_orders()
    end = time.monotonic() + options.seconds
    while not phone.is_done and time.monotonic() < end:
        phone.poll()
        while not orders.empty():
            order = orders.get()
            phone.do(order if order is not None else {"do": "quit"})
    phone.close()


def _read_orders() -> "queue.SimpleQueue[dict[str, Any] | None]":
    """Orders as they come; None when the input ends."""
    orders: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            try:
                order = json.loads(line)
            except json.JSONDecodeError as error:
                order = {"do": f"? {error}"}
            orders.put(order if isinstance(order, dict) else {"do": str(order)})
        orders.put(None)

    threading.Thread(target=read, daemon=True).start()
    return orders


def _say_json(event: str, **values: object) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


def _start(place: Place) -> Any:
    library = pj.Endpoint()
    with _quiet():
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


def _account(place: Place) -> Any:
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


def _offer() -> Any:
    order = pj.CallOpParam(True)
    order.opt.videoCount = 0
    order.opt.textCount = 0
    return order


def _user(message: str, line: str) -> str:
    found = re.search(rf"^{line}.*?sip:([^@>;\s]*)@", message, re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else ""


def _destroy(thing: Any) -> None:
    type(thing).__swig_destroy__(thing)


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
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demo.phone",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--name", default="phone", help="user part of its address")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--protocol", choices=("udp", "tcp"), default="udp")
    parser.add_argument("--rtp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--codec", choices=("pcma", "pcmu", "g722"), default="pcma")
    parser.add_argument("--answer-after", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--reject", type=int, default=0, metavar="CODE")
    parser.add_argument("--never", action="store_true", help="let calls ring")
    parser.add_argument("--record", default="", metavar="FILE")
    parser.add_argument(
        "--register",
        default="",
        metavar="HOST:PORT",
        help="the password is read from PHONE_PASSWORD",
    )
    parser.add_argument("--user", default="")
    parser.add_argument("--realm", default="")
    parser.add_argument("--seconds", type=float, default=300.0, help="then it ends by itself")
    return parser.parse_args()


if __name__ == "__main__":
    main()
