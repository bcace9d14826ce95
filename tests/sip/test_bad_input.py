"""What no telephone should send: the endpoint lives on, and the next call is answered.

The messages are of our own making; the sections named are those of RFC 4475, whose ideas
they carry.
"""

import socket
from collections.abc import Callable
from contextlib import closing
from random import Random

import pytest

from ivr.engine.events import LineEnded
from ivr.sip import Line
from tests.sip.caller import Caller
from tests.sip.desk import Desk, a_gateway
from tests.sip.peer import Peer
from tests.sip.sipp import Sipp

BODY = (
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "c=IN IP4 127.0.0.1",
    "t=0 0",
    "m=audio 9 RTP/AVP 8",
)


def invite(call: str, *changes: tuple[str, str], body: tuple[str, ...] = BODY) -> bytes:
    """An INVITE as it should be, with pieces of its text replaced."""
    sdp = "\r\n".join([*body, ""])
    lines = [
        "INVITE sip:600@127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:PORT;branch=z9hG4bK{call}",
        "Max-Forwards: 70",
        "From: Caller <sip:+4520304050@127.0.0.1:PORT>;tag=1",
        "To: <sip:600@127.0.0.1>",
        f"Call-ID: {call}",
        "CSeq: 1 INVITE",
        "Contact: <sip:caller@127.0.0.1:PORT>",
        "Content-Type: application/sdp",
        f"Content-Length: {len(sdp)}",
        "",
        sdp,
    ]
    text = "\r\n".join(lines)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode("utf-8", "surrogateescape")


