"""What is measured of callers who speak: many are listened to, beside many who hear a prompt."""

import time
from array import array
from collections.abc import Sequence

from bench import rtp, site
from bench.figures import Figure, percentile
from bench.gateway import BenchError, Cores
from bench.measuring import Bench, all_well, at_most, both, heard_by, running, standstills
from bench.phones import Utterance
from bench.plan import Plan
from bench.pulse import Interval
from bench.sipp import Load
from ivr.errors import RenderError
from ivr.prompts import audio
from ivr.prompts.voices import Espeak

SPEAKERS = 30
LISTENERS = 100
LISTENERS_A_SECOND = 25
UNDERSTOOD = 29
MS_P95 = 1000.0
MS_MEDIAN_EARLY = 450.0
MEGABYTES_A_CALL = 0.5
SECONDS_BEFORE = 8.0
"""Until the first one speaks: everybody is up, and is listened to."""
SECONDS_APART = 0.4
SECONDS_AFTER = 4.0
_ERRANDS = ("byggetilladelse", "byggesag", "parkering", "affald")
_VOICES = ("da+f4", "da+m1", "da+m7", "da+f2", "da+m3")
_LOUDNESS = 10_000


def speech(plan: Plan, cores: Cores) -> list[Figure]:
    """Measure how soon what is said makes another telephone ring."""
    del plan
    return [*_measured(cores, early_end=False), *_measured(cores, early_end=True)]


def _measured(cores: Cores, *, early_end: bool) -> list[Figure]:
    said = _utterances()
    seconds = said[-1].after + SECONDS_AFTER
    prompts = Load("listen", site.LISTEN, LISTENERS, LISTENERS_A_SECOND, seconds)
    errands = Load("say", site.SAY, SPEAKERS, SPEAKERS, seconds)
    with running(cores, utterances=said, early_end=early_end) as bench:
        speakers, others = bench.phones.ports[:SPEAKERS], bench.phones.ports[SPEAKERS:]
        with bench.pulse, bench.calls(prompts, others) as hearing:
            time.sleep(LISTENERS / LISTENERS_A_SECOND)
            before = bench.gateway.megabytes
            with bench.calls(errands, speakers) as speaking:
                growth, busy = _listening(bench, before)
                outcome = speaking.wait()
            heard = hearing.wait()
        complaints = bench.complaints()
        actions = bench.phones.until_action
        stalls = bench.pulse.on(cores.gateway, cores.load)
    streams = bench.phones.heard
    how = "early end" if early_end else "at the pause"
    return [
        all_well(f"{SPEAKERS} say their errand ({how})", outcome),
        *_until_action(actions, stalls, early_end=early_end),
        all_well(f"{LISTENERS} calls beside them, each hearing a prompt", heard),
        *heard_by(streams, LISTENERS, seconds - 1, bench.pulse.on(cores.gateway)),
        at_most("memory for each call that is listened to", growth, MEGABYTES_A_CALL, "MB"),
        Figure("CPU of its core while all are listened to", "", f"{busy:.0f} %", met=None),
        standstills(bench.pulse, stalls),
        *complaints,
    ]


def _listening(bench: Bench, before: float) -> tuple[float, float]:
    """Return the memory that each speaker takes, and how busy the gateway is with all of them."""
    time.sleep(SECONDS_BEFORE / 2)
    cpu, began = bench.gateway.cpu_seconds, time.monotonic()
    time.sleep(SECONDS_BEFORE / 2)
    busy = (bench.gateway.cpu_seconds - cpu) / (time.monotonic() - began) * 100
    return (bench.gateway.megabytes - before) / SPEAKERS, busy


def _until_action(
    actions: Sequence[Interval], stalls: Sequence[Interval], *, early_end: bool
) -> list[Figure]:
    what = "end of the last word to INVITE to the next telephone"
    understood = Figure(
        "of them understood", f">= {UNDERSTOOD}", str(len(actions)), met=len(actions) >= UNDERSTOOD
    )
    if not actions:
        return [understood]
    whole, ours = [each.ms for each in actions], [each.without(stalls) for each in actions]
    figures = [
        Figure(f"{what}, {percent}", f"<= {goal:g} ms",
               both(percentile(whole, rank), percentile(ours, rank)),
               met=percentile(ours, rank) <= goal)
        for percent, rank, goal in (("p95", 95, MS_P95), ("median", 50, MS_MEDIAN_EARLY))
    ]  # fmt: skip
    return [understood, *(figures if early_end else [figures[0], _median(whole)])]


def _median(whole: Sequence[float]) -> Figure:
    return Figure("the median of it", "", f"{percentile(whole, 50):.1f} ms", met=None)


def _utterances() -> list[Utterance]:
    """Return what each says and when, in many voices."""
    try:
        return [
            Utterance(
                SECONDS_BEFORE + place * SECONDS_APART,
                _packets(_ERRANDS[place % len(_ERRANDS)], _VOICES[place % len(_VOICES)]),
            )
            for place in range(SPEAKERS)
        ]
    except RenderError as error:
        raise BenchError(str(error)) from error


def _packets(text: str, voice: str) -> list[bytes]:
    """Return an utterance as A-law, 20 ms a packet, without quiet around it."""
    samples = audio.for_telephone(Espeak(voice).speak(text), lead=0.0, tail=0.0)
    values = array("h", [round(_LOUDNESS * sample) for sample in samples])
    octets = bytes(map(rtp.alaw, values))
    whole = octets + rtp.QUIET[: -len(octets) % rtp.SAMPLES]
    return [whole[at : at + rtp.SAMPLES] for at in range(0, len(whole), rtp.SAMPLES)]
