"""One telephone: it takes one call at a time, and does what it is told."""

import re
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pjsua2 as pj

from demo.softphone import Account, Call, Inbox, Native, Place, account_of, destroy, offer, start
from demo.tones import RATE, measure

Say = Callable[..., None]
"""Tells an event: its word, and what belongs to it by keyword."""

_HEADER = 44
_UNWRITTEN = 4000
"""Bytes of a WAV that the library writes at once."""
_LATE = 1.5
"""Seconds after which a recording that has not grown says that there is no sound."""


@dataclass(frozen=True)
class Manner:
    """What to do with an incoming call: answer after seconds, reject, or let it ring."""

    answer_after: float | None = 0.0
    reject: int = 0


class Phone:
    """One telephone: `poll` lets it work, `do` tells it what to do."""

    def __init__(self, place: Place, manner: Manner, say: Say) -> None:
        self.place = place
        self.manner = manner
        self.is_done = False
        self._say = say
        self._inbox: Inbox = deque()
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._library = start(place)
        self._account = Account(self._inbox)
        self._account.create(account_of(place))
        self._call: Call | None = None
        self._tone: Native = None
        self._hz = 0
        self._player: Native = None
        self._recorder: Native = None
        self._heard = Path()
        self._keep: Path | None = None

    def register(self, registrar: str, user: str, realm: str, password: str) -> None:
        config = account_of(self.place)
        config.idUri = f"sip:{user}@{registrar}"
        config.regConfig.registrarUri = f"sip:{registrar}"
        config.sipConfig.authCreds.push_back(pj.AuthCredInfo("digest", realm, user, 0, password))
        self._account.modify(config)  # which registers at once

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
        self._sweep()

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
        """Hang up, and end the library."""
        self.is_done = True
        rounds = 20 if self._call is not None else 0
        self._library.hangupAllCalls()
        for _ in range(rounds):
            self._library.libHandleEvents(10)
        self._drop()
        for thing in (self._tone, *self._account.calls, self._account):
            if thing is not None:
                destroy(thing)
        self._library.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)
        destroy(self._library)

    # --- commands -----------------------------------------------------------------------------

    def do_call(self, uri: str, shows: str = "") -> None:
        if self._call is not None:
            raise ValueError("there is a call already")
        call = Call(self._account, pj.PJSUA_INVALID_ID, self._inbox)
        order = offer()
        if shows:
            order.txOption.localUri = self.place.uri.replace(f"{self.place.name}@", f"{shows}@")
        self._account.calls.append(call)
        call.makeCall(uri, order)
        self._call = call

    def do_on_call(
        self, answer_after: float = 0.0, reject: int = 0, *, never: bool = False
    ) -> None:
        self.manner = Manner(None if never else answer_after, reject)

    def do_answer(self) -> None:
        order = offer()
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
        order = offer()
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
            destroy(self._player)
        self._player = player
        size = player.getInfo()
        self._after(size.sizeSamples / RATE, lambda: self._say("played"))

    def do_record(self, file: str) -> None:
        self._keep = Path(file)

    def do_measure(self, seconds: float = 1.0) -> None:
        self._active()
        # What is not written yet was heard before.
        start = max(_HEADER, self._heard.stat().st_size) + _UNWRITTEN
        self._measure(start, seconds, time.monotonic() + seconds + _LATE)

    def do_statistics(self) -> None:
        statistics = self._active().getStreamStat(0)
        received = statistics.rtcp.rxStat
        self._say("statistics", received=received.pkt, lost=received.loss)

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

    def _sweep(self) -> None:
        """Destroy what is over; an active call under its id would be somebody else's."""
        for call in tuple(self._account.calls):
            if call is not self._call and not call.isActive():
                self._account.calls.remove(call)
                destroy(call)

    def _drop(self) -> None:
        """The call is over: nothing of it stays."""
        for thing in (self._player, self._recorder):
            if thing is not None:
                destroy(thing)
        if self._recorder is not None and self._keep is None:
            self._heard.unlink(missing_ok=True)
        self._player = self._recorder = self._call = None


def _user(message: str, line: str) -> str:
    found = re.search(rf"^{line}.*?sip:([^@>;\s]*)@", message, re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else ""