BAD = {
    "3.1.1.2 a method of odd characters": (
        "INVITE ",
        "!interesting-Method0123456789_*+`.%INVITE'~ ",
    ),
    "3.1.1.3 an escaped nothing": ("sip:600@", "sip:null-%00-null@"),
    "3.1.1.5 a display name in pieces": ("Caller <", "Caller  \t de   Luxe <"),
    "3.1.1.9 parameters in the user": ("sip:600@", "sip:user;par=u%40example.net@"),
    "3.1.2.1 separators and nothing between": ("Max-Forwards: 70", "Max-Forwards: 70;;,;,,"),
    "3.1.2.2 a length past the end": ("Content-Length: ", "Content-Length: 9999"),
    "3.1.2.3 a length below zero": ("Content-Length: ", "Content-Length: -"),
    "3.1.2.4 numbers too large": ("CSeq: 1 ", "CSeq: 36893488147419103232 "),
    "3.1.2.4 forwards too many": ("Max-Forwards: 70", "Max-Forwards: 300"),
    "3.1.2.6 a quotation without an end": ("To: <", 'To: "Mr. J. User <'),
    "3.1.2.7 an address in brackets": ("INVITE sip:600@127.0.0.1 ", "INVITE <sip:600@127.0.0.1> "),
    "3.1.2.8 a space in the address": ("sip:600@127.0.0.1 SIP", "sip:600@127.0.0.1; lr SIP"),
    "3.1.2.9 two spaces": ("INVITE sip:600", "INVITE  sip:600"),
    "3.1.2.10 spaces at the end": ("SIP/2.0\r\nVia", "SIP/2.0  \r\nVia"),
    "3.1.2.11 escaped headers in the address": (
        "600@127.0.0.1 ",
        "600@127.0.0.1?Route=%3Csip:x%3E ",
    ),
    "3.1.2.16 a version of the future": ("600@127.0.0.1 SIP/2.0", "600@127.0.0.1 SIP/7.0"),
    "3.1.2.17 a method and another": ("CSeq: 1 INVITE", "CSeq: 1 OPTIONS"),
    "3.1.2.18 a method nobody knows, and another": ("CSeq: 1 INVITE", "CSeq: 1 NEWMETHOD"),
    "3.2.1 no transaction": ("branch=z9hG4bK", "branch="),
    "3.3.1 no Call-ID": ("Call-ID: ", "X-Call-ID: "),
    "3.3.1 no From": ("From: ", "X-From: "),
    "3.3.1 no Via": ("Via: ", "X-Via: "),
    "3.3.1 no CSeq": ("CSeq: ", "X-CSeq: "),
    "3.3.2 a scheme nobody knows": ("INVITE sip:600", "INVITE nobodyKnows:600"),
    "3.3.3 a scheme nobody knows, in To": ("To: <sip:", "To: <isbn:"),
    "3.3.5 an extension nobody knows": (
        "Max-Forwards: 70",
        "Require: nothingSupports\r\nMax-Forwards: 70",
    ),
    "3.3.6 a body nobody knows": ("application/sdp", "application/unknownformat"),
    "3.3.8 many of what is one": (
        "CSeq: 1 INVITE",
        "CSeq: 1 INVITE\r\nCSeq: 2 INVITE\r\nCall-ID: x",
    ),
    "3.3.9 many lengths": ("Content-Length: ", "Content-Length: 1\r\nContent-Length: "),
    "3.3.12 a Contact that is a star": ("<sip:caller@127.0.0.1:PORT>", "*"),
    "a From that is no address": ("<sip:+4520304050@127.0.0.1:PORT>", "<>"),
    "bytes that are no text": ("Caller <", "\udcff\udcfe\udc80 <"),
    "an address of 4000 characters": ("sip:600@", f"sip:{'9' * 4000}@"),
    "a nothing within": ("Caller <", "Cal\x00ler <"),
    "a Replaces that is none": ("Max-Forwards: 70", "Replaces: ;;;\r\nMax-Forwards: 70"),
    "timers of nothing": (
        "Max-Forwards: 70",
        "Session-Expires: 0\r\nSupported: timer\r\nMax-Forwards: 70",
    ),
    "a multipart of nothing": ("application/sdp", "multipart/mixed;boundary=x"),
}
BAD_BODIES = {
    "no media": BODY[:5],
    "a payload type out of range": (
        *BODY[:5],
        "m=audio 9 RTP/AVP 8 999 -1 300",
        "a=rtpmap:999 PCMA/8000",
    ),
    "a port out of range": (*BODY[:5], "m=audio 99999999 RTP/AVP 8"),
    "a hundred streams": (*BODY[:5], *["m=audio 9 RTP/AVP 8"] * 100),
    "a hundred keys for encryption": (
        *BODY,
        *[f"a=crypto:{n} AES_CM_128_HMAC_SHA1_80 inline:x" for n in range(100)],
    ),
    "an address of no kind": (*BODY[:3], "c=IN IP4 999.1.2.3", *BODY[4:]),
    "redundancy of codecs nobody has": (
        *BODY[:5],
        "m=audio 9 RTP/AVP 8 100",
        "a=rtpmap:100 red/8000",
        "a=fmtp:100 8/8/8",
    ),
    "events of all kinds": (
        *BODY[:5],
        "m=audio 9 RTP/AVP 8 101",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-99999999999,,-",
    ),
    "a line of 3000 characters": (*BODY, "a=" + "x" * 3000),
    "no port": (*BODY[:5], "m=audio 0 RTP/AVP 8"),
}


@pytest.fixture
def turned_away(desk: Desk) -> Desk:
    """A desk that refuses whatever gets through: some of the bad is good enough."""
    desk.greet = lambda line: line.reject(486)
    return desk


def test_bad_messages_do_no_harm(turned_away: Desk, sipp: Callable[..., Sipp]) -> None:
    desk, peer = turned_away, Peer(lambda _request: [])
    try:
        for number, change in enumerate(BAD.values()):
            send(peer, desk, invite(f"bad{number}", change))
        for number, body in enumerate(BAD_BODIES.values()):
            send(peer, desk, invite(f"body{number}", body=body))
        send(peer, desk, invite("short")[:200])
        send(peer, desk, invite("long") + b"and more than the length says\r\n\r\n")
        desk.run(0.2)
    finally:
        peer.stop()

    still_answers(desk, sipp)


def test_a_hard_but_good_message_is_understood(desk: Desk) -> None:
    """Folded lines, compact names, odd spaces and unknown headers (RFC 4475 3.1.1.1)."""
    desk.greet = lambda line: line.reject(486)
    peer = Peer(lambda _request: [])
    try:
        send(
            peer,
            desk,
            invite(
                "hard",
                ("From: Caller <", 'f  :  "J Rosenberg \\\\\\"<sip:evil@x>"\r\n   <'),
                ("To: ", "TO :\r\n "),
                ("Max-Forwards: 70", "Max-Forwards: 0068\r\nNewFangledHeader: newfangled\r\n more"),
                ("Contact: ", "m: "),
                ("Content-Type", "c"),
                ("Content-Length", "l"),
            ),
        )
        desk.until(lambda: desk.lines)
    finally:
        peer.stop()

    assert desk.lines[0].caller == "+4520304050"
    assert desk.lines[0].dialled == "600"


