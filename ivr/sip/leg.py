"""One pjsua2 `Call`, and the registry that keeps it alive.

Four rules keep the library whole:
- A callback may not raise: the exception would leave through C code and abort the process.
- `~Call()` hangs up whoever has that call id by then. The registry holds every `Leg` until
  its end was handled, and destroys it by name, never through the garbage collector.
- Nothing here refers back to a line, so no cycle runs through a `Call`.
- A part of a struct dies with the struct: `getInfo().media` reads freed memory, because only
  the part is referred to. The whole is kept in a variable until its parts are read.
"""

from collections.abc import Callable, Iterator
from itertools import count

import pjsua2 as pj

from ivr.errors import SipError
from ivr.sip.native import Native
from ivr.sip.notices import (
    Arrived,
    Flow,
    FlowChanged,
    Inbox,
    KeyHeard,
    Phase,
    PhaseChanged,
    Refused,
    StreamEnded,
)
from ivr.sip.orders import acceptance, refusal

# pjsua2 does not export these two flags of pjmedia_stream_dtmf_event.
_IS_UPDATE = 1
_IS_END = 2

_PHASES = {
    pj.PJSIP_INV_STATE_EARLY: Phase.RINGING,
    pj.PJSIP_INV_STATE_CONFIRMED: Phase.UP,
    pj.PJSIP_INV_STATE_DISCONNECTED: Phase.OVER,
}
_SILENT = frozenset({pj.PJSIP_EVENT_TIMER, pj.PJSIP_EVENT_TRANSPORT_ERROR})
"""Events that end a call although nobody has answered."""


def destroy(thing: Native) -> None:
    """Destroy a pjsua2 object now; nothing may use it afterwards."""
    type(thing).__swig_destroy__(thing)


class Leg(pj.Call):  # type: ignore[misc]  # SWIG writes no types
    """Turns the callbacks of one call into notices."""

    def __init__(self, serial: int, inbox: Inbox, account: Native, call_id: int) -> None:
        super().__init__(account, call_id)
        self.serial = serial
        self._inbox = inbox

    # --- orders; each raises `SipError` when the library will not -----------------------------

    def accept(self) -> None:
        self._try(lambda: self.answer(acceptance()))

    def refuse(self, code: int, retry_after: int) -> None:
        self._try(lambda: self.hangup(refusal(code, retry_after)))

    def hang_up(self) -> None:
        self._try(lambda: self.hangup(pj.CallOpParam()))

    def port(self) -> Native:
        """The call's port on the audio bridge, or None while it has none."""
        try:
            return self.getAudioMedia(-1)
        except pj.Error:
            return None

    def packets(self) -> int:
        """How many RTP packets the present stream has received."""
        try:
            statistics = self.getStreamStat(0)
        except pj.Error:
            return 0
        return int(statistics.rtcp.rxStat.pkt)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except pj.Error as error:
            raise SipError(f"the SIP stack refused: {error.reason}") from error

    # --- callbacks ----------------------------------------------------------------------------

    def onCallState(self, prm: Native) -> None:
        try:
            info = self.getInfo()
        except pj.Error:
            # The library has forgotten the call already: that is an end too.
            self._inbox.append(PhaseChanged(self.serial, Phase.OVER, 0))
            return
        phase = _PHASES.get(info.state)
        if phase is not None:
            code = _code(prm.e, info.lastStatusCode) if phase is Phase.OVER else 0
            self._inbox.append(PhaseChanged(self.serial, phase, code))

    def onCallMediaState(self, _prm: Native) -> None:
        flow = _flow(self)
        self._inbox.append(FlowChanged(self.serial, flow, _offers_keys(self, flow)))

    def onDtmfEvent(self, prm: Native) -> None:
        method = "info" if prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO else "rtp"
        flags = prm.flags
        self._inbox.append(
            KeyHeard(
                self.serial,
                method,
                prm.digit,
                prm.timestamp,
                is_update=bool(flags & _IS_UPDATE),
                is_end=bool(flags & _IS_END),
            )
        )

    def onDtmfDigit(self, _prm: Native) -> None:
        """`onDtmfEvent` has told it already; without this the library would log it."""

    def onStreamDestroyed(self, prm: Native) -> None:
        try:
            statistics = self.getStreamStat(prm.streamIdx)
        except pj.Error:
            return
        received = statistics.rtcp.rxStat
        self._inbox.append(
            StreamEnded(
                self.serial, received.pkt, received.loss, received.jitterUsec.mean / 1_000_000
            )
        )

    def onCallTransferRequest(self, prm: Native) -> None:
        # By default the library answers 202 and then dials whatever it was told to.
        prm.statusCode = pj.PJSIP_SC_FORBIDDEN
        self._inbox.append(Refused("refer"))

    def onCallReplaceRequest(self, prm: Native) -> None:
        # By default the library lets a stranger take the place of the caller.
        prm.statusCode = pj.PJSIP_SC_FORBIDDEN
        self._inbox.append(Refused("replaces"))


