"""A caller in plain sockets, for what a well-behaved telephone would never send."""

import re
from itertools import count

from tests.sip.desk import Desk
from tests.sip.peer import Peer, Reply, Response
from tests.sip.rtp import Sender

_SERIAL = count(1)


class Caller:
    """One call at a time; `rtp` sends to the gateway once it has answered."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.peer = Peer(lambda request: [Reply(200)] if request.method != "ACK" else [])
        self.rtp: Sender | None = None
        self._call = f"caller-{next(_SERIAL)}-{self.peer.port}"
        self._to = ""

    def call(self, *, payload_type: int = 101, events: str = "0-16", codec: int = 8) -> "Caller":
        """Call, and wait for the answer."""
        self.send("INVITE", 1, body=sdp(payload_type, events, codec))
        self.desk.until(self.final)
        answer = self.final()
        assert answer is not None
        assert answer.code == 200, answer.text
        self._to = answer.headers["to"]
        self.send("ACK", 1)
        port = re.search(r"m=audio (\d+)", answer.text)
        assert port is not None
        self.rtp = Sender(int(port.group(1)), payload_type)
        return self

    def final(self) -> Response | None:
        """The answer to the INVITE, 100 and 18x apart."""
        return next((reply for reply in self.peer.responses if reply.code >= 200), None)

    def change(self, number: int, body: str) -> Response:
        """Ask for other audio within the call, or for an offer; return the answer."""
        self.send("INVITE", number, body)

        def answers() -> list[Response]:
            mine = f"{number} INVITE"
            replies = self.peer.responses
            return [each for each in replies if each.code >= 200 and each.headers["cseq"] == mine]

        self.desk.until(answers)
        self.send("ACK", number, "" if body else sdp(101, "0-16", 8))
        return answers()[0]

    def bye(self) -> None:
        self.send("BYE", 2)

    def send(self, method: str, number: int, body: str = "", *extra: str) -> None:
        """Send a request of this call."""
        port = self.desk.port
        lines = [
            f"{method} sip:600@127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.peer.address};branch=z9hG4bK{self._call}{method}{number}",
            f"From: <sip:+4520304050@{self.peer.address}>;tag=1",
            f"To: {self._to or f'<sip:600@127.0.0.1:{port}>'}",
            f"Call-ID: {self._call}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:caller@{self.peer.address}>",
            "Max-Forwards: 70",
            *extra,
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body)}", "", body]
        self.peer.send("\r\n".join(lines), port)

    def stop(self) -> None:
        self.peer.stop()
        if self.rtp is not None:
            self.rtp.close()


def sdp(payload_type: int, events: str, codec: int) -> str:
    """An offer of one codec, and of keys unless `payload_type` is 0."""
    lines = [
        "v=0",
        "o=caller 1 1 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        f"m=audio 9 RTP/AVP {codec}" + (f" {payload_type}" if payload_type else ""),
    ]
    if payload_type:
        lines.append(f"a=rtpmap:{payload_type} telephone-event/8000")
        lines += [f"a=fmtp:{payload_type} {events}"] if events else []
    return "\r\n".join([*lines, ""])
