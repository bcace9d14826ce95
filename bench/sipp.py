"""One run of SIPp: who calls how often, and what became of it."""

import csv
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bench import trunk
from bench.gateway import BenchError

_SCENARIOS = Path(__file__).parent / "scenarios"
_LOOPBACK = "127.0.0.1"
_STATISTICS = "statistics.csv"
SECONDS_OF_GRACE = 30
"""How much longer than planned a run may take."""
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
    """What became of the calls; `answered` is how long each took from INVITE to 200, in ms."""

    successful: int
    failed: int
    retransmissions: int
    most_at_once: int
    answered: Sequence[float]


class Sipp:
    """A running SIPp; a context manager that ends it whatever happens."""

    def __init__(self, load: Load, *, sip: int, ports: Sequence[int], core: int, work: Path):
        """Call the gateway at port `sip`, for the telephones at `ports` in turn."""
        self._work = work
        self._longest = load.calls / load.rate + load.seconds + SECONDS_OF_GRACE
        work.mkdir()
        people = [f"{port};{trunk.caller(port)}\n" for port in ports]
        (work / "people.csv").write_text("".join(["SEQUENTIAL\n", *people]))
        command = [
            *("setpriv", "--pdeathsig", "KILL", "taskset", "--cpu-list", str(core)),
            *("sipp", "-sf", str(_SCENARIOS / f"{load.scenario}.xml"), "-s", load.number),
            *("-inf", "people.csv", "-i", _LOOPBACK, "-mi", _LOOPBACK, "-nostdin"),
            *("-m", str(load.calls), "-r", str(load.rate), "-l", str(load.calls)),
            *("-d", str(int(load.seconds * 1000)), "-timer_resol", "1"),
            *("-trace_stat", "-stf", _STATISTICS, "-fd", "1", "-trace_rtt", "-rtt_freq", "1"),
            *("-trace_err", "-error_file", "errors.log"),
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

    def __enter__(self) -> "Sipp":
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
        times = next(self._work.glob("*_rtt.csv"), None)
        return outcome(
            (self._work / _STATISTICS).read_text(), times.read_text() if times else ""
        )


def outcome(statistics: str, times: str) -> Outcome:
    """Return what SIPp's -trace_stat and -trace_rtt files say."""
    *_, last = csv.DictReader(statistics.splitlines(), delimiter=";")
    return Outcome(
        successful=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        retransmissions=int(last["Retransmissions(C)"]),
        most_at_once=_most(statistics),
        answered=response_times(times),
    )


def _most(statistics: str) -> int:
    rows = csv.DictReader(statistics.splitlines(), delimiter=";")
    return max(int(row["CurrentCall"]) for row in rows)


def response_times(times: str) -> list[float]:
    """Return the response times of a -trace_rtt file, in ms."""
    rows = csv.DictReader(times.splitlines(), delimiter=";")
    return [float(row["response_time_ms"]) for row in rows]
