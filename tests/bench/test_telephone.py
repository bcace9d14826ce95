"""The bench's telephones and its trunk speak as the gateway expects, and its site is sound."""

import socket
from contextlib import closing
from pathlib import Path

from bench import rtp, site, trunk
from bench.phones import LOOPBACK, Phones
from ivr.config import load

INVITE = (
    b"INVITE sip:8009@127.0.0.1:5999 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
    b"From: <sip:+4520045678@127.0.0.1:5060>;tag=a\r\n"
    b"To: <sip:8009@127.0.0.1:5999>\r\n"
    b"Call-ID: x\r\nCSeq: 12 INVITE\r\nMax-Forwards: 70\r\n\r\nv=0\r\n"
)


def test_an_invite_tells_whose_key_it_came_from() -> None:
    assert trunk.port_of(INVITE) == 45678
    assert trunk.caller(45678) == "+45200" + "45678"
    assert trunk.port_of(INVITE.replace(b"+45200", b"+45201")) is None


def test_everybody_behind_the_trunk_is_busy() -> None:
    head, *lines = trunk.busy(INVITE).decode().split("\r\n")

    assert head == "SIP/2.0 486 Busy Here"
    assert "CSeq: 12 INVITE" in lines
    assert "To: <sip:8009@127.0.0.1:5999>;tag=busy" in lines
    assert lines[-2:] == ["", ""]


def test_a_packet_is_known_by_its_number_and_its_stream() -> None:
    assert rtp.header(rtp.voice(70_000, 9)) == rtp.Header(70_000 - 65_536, 9)


def test_rtcp_is_no_packet_of_a_stream() -> None:
    assert rtp.header(b"\x80\xc8" + bytes(26)) is None
    assert rtp.header(b"\x80\x08") is None


def test_a_key_is_told_with_its_end() -> None:
    packet = rtp.key(5, sequence=3, stamp=3, ssrc=9)

    assert packet[1] & 0x7F == rtp.KEYS
    assert packet[12:14] == bytes([5, 0x8A])


def test_two_calls_may_have_one_ssrc() -> None:
    """It identifies a stream to one telephone; the other's key is pressed all the same."""
    with Phones(2, press_after=0.0) as phones, closing(_gateway()) as gateway:
        for port in phones.ports:
            gateway.sendto(rtp.voice(1, ssrc=9), (LOOPBACK, port))
        waiting = set(phones.ports)
        while waiting:
            packet, (_, port) = gateway.recvfrom(500)
            if packet[1] & 0x7F == rtp.KEYS:
                waiting.discard(port)


def _gateway() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((LOOPBACK, 0))
    made.settimeout(10.0)
    return made


def test_the_site_is_one_that_a_gateway_takes(tmp_path: Path) -> None:
    written = site.write(tmp_path, trunk=5999)

    entrances = load(written.folder).site.entrances
    assert {site.LISTEN, site.KEY, site.RING, site.TALK, site.SAY} == set(entrances)


def test_the_site_listens_only_when_it_is_wanted(tmp_path: Path) -> None:
    assert load(site.write(tmp_path / "keys", trunk=5999).folder).gateway.speech is None
    spoken = load(site.write(tmp_path / "speech", trunk=5999, listens=True).folder)
    assert spoken.gateway.speech is not None


def test_alaw_is_that_of_g711() -> None:
    """Values of ITU-T G.711 table 1a, bits inverted as they are sent."""
    told = {0: 0xD5, 8: 0xD5, -8: 0x55, 16: 0xD4, -24: 0x54, 1000: 0xFA, 32767: 0xAA, -32768: 0x2A}
    assert {sample: rtp.alaw(sample) for sample in told} == told