def test_noise_does_no_harm(turned_away: Desk, sipp: Callable[..., Sipp]) -> None:
    """Random bytes, and good messages with random damage; always the same ones."""
    desk, peer = turned_away, Peer(lambda _request: [])
    chance = Random(4475)  # noqa: S311 -- the same noise every time
    try:
        for number in range(1500):
            message = bytearray(invite(f"noise{number}"))
            for _ in range(chance.randrange(1, 8)):
                place = chance.randrange(len(message))
                match chance.randrange(4):
                    case 0:
                        message[place] = chance.randrange(256)
                    case 1:
                        del message[place : place + chance.randrange(1, 20)]
                    case 2:
                        message[place:place] = message[place : place + 30] * 3
                    case _:
                        message[place:place] = chance.randbytes(5)
            send(peer, desk, bytes(message), polls=1)
            if number % 10 == 0:
                send(peer, desk, chance.randbytes(chance.randrange(1400)), polls=1)
        desk.run(0.3)
    finally:
        peer.stop()

    still_answers(desk, sipp)


def test_noise_over_tcp_does_no_harm(
    open_desk: Callable[..., Desk], sipp: Callable[..., Sipp]
) -> None:
    desk = open_desk(a_gateway(protocol="tcp"))
    chance = Random(4475)  # noqa: S311 -- the same noise every time
    for number in range(30):
        with closing(socket.create_connection(("127.0.0.1", desk.port))) as connection:
            piece = chance.randbytes(chance.randrange(1, 3000))
            connection.sendall(piece if number % 2 else invite("tcp")[: chance.randrange(400)])
            desk.run(0.01)

    still_answers(desk, sipp)


def test_noise_within_a_call_does_no_harm(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    chance = Random(4733)  # noqa: S311 -- the same noise every time
    caller = Caller(desk).call()
    try:
        assert caller.rtp is not None
        for _ in range(200):
            caller.rtp._socket.sendto(
                chance.randbytes(chance.randrange(1, 300)), ("127.0.0.1", caller.rtp.port)
            )
            caller.rtp._send(chance.randrange(128), chance.randbytes(chance.randrange(200)))
            desk.poll()
        caller.send("INVITE", 2, "v=0\r\nthis is no sdp")
        caller.send("INFO", 3, "\x00\x01\x02")
        caller.send("NOSUCH", 4)
        desk.run(0.1)
        caller.rtp.press("5")
        desk.until(lambda: "5" in desk.pressed())
        assert not desk.lines[0].is_over
    finally:
        caller.stop()

    desk.lines[0].hang_up()
    still_answers(desk, sipp)


def test_an_answer_to_nothing_does_no_harm(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    """Responses that no request of ours asked for (RFC 4475 3.1.2.19, 3.3.10)."""
    peer = Peer(lambda _request: [])
    try:
        for code in ("200 OK", "4294967301 better not", "99 too low", "OK"):
            response = invite("answer", ("INVITE sip:600@127.0.0.1 SIP/2.0", f"SIP/2.0 {code}"))
            send(peer, desk, response)
    finally:
        peer.stop()

    still_answers(desk, sipp)


def send(peer: Peer, desk: Desk, message: bytes, polls: int = 2) -> None:
    peer.send_bytes(message.replace(b"PORT", str(peer.port).encode()), desk.port)
    for _ in range(polls):
        desk.endpoint.poll(desk.now(), 0.002)


def still_answers(desk: Desk, sipp: Callable[..., Sipp]) -> None:
    desk.greet = Line.answer
    lines = len(desk.lines)
    sipp("uac-quick-expect-200", desk, calls=3).expect(desk)
    desk.until(lambda: len(desk.lines) == lines + 3 and not len(desk.endpoint))

    assert desk.events[-3:] == [LineEnded(lines + number) for number in (1, 2, 3)]