class Legs:
    """Every call the library has, by our own number: the library's ids are used again."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._legs: dict[int, Leg] = {}
        self._done: list[Leg] = []
        self._serials = count(1)

    def adopt(self, account: Native, call_id: int, message: str, source: str) -> None:
        """Called from the INVITE's callback: without a `Leg` the library answers 500."""
        leg = self._add(account, call_id)
        self._inbox.append(Arrived(leg.serial, message, source))

    def dial(self, account: Native, uri: str, order: Native) -> Leg:
        """Send an INVITE. Raises `SipError` when the library will not."""
        leg = self._add(account, pj.PJSUA_INVALID_ID)
        try:
            leg.makeCall(uri, order)
        except pj.Error as error:
            self.bury(leg.serial)
            raise SipError(f"cannot dial: {error.reason}") from error
        return leg

    def __getitem__(self, serial: int) -> Leg:
        return self._legs[serial]

    def __iter__(self) -> Iterator[Leg]:
        return iter((*self._legs.values(), *self._done))

    def bury(self, serial: int) -> None:
        """The end of this leg was handled; `sweep` will destroy it."""
        leg = self._legs.pop(serial, None)
        if leg is not None:
            self._done.append(leg)

    def sweep(self) -> None:
        """Destroy what is done. Only between two calls of `libHandleEvents`."""
        if not self._done:
            return
        waiting = []
        for leg in self._done:
            # An active call under a finished leg's id is somebody else's, and would be hung up.
            if leg.isActive():
                waiting.append(leg)
            else:
                destroy(leg)
        self._done = waiting

    def destroy_all(self) -> None:
        for leg in tuple(self):
            destroy(leg)
        self._legs.clear()
        self._done.clear()

    def _add(self, account: Native, call_id: int) -> Leg:
        serial = next(self._serials)
        leg = self._legs[serial] = Leg(serial, self._inbox, account, call_id)
        return leg


def _code(event: Native, last: int) -> int:
    """The status that ended the call, 0 when it was a timer or the transport."""
    if event.type == pj.PJSIP_EVENT_TSX_STATE and event.body.tsxState.type in _SILENT:
        return 0
    return int(last)


def _flow(leg: Leg) -> Flow:
    try:
        info = leg.getInfo()
    except pj.Error:
        return Flow.NONE
    for stream in info.media:
        if stream.type != pj.PJMEDIA_TYPE_AUDIO:
            continue
        if stream.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
            return Flow.FLOWING
        if stream.status in {pj.PJSUA_CALL_MEDIA_REMOTE_HOLD, pj.PJSUA_CALL_MEDIA_LOCAL_HOLD}:
            return Flow.HELD
    return Flow.NONE


def _offers_keys(leg: Leg, flow: Flow) -> bool:
    """Whether the far end takes part in telephone-event (RFC 4733), at any payload type."""
    if flow is Flow.NONE:
        return False
    try:
        info = leg.getStreamInfo(0)
    except pj.Error:
        return False
    return bool(info.audTxEventPt >= 0)
