"""What SIPp writes down is read as it is meant."""

import pytest

from bench.sipp import first_error, outcome, until_answered

STATISTICS = """\
CurrentCall;SuccessfulCall(P);SuccessfulCall(C);FailedCall(C);Retransmissions(C);
3;2;2;0;0;
0;5;7;1;4;
"""


def message(seconds: str, direction: str, call: str, number: str, first: str) -> str:
    return "\t".join(["2026-11-21", "10:08:12", seconds, direction, call, f"CSeq:{number}", first])


MESSAGES = "\n".join(
    [
        message("100.000000", "S", "one", "1 INVITE", "INVITE sip:8001@127.0.0.1 SIP/2.0"),
        message("100.001000", "R", "one", "1 INVITE", "SIP/2.0 100 Trying"),
        message("100.002000", "S", "two", "1 INVITE", "INVITE sip:8001@127.0.0.1 SIP/2.0"),
        message("100.004500", "R", "one", "1 INVITE", "SIP/2.0 200 OK"),
        message("100.502000", "S", "two", "1 INVITE", "INVITE sip:8001@127.0.0.1 SIP/2.0"),
        message("100.503000", "R", "two", "1 INVITE", "SIP/2.0 200 OK"),
        message("100.504000", "R", "one", "2 BYE", "SIP/2.0 200 OK"),
        "2026-11-21\t10:08",
    ]
)


def test_the_last_line_of_the_statistics_counts() -> None:
    result = outcome(STATISTICS, "")

    assert (result.successful, result.failed, result.retransmissions) == (7, 1, 4)


def test_an_answer_is_timed_from_the_first_invite() -> None:
    assert [time.ms for time in until_answered(MESSAGES)] == pytest.approx([4.5, 501.0])


def test_the_first_error_is_one_of_a_call() -> None:
    errors = """\
The following events occurred:
2026-11-21\t11:08:43.2\t1795259323.2: Overload warning: the minor watchdog timer was tripped
2026-11-21\t11:08:44.1\t1795259324.1: Call-Id: 7-1@127.0.0.1, receive timeout on message 5
"""

    assert first_error(errors) == "Call-Id: 7-1@127.0.0.1, receive timeout on message 5"
    assert first_error("") == ""
