"""What is measured: each function puts one load on a gateway of its own, and reads its figures."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from bench import site
from bench.engine import steps_a_second
from bench.figures import Figure, Heard, percentile
from bench.gateway import Cores, Gateway
from bench.phones import Phones, Utterance
from bench.plan import Plan
from bench.pulse import Interval, Pulse
from bench.sipp import Load, Outcome, Sipp
from ivr.config import load

GAP = 40.0
"""Milliseconds; two packets: what one lost packet sounds like."""
CPU = 25.0
"""Percent of the core."""
MEGABYTES = 150.0
MS_UNTIL_ANSWERED = 15.0
MS_UNTIL_ACTION = 10.0
MEGABYTES_OF_GROWTH = 1.0
STEPS_A_SECOND = 100_000
PHONES = 256
"""More than calls that are up at once, so that each call has a telephone of its own."""
SECONDS_UNTIL_PRESSED = 0.3
"""By then the caller has heard some of the greeting."""
SECONDS_TO_SETTLE = 2.0
PERCENT = 99.0


@dataclass(frozen=True, slots=True)
class Bench:
    """A gateway that runs, the telephones around it, and a folder that goes away afterwards."""

    gateway: Gateway
    phones: Phones
    sip: int
    work: Path
    cores: Cores
    pulse: Pulse

    def calls(self, load: Load, ports: Sequence[int] = ()) -> Sipp:
        """Begin to call, for the telephones at these ports or for all."""
        work = self.work / f"sipp-{time.monotonic_ns()}"
        ports = ports or self.phones.ports
        return Sipp(load, sip=self.sip, ports=ports, core=self.cores.load, work=work)

    def complaints(self) -> list[Figure]:
        """Return a line for the table if the gateway was not content."""
        found = sorted(set(self.gateway.complaints()))
        return [Figure("warnings in its log", "none", "; ".join(found), met=False)] if found else []


@contextmanager
def running(
    cores: Cores,
    *,
    press_after: float | None = None,
    utterances: Sequence[Utterance] = (),
    early_end: bool = False,
) -> Iterator[Bench]:
    """Run a gateway and its telephones; it listens if there is anything said."""
    work = Path(mkdtemp(prefix="ivr-bench-"))
    try:
        with Phones(PHONES, press_after=press_after, utterances=utterances) as phones:
            listens = bool(utterances)
            written = site.write(work, phones.trunk, listens=listens, early_end=early_end)
            with Gateway(written.folder, cores.gateway, work / "gateway.log") as gateway:
                yield Bench(
                    gateway, phones, written.sip, work, cores, Pulse((cores.gateway, cores.load))
                )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def concurrent(plan: Plan, cores: Cores) -> list[Figure]:
    """Measure many calls that listen to one long prompt, and murmur while they do."""
    calls, rate = plan.concurrent, plan.concurrent_rate
    seconds_to_begin = calls / rate
    listening = Load("listen", site.LISTEN, calls, rate, seconds_to_begin + plan.seconds_of_prompt)
    with running(cores) as bench:
        with bench.pulse, bench.calls(listening) as sipp:
            time.sleep(seconds_to_begin + SECONDS_TO_SETTLE)
            cpu, began = bench.gateway.cpu_seconds, time.monotonic()
            time.sleep(plan.seconds_of_prompt - 2 * SECONDS_TO_SETTLE)
            busy = (bench.gateway.cpu_seconds - cpu) / (time.monotonic() - began) * 100
            megabytes = bench.gateway.megabytes
            outcome = sipp.wait()
        complaints = bench.complaints()
        phones, stalls = bench.phones, bench.pulse.on(cores.gateway)
    return [
        all_well(f"{calls} calls at once, each hearing a prompt", outcome),
        *heard_by(phones.heard, calls, plan.seconds_of_prompt, stalls),
        at_most("CPU of its core", busy, CPU, "%"),
        at_most("memory (RSS)", megabytes, MEGABYTES, "MB"),
        standstills(bench.pulse, stalls),
        *complaints,
    ]


def heard_by(
    streams: list[Heard], calls: int, seconds: float, stalls: Sequence[Interval]
) -> list[Figure]:
    """Return what the telephones heard; each must have heard one stream, to the end."""
    missing = sum(stream.lost for stream in streams)
    gaps = [gap for stream in streams for gap in stream.gaps]
    packets = sum(stream.packets for stream in streams)
    whole = sum(stream.seconds > seconds for stream in streams)
    lost = f"{missing} of {packets}" + f"; {whole} streams were whole" * (whole != calls)
    return [
        Figure("RTP packets lost", "0", lost, met=missing == 0 and whole == calls),
        _longest_gap(gaps, stalls),
    ]


def _longest_gap(gaps: Sequence[Interval], stalls: Sequence[Interval]) -> Figure:
    longest = max((gap.ms for gap in gaps), default=0.0)
    ours = max((gap.without(stalls) for gap in gaps), default=0.0)
    return Figure("longest gap in RTP", f"< {GAP:g} ms", both(longest, ours), met=ours < GAP)


def latency(plan: Plan, cores: Cores) -> list[Figure]:
    """Measure how soon a call is answered, and how soon a key makes another telephone ring."""
    calls = plan.latency_rate * plan.seconds_of_latency
    ringing = Load("key", site.RING, calls, plan.latency_rate)
    with running(cores, press_after=SECONDS_UNTIL_PRESSED) as bench:
        with bench.pulse, bench.calls(ringing) as sipp:
            outcome = sipp.wait()
        complaints = bench.complaints()
        actions = bench.phones.until_action
        stalls = bench.pulse.on(cores.gateway, cores.load)
    done = all_well(f"{calls} calls, {plan.latency_rate} a second", outcome)
    return [
        done,
        _p99("INVITE to 200, p99", outcome.until_answered, calls, MS_UNTIL_ANSWERED, stalls),
        _p99(
            "end of key to INVITE to the next telephone, p99",
            actions,
            calls,
            MS_UNTIL_ACTION,
            stalls,
        ),
        standstills(bench.pulse, stalls),
        *complaints,
    ]


def throughput(plan: Plan, cores: Cores) -> list[Figure]:
    """Measure many short calls: answered, greeted, a key, a goodbye, hung up."""
    rate = plan.throughput_rate
    calls = rate * plan.seconds_of_throughput
    with running(cores, press_after=SECONDS_UNTIL_PRESSED) as bench:
        cpu = bench.gateway.cpu_seconds
        with bench.calls(Load("key", site.KEY, calls, rate)) as sipp:
            outcome = sipp.wait()
        spent = (bench.gateway.cpu_seconds - cpu) / calls * 1000
        complaints = bench.complaints()
    seconds = plan.seconds_of_throughput
    return [
        all_well(f"{rate} calls a second for {seconds} s, each with a key", outcome),
        Figure("retransmissions", "0", str(outcome.retransmissions),
               met=outcome.retransmissions == 0),
        Figure("CPU for one of them", "", f"{spent:.2f} ms", met=None),
        *complaints,
    ]  # fmt: skip


def memory(plan: Plan, cores: Cores) -> list[Figure]:
    """Measure what very many calls leave behind in the memory."""
    if not plan.memory_calls:
        return []
    calls, rate = plan.memory_calls, plan.memory_rate
    with running(cores, press_after=SECONDS_UNTIL_PRESSED) as bench:
        with bench.calls(Load("key", site.KEY, plan.memory_warm_up, rate)) as sipp:
            sipp.wait()
        before = bench.gateway.megabytes
        with bench.calls(Load("key", site.KEY, calls, rate)) as sipp:
            outcome = sipp.wait()
        growth = bench.gateway.megabytes - before
        complaints = bench.complaints()
    return [
        all_well(f"{calls} calls, {rate} a second", outcome),
        at_most("growth of its memory (RSS)", growth, MEGABYTES_OF_GROWTH, "MB"),
        Figure("memory after the first calls", "", f"{before:.1f} MB", met=None),
        *complaints,
    ]


def engine(plan: Plan, cores: Cores) -> list[Figure]:
    """Measure the engine without telephones, in this process."""
    del cores
    work = Path(mkdtemp(prefix="ivr-bench-"))
    try:
        compiled = load(site.write(work, trunk=1).folder).site
    finally:
        shutil.rmtree(work, ignore_errors=True)
    rate = steps_a_second(compiled, plan.engine_calls, plan.seconds_of_engine)
    goal, measured = f">= {STEPS_A_SECOND:,} a second", f"{rate:,.0f} a second"
    return [Figure("steps of the pure engine", goal, measured, met=rate >= STEPS_A_SECOND)]


MEASUREMENTS: Mapping[str, Callable[[Plan, Cores], list[Figure]]] = {
    "concurrent": concurrent,
    "latency": latency,
    "throughput": throughput,
    "memory": memory,
    "engine": engine,
}


def all_well(what: str, outcome: Outcome) -> Figure:
    failed = f"{outcome.failed} failed; the first: {outcome.error}"
    measured = failed if outcome.failed else f"all {outcome.successful} well"
    return Figure(what, "no failure", measured, met=outcome.failed == 0)


def at_most(what: str, value: float, goal: float, unit: str) -> Figure:
    return Figure(what, f"<= {goal:g} {unit}", f"{value:.1f} {unit}", met=value <= goal)


def _p99(
    what: str,
    times: Sequence[Interval],
    expected: int,
    goal: float,
    stalls: Sequence[Interval],
) -> Figure:
    if len(times) < expected:
        missing = f"only {len(times)} of {expected} seen"
        return Figure(what, f"<= {goal:g} ms", missing, met=False)
    whole = [time.ms for time in times]
    ours = percentile([time.without(stalls) for time in times], PERCENT)
    measured = f"{both(percentile(whole, PERCENT), ours)} (median {percentile(whole, 50):.1f})"
    return Figure(what, f"<= {goal:g} ms", measured, met=ours <= goal)


def both(measured: float, ours: float) -> str:
    """Say what was measured, and what of it was ours when the machine stood still meanwhile."""
    without = f"; {ours:.1f} without the machine's stalls" * (f"{ours:.1f}" != f"{measured:.1f}")
    return f"{measured:.1f} ms{without}"


def standstills(pulse: Pulse, stalls: Sequence[Interval]) -> Figure:
    """Return how often the machine itself stood still, and for how long at most."""
    what = "the machine itself stood still"
    if not pulse.is_known:
        return Figure(what, "", "not known: only root can watch", met=None)
    longest = max((stall.ms for stall in stalls), default=0.0)
    return Figure(what, "", f"{len(stalls)} times, {longest:.1f} ms at most", met=None)
