"""One run of SIPp: who calls how often, and what became of it."""

import csv
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from bench import site, trunk
from bench.gateway import BenchError
from bench.pulse import Interval

_SCENARIOS = Path(__file__).parent / "scenarios"
_LOOPBACK = "127.0.0.1"
_STATISTICS = "statistics.csv"
_MESSAGES = "messages.tsv"
_ERRORS = "errors.log"
SECONDS_OF_GRACE = 30
"""How much longer than planned a run may take."""
AT_ONCE = 230
"""SIPp wants more file descriptors than calls, and many systems allow 1024. Fewer calls than the
site's limit, and more than are ever up while nothing goes wrong."""
FAILURES = 1
"""SIPp's exit status when calls have failed; everything above is worse."""


@dataclass(frozen=True, slots=True)
class Load:
    """`calls` calls to `number`, `rate` of them a second, each `seconds` long or until a BYE."""

    scenario: str
    number: str
    calls: int
    rate: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the calls; `until_answered` goes from each INVITE to its 200."""

    successful: int
    failed: int
    retransmissions: int
    until_answered: Sequence[Interval]
    error: str = ""
    """The first thing that SIPp complained of."""


class Sipp:
    """A running SIPp; a context manager that ends it whatever happens."""

    def __init__(
        self, load: Load, *, sip: int, ports: Sequence[int], core: int, work: Path
    ) -> None:
        """Call the gateway at port `sip`, for the telephones at `ports` in turn."""
        self._work = work
        port = site.free_port(socket.SOCK_DGRAM)  # by itself SIPp takes 5060
        self._longest = load.calls / load.rate + load.seconds + SECONDS_OF_GRACE
        work.mkdir()
        people = [f"{port};{trunk.caller(port)}\n" for port in ports]
        (work / "people.csv").write_text("".join(["SEQUENTIAL\n", *people]))
        command = [
            *("setpriv", "--pdeathsig", "KILL", "taskset", "--cpu-list", str(core)),
            *("sipp", "-sf", str(_SCENARIOS / f"{load.scenario}.xml"), "-s", load.number),
            *("-inf", "people.csv", "-i", _LOOPBACK, "-p", str(port), "-mi", _LOOPBACK, "-nostdin"),
            *("-m", str(load.calls), "-r", str(load.rate), "-l", str(AT_ONCE)),
            *("-d", str(int(load.seconds * 1000)), "-timer_resol", "1"),
            *(
                "-trace_stat",
                "-stf",
                _STATISTICS,
                "-fd",
                "1",
                "-trace_shortmsg",
                "-shortmessage_file",
                _MESSAGES,
            ),
            *("-trace_err", "-error_file", _ERRORS),
            f"{_LOOPBACK}:{sip}",
        ]
        with (work / "screen.txt").open("w") as screen:
            self._process = subprocess.Popen(
                command,
                cwd=work,
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def wait(self) -> Outcome:
        """Return what became of the calls, once all are over."""
        try:
            status = self._process.wait(self._longest)
        except subprocess.TimeoutExpired as error:
            raise BenchError(f"SIPp is not done after {self._longest:.0f} s") from error
        if status not in {0, FAILURES}:
            said = (self._work / "screen.txt").read_text(errors="replace")[-2000:]
            raise BenchError(f"SIPp ended with {status}: {said}")
        messages = (self._work / _MESSAGES).read_text(errors="replace")
        errors = self._work / _ERRORS
        text = errors.read_text(errors="replace") if errors.exists() else ""
        found = outcome((self._work / _STATISTICS).read_text(), messages)
        return replace(found, error=first_error(text))


def outcome(statistics: str, messages: str) -> Outcome:
    """Return what SIPp's -trace_stat and -trace_shortmsg files say."""
    *_, last = csv.DictReader(statistics.splitlines(), delimiter=";")
    return Outcome(
        successful=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        retransmissions=int(last["Retransmissions(C)"]),
        until_answered=until_answered(messages),
    )


def first_error(text: str) -> str:
    """Return the first line of a -trace_err file that is about a call, without its time."""
    for line in text.splitlines():
        _, _, said = line.partition(": ")
        if "Call-Id" in said:
            return said.strip()
    return ""


def until_answered(messages: str) -> list[Interval]:
    """Return the time from each INVITE to its 200.

    Each line of the file is date, time, seconds since 1970, direction, Call-ID, CSeq, and the
    first line of the message. (SIPp's own response times have steps of 4 ms.)
    """
    invited: dict[str, int] = {}
    took: list[Interval] = []
    for line in messages.splitlines():
        _, _, seconds, direction, call, number, first, *_ = [*line.split("\t"), *_NOTHING]
        if number != "CSeq:1 INVITE":
            continue
        if direction == "S" and first.startswith("INVITE "):
            invited.setdefault(call, _nanoseconds(seconds))
        elif direction == "R" and first.startswith("SIP/2.0 200") and call in invited:
            took.append(Interval(invited.pop(call), _nanoseconds(seconds)))
    return took


def _nanoseconds(seconds: str) -> int:
    return int(Decimal(seconds) * 10**9)


_NOTHING = ("",) * 7
"""What an unfinished line lacks."""
