"""A caller who speaks SIP and RTP byte by byte: what no proper telephone would send, he sends."""

import re
import secrets
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from queue import Empty, SimpleQueue
from typing import Self

from tests.gateway.log import PATIENCE
from tests.gateway.site import LOOPBACK, NUMBER

CODES = {key: code for code, key in enumerate("0123456789*#ABCD")}
SAMPLES = 160
"""Of a packet of 20 ms."""
_SILENCE = b"\xd5" * SAMPLES
_PCMA, _EVENT = 8, 101
_MARKER, _END = 0x80, 0x80
_LARGEST = 65535


@dataclass(frozen=True)
class Reply:
    """A response: its status, and the whole text."""

    status: int
    text: str

    def header(self, name: str) -> str:
        found = re.search(rf"^{name}:\s*(.*?)\s*$", self.text, re.MULTILINE | re.IGNORECASE)
        return found.group(1) if found else ""


class Wire:
    """One caller with a socket for SIP and one for RTP; a context manager that hangs up."""

    def __init__(self, gateway: int, source: str = LOOPBACK) -> None:
        self.gateway = (LOOPBACK, gateway)
        self.sip = _socket(source)
        self.rtp = _socket(source)
        self.host, self.port = self.sip.getsockname()
        self.has_ended = threading.Event()
        self.replies: SimpleQueue[Reply] = SimpleQueue()
        self._id = secrets.token_hex(8)
        self._turn = 0
        self._branch = ""
        self._to = f"<sip:{NUMBER}@{LOOPBACK}:{gateway}>"
        self._from = ""
        self._media = (LOOPBACK, 0)
        self._sequence = self._time = 0
        self._hush = threading.Event()
        self.heard: list[int] = []
        """The sequence numbers of the RTP that came."""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._hear, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._hush.set()
        if self._media[1] and not self.has_ended.is_set():
            self.hang_up()
        self.sip.close()
        self.rtp.close()

    # --- SIP ----------------------------------------------------------------------------------

    def ring(self, shows: str, dialled: str = NUMBER) -> Reply:
        """Dial; return the final answer, which is acknowledged."""
        self._to = f"<sip:{dialled}@{LOOPBACK}:{self.gateway[1]}>"
        self._from = f"<sip:{shows}@{self.host}:{self.port}>;tag={self._id}"
        self.send(self.request("INVITE", self._offer(), "application/sdp"))
        reply = self.answer()
        self._to = reply.header("To")
        self.send(self.request("ACK", turn=self._turn))
        if port := re.search(r"^m=audio (\d+)", reply.text, re.MULTILINE):
            self._media = (LOOPBACK, int(port.group(1)))
        return reply

    def answer(self, seconds: float = PATIENCE) -> Reply:
        """Return the next final answer."""
        while True:
            try:
                reply = self.replies.get(timeout=seconds)
            except Empty:
                raise AssertionError("the gateway does not answer") from None
            if reply.status >= 200:
                return reply

    def hang_up(self) -> None:
        self.send(self.request("BYE"))
        self.has_ended.set()

    def inform(self, key: str) -> Reply:
        """Press a key by SIP INFO."""
        body = f"Signal={key}\r\nDuration=160\r\n"
        self.send(self.request("INFO", body, "application/dtmf-relay"))
        return self.answer()

    def request(self, method: str, body: str = "", kind: str = "", turn: int = 0) -> str:
        """Return a request of this dialogue; an ACK repeats the turn of its INVITE."""
        if not turn:
            self._turn += 1
        if method != "ACK":
            self._branch = f"z9hG4bK{secrets.token_hex(6)}"
        kinds = f"Content-Type: {kind}\r\n" if kind else ""
        place = self._to.partition("<")[2].partition(">")[0]
        return (
            f"{method} {place} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.host}:{self.port};branch={self._branch}\r\n"
            f"Max-Forwards: 70\r\nFrom: {self._from}\r\nTo: {self._to}\r\n"
            f"Call-ID: {self._id}\r\nCSeq: {turn or self._turn} {method}\r\n"
            f"Contact: <sip:{self.host}:{self.port}>\r\n{kinds}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def send(self, message: str | bytes) -> None:
        octets = message.encode() if isinstance(message, str) else message
        with suppress(OSError):  # an error of the datagram before, or it is larger than can be
            self.sip.sendto(octets, self.gateway)

    def _offer(self) -> str:
        host, port = self.rtp.getsockname()
        return (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {_PCMA} {_EVENT}\r\n"
            f"a=rtpmap:{_EVENT} telephone-event/8000\r\na=fmtp:{_EVENT} 0-16\r\n"
        )

    def _listen(self) -> None:
        while True:
            try:
                text = self.sip.recv(_LARGEST).decode(errors="replace")
            except OSError:
                return
            first = text.split(" ", 2)
            if first[0] == "SIP/2.0":
                self.replies.put(Reply(int(first[1]), text))
            elif first[0] != "ACK":
                self._agree(text)
                if first[0] == "BYE":
                    self.has_ended.set()

    def _agree(self, request: str) -> None:
        wanted = ("Via", "From", "To", "Call-ID", "CSeq")
        lines = [line for line in request.split("\r\n") if line.partition(":")[0] in wanted]
        self.send("\r\n".join(("SIP/2.0 200 OK", *lines, "Content-Length: 0", "", "")))

    # --- RTP ----------------------------------------------------------------------------------

    def murmur(self) -> None:
        """Send silence every 20 ms, until the end or `hush`."""
        threading.Thread(target=self._murmur, daemon=True).start()

    def hush(self) -> None:
        """Send no more sound."""
        self._hush.set()

    def press(self, keys: str, seconds_between: float = 0.0) -> None:
        """Press keys one after the other; without a pause they arrive in one burst."""
        for key in keys:
            stamp = self._time
            for duration, end in ((SAMPLES, 0), *((2 * SAMPLES, _END),) * 3):
                event = struct.pack("!BBH", CODES[key], end | 10, duration)
                self._packet(_EVENT | (0 if end else _MARKER), stamp, event)
            self._time += 3 * SAMPLES
            if seconds_between:
                threading.Event().wait(seconds_between)

    @property
    def missed(self) -> int:
        """How many packets are missing among those that came."""
        steps = ((after - before) & 0xFFFF for before, after in pairwise(self.heard))
        return sum(step - 1 for step in steps)

    def _hear(self) -> None:
        while True:
            try:
                packet = self.rtp.recv(_LARGEST)
            except OSError:
                return
            self.heard.append(int.from_bytes(packet[2:4]))

    def _murmur(self) -> None:
        while not self._hush.wait(0.02):
            self._packet(_PCMA, self._time, _SILENCE)
            self._time += SAMPLES

    def _packet(self, kind: int, stamp: int, payload: bytes) -> None:
        self._sequence += 1
        head = struct.pack("!BBHII", 0x80, kind, self._sequence & 0xFFFF, stamp, 0x5150)
        with suppress(OSError):  # the gateway has closed its port
            self.rtp.sendto(head + payload, self._media)


def _socket(host: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((host, 0))
    return one
