"""How much is measured: the whole of it, or a quick look."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbers of calls, calls a second, and seconds."""

    concurrent: int = 200
    concurrent_rate: int = 20
    seconds_of_prompt: float = 40.0
    latency_rate: int = 10
    seconds_of_latency: int = 60
    throughput_rate: int = 200
    seconds_of_throughput: int = 10
    memory_rate: int = 150
    memory_warm_up: int = 10_000
    """A minute: SIP remembers a transaction for 32 s, and the journal fills its page cache."""
    memory_calls: int = 20_000
    engine_calls: int = 1_000
    seconds_of_engine: float = 10.0


WHOLE = Plan()
QUICK = Plan(
    concurrent_rate=50,
    seconds_of_prompt=10.0,
    latency_rate=10,
    seconds_of_latency=15,
    seconds_of_throughput=5,
    memory_calls=0,
    seconds_of_engine=2.0,
)
"""Without the memory: it only shows after minutes."""
