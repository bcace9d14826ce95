"""Who calls whom, read from the text of an INVITE."""

import pytest

from ivr.sip.headers import read_invitation, user_of

CALLERS = [
    ("From: <sip:+4520304050@pbx.example>;tag=1", "+4520304050"),
    ('From: "Børge, sip:not@this" <sip:20304050@pbx.example;user=phone>;tag=1', "20304050"),
    ("From: sip:20304050@pbx.example;tag=1", "20304050"),
    ("f: <sips:+45-20-30-40-50@pbx.example>", "+4520304050"),
    ("From: <tel:+45(20)304050;phone-context=x>", "+4520304050"),
    ("From: <sip:+4520304050;phone-context=dk@pbx.example>", "+4520304050"),
    ("From: <sip:%2B4520304050@pbx.example>", "+4520304050"),
    ("From: <sip:alice:secret@pbx.example>", "alice"),
    ("From: <sip:pbx.example>", ""),
    ("From: nobody", ""),
    ("", ""),
    ("From: <sip:anonymous@anonymous.invalid>;tag=1", ""),
    ("From: <sip:Anonymous@pbx.example>;tag=1", ""),
    ("From: <sip:c8@Anonymous.Invalid>;tag=1", ""),
    ("From: <sip:+4520304050@x>\r\nPrivacy: id", ""),
    ("From: <sip:+4520304050@x>\r\nPrivacy: header; user;critical", ""),
    ("From: <sip:+4520304050@x>\r\nPrivacy: none", "+4520304050"),
    ("From: <sip:box@x>\r\nP-Asserted-Identity: <sip:+4520304050@x>", "+4520304050"),
    ("From: <sip:box@x>\r\nP-Asserted-Identity: <tel:+4520304050>, <sip:b@x>", "+4520304050"),
    ("From: <sip:+4520304050@x>\r\nP-Asserted-Identity: <sip:x>", "+4520304050"),
    ("From: <sip:anonymous@anonymous.invalid>\r\nP-Asserted-Identity: <sip:+4520304050@x>", ""),
    ("From:\r\n  <sip:+4520304050@x>\r\n ;tag=1", "+4520304050"),
    ("From: <sip:1@x>\r\nFrom: <sip:2@x>", "1"),
]


@pytest.mark.parametrize(("headers", "caller"), CALLERS)
def test_the_caller_is_who_may_be_shown(headers: str, caller: str) -> None:
    message = f"INVITE sip:600@gateway SIP/2.0\r\n{headers}\r\nCall-ID: 1\r\n\r\n"

    assert read_invitation(message).caller == caller


DIALLED = [
    ("INVITE sip:600@gateway SIP/2.0", "600"),
    ("INVITE sip:+4533663366@gateway;user=phone SIP/2.0", "+4533663366"),
    ("INVITE tel:+4533663366 SIP/2.0", "+4533663366"),
    ("INVITE sip:gateway SIP/2.0", "700"),
    ("INVITE urn:service:sos SIP/2.0", "700"),
]


@pytest.mark.parametrize(("line", "dialled"), DIALLED)
def test_what_was_dialled_stands_first_in_the_request(line: str, dialled: str) -> None:
    assert read_invitation(f"{line}\r\nTo: <sip:700@gateway>\r\n\r\n").dialled == dialled


DIVERSIONS = [
    ("Diversion: <sip:+4511223344@x>;reason=no-answer, <sip:2@x>", "+4511223344"),
    ("History-Info: <sip:+4511223344@x?Reason=SIP>;index=1, <sip:600@x>;index=1.1", "+4511223344"),
    ("History-Info: <sip:600@x>;index=1", ""),
    ("Subject: none", ""),
]


@pytest.mark.parametrize(("header", "diversion"), DIVERSIONS)
def test_a_diverted_call_says_where_it_was_meant_for(header: str, diversion: str) -> None:
    message = f"INVITE sip:600@gateway SIP/2.0\r\n{header}\r\n\r\n"

    assert read_invitation(message).diversion == diversion


def test_keys_and_replaces_are_seen() -> None:
    plain = "INVITE sip:600@gateway SIP/2.0\r\nSubject: replaces: no\r\n\r\nm=audio 9 RTP/AVP 8\r\n"
    rich = plain.replace("Subject", "Replaces") + "a=rtpmap:101 Telephone-Event/8000\r\n"

    assert not read_invitation(plain).offers_keys
    assert not read_invitation(plain).replaces
    assert read_invitation(rich).offers_keys
    assert read_invitation(rich).replaces


@pytest.mark.parametrize("text", ["", "\r\n", ":", "INVITE", "\x00\udcff", "a\r\n b\r\n\r\n\r\n"])
def test_nonsense_is_nobody(text: str) -> None:
    invitation = read_invitation(text)

    assert (invitation.caller, invitation.dialled, invitation.diversion) == ("", "", "")


def test_a_user_is_a_number_or_a_name() -> None:
    assert user_of("<sip:*21*600%23@x>") == "*21*600#"
    assert user_of("<sip:anna.hansen@x>") == "anna.hansen"
