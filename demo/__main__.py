"""`make demo`: one call, from the first ring to the last survey key, played for real.

A gateway on loopback and four telephones around it, each a process of its own. The first
caller presses keys, the second says what he wants. Every step is shown as it happens; at the
end stand the call record, the answers and the counters that changed. It exits 0 only if
everything happened that should.
"""

import argparse
import json
import random
import sys
import time
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.speaking import say
from demo.tones import measure
from demo.world import Gateway, NotHappened, Telephone
from ivr.config import load
from ivr.engine.record import CallRecord
from ivr.engine.replay import replayed
from ivr.errors import IvrError
from ivr.gateway import Configuration
from ivr.journal import Reader
from ivr.story import told

SITE = Path("firmware_config/demo")
WORK = Path("var/demo")
CALLER_PORT = 5070
SPEAKER_PORT = 5071
ANNA_PORT = 5081
BO_PORT = 5082
CALLERS_TONE = 600
AGENTS_TONE = 1000
QUIETEST_MUSIC = -32.0
"""dBFS. It is made at -24."""
ANSWERS = [8, 9, 7, 9]
ERRAND = "jeg ringer angående en byggetilladelse"
BUILDING = "2"
"""The choice of the main menu that the errand means."""
GATEWAY = "sip:+4533663333@127.0.0.1:5060"

console = Console(highlight=False)
COLOURS = {
    "gateway": "cyan",
    "caller": "green",
    "speaker": "blue",
    "anna": "magenta",
    "bo": "yellow",
}


class Failed(Exception):  # noqa: N818
    """What was measured or read is not what it should be."""


def main() -> int:
    """Play the call; return 0 if all of it happened."""
    argparse.ArgumentParser(prog="python -m demo", description=__doc__).parse_args()
    began = time.monotonic()
    try:
        configuration = load(SITE)
        _play(configuration)
    except (NotHappened, Failed, IvrError) as error:
        console.print(f"\n[bold red]The demo failed:[/] {error}")
        return 1
    console.print(f"\n[bold green]All of it happened[/], in {time.monotonic() - began:.0f} s.")
    return 0


def _play(configuration: Configuration) -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    number = f"+4520{random.randrange(10**5, 10**6)}"  # noqa: S311 -- a caller not asked before
    telephones: list[Telephone] = []
    gateway: Gateway | None = None
    try:
        caller = Telephone("caller", CALLER_PORT, _show, "--record", str(WORK / "call.wav"))
        anna = Telephone("anna", ANNA_PORT, _show, "--never")
        bo = Telephone("bo", BO_PORT, _show, "--answer-after", "1")
        speaker = Telephone("speaker", SPEAKER_PORT, _show)
        telephones = [caller, anna, bo, speaker]
        for telephone in telephones:
            telephone.wait_until_it("ready")
        gateway = Gateway(SITE, _show)
        gateway.wait_until("started", 30)
        gateway.wait_until("trunks up", 30)
        before = _metrics(configuration)
        call = _call(gateway, caller, number)
        _queue(gateway, caller, anna, bo)
        _talk(gateway, caller, bo)
        _survey(gateway, caller)
        spoken = _speak(gateway, speaker, bo, number)
        after = _metrics(configuration)
    finally:
        processes = (*telephones, *([gateway] if gateway is not None else []))
        statuses = {process.name: process.stop() for process in processes}
    if fallen := [name for name, status in statuses.items() if status != 0]:
        raise Failed(f"{', '.join(fallen)} did not end in good order")
    _summary(configuration, call, before, after)
    _transcript(configuration, spoken)


def _call(gateway: Gateway, caller: Telephone, number: str) -> str:
    """Dial, press a wrong key, then the right one; return the call's id."""
    _chapter("A business dials in")
    caller.do("call", uri=GATEWAY, shows=number)
    line = gateway.wait_until(" dials ")
    gateway.wait_until("says menu.demo.spoken")
    _listen(1.5)
    caller.do("keys", keys="7")
    gateway.wait_until("says no_match")
    _listen(1.5)
    caller.do("keys", keys="1")
    return line.split()[1]


def _queue(gateway: Gateway, caller: Telephone, anna: Telephone, bo: Telephone) -> None:
    _chapter("He waits; the first agent does not answer, the second does")
    gateway.wait_until("joins queue")
    gateway.wait_until("says queue.")
    anna.wait_until_it("incoming")
    gateway.wait_until("plays music")
    caller.do("measure", seconds=1)
    if caller.wait_until_it("measured")["level"] < QUIETEST_MUSIC:
        raise Failed("the caller hears no music")
    bo.wait_until_it("incoming")
    bo.wait_until_it("answered")


def _talk(gateway: Gateway, caller: Telephone, bo: Telephone) -> None:
    _chapter("They talk: each sends a tone of its own and measures the other's")
    gateway.wait_until("connects the caller with line 3")
    caller.do("tone", hz=CALLERS_TONE)
    bo.do("tone", hz=AGENTS_TONE)
    _listen(0.6)
    caller.do("measure", seconds=1)
    bo.do("measure", seconds=1)
    for telephone, hz in ((caller, AGENTS_TONE), (bo, CALLERS_TONE)):
        heard = telephone.wait_until_it("measured")["hz"]
        if abs(heard - hz) > hz / 50:
            raise Failed(f"{telephone.name} should hear {hz} Hz and hears {heard} Hz")
    caller.do("tone", hz=0)
    caller.do("record", file=str(WORK / "survey.wav"))
    bo.do("hang_up")
    caller.wait_until_it("ended")


def _survey(gateway: Gateway, caller: Telephone) -> None:
    _chapter("The robot calls back and asks four questions")
    caller.wait_until_it("incoming", 30)
    for prompt, keys in (
        ("survey.intro", "1"),
        ("survey.q1", "8"),
        ("survey.q2", "9"),
        ("survey.q3", "0"),
        ("survey.stop", "7"),
        ("survey.q4", "9"),
    ):
        gateway.wait_until(f"says {prompt}", 30)
        _listen(1.0)
        caller.do("keys", keys=keys)
    gateway.wait_until("says survey.thanks")
    caller.wait_until_it("ended", 30)
    gateway.wait_until("complete", 10)


def _speak(gateway: Gateway, speaker: Telephone, bo: Telephone, number: str) -> str:
    """Say the errand instead of pressing a key, and come to bo; return the call's id."""
    _chapter(f'Another business says what it is about: "{ERRAND}"')
    errand = say(ERRAND, WORK / "errand.wav")
    speaker.do("call", uri=GATEWAY, shows=f"{number[:-1]}{(int(number[-1]) + 1) % 10}")
    line = gateway.wait_until(" dials ")
    gateway.wait_until("listens in hovedmenu")
    _listen(1.0)
    speaker.do("play", file=str(errand))
    gateway.wait_until(f"is understood in hovedmenu: {BUILDING}")
    gateway.wait_until("joins queue")
    gateway.wait_until("connects the caller")
    bo.do("hang_up")
    gateway.wait_until("the call is over: talked")
    return line.split()[1]


# --- what it came to --------------------------------------------------------------------------


def _summary(configuration: Configuration, call: str, before: list[str], after: list[str]) -> None:
    reader = Reader(configuration.gateway.journal)
    record = reader.call(call)
    if record is None:
        raise Failed(f"call {call} is not in the journal")
    _chapter("The call record")
    _print_record(record)
    _check_record(record)
    differences = replayed(configuration.site, reader.steps(call))
    console.print(f"replayed through the engine: {len(differences)} differences")
    _chapter("The answers")
    answers = reader.answers(survey=call)
    for answer in answers:
        console.print(f"{answer.questions} {answer.question}: {answer.value}")
    _chapter("The counters that changed")
    for line in after:
        if line not in before:
            console.print(line, markup=False, soft_wrap=True)
    _chapter("What the caller heard")
    for name in ("call.wav", "survey.wav"):
        _print_heard(WORK / name)
    if differences:
        raise Failed("the engine decides differently when the call is replayed")
    if [answer.value for answer in answers] != ANSWERS:
        raise Failed(f"the answers should be {ANSWERS}")


def _transcript(configuration: Configuration, call: str) -> None:
    """Tell the spoken call from the journal, which keeps what was said."""
    reader = Reader(configuration.gateway.journal)
    record = reader.call(call)
    if record is None:
        raise Failed(f"call {call} is not in the journal")
    steps = reader.steps(call)
    _chapter("The call of the one who spoke")
    for step in steps:
        if line := told(step, numbers=True):
            console.print(f"{step.now - record.began:6.1f}  {line}", markup=False, soft_wrap=True)
    if replayed(configuration.site, steps):
        raise Failed("the engine decides differently when the spoken call is replayed")


def _check_record(record: CallRecord) -> None:
    if (record.outcome, record.agent) != ("talked", "bo"):
        raise Failed(f"the call came to {record.outcome} with {record.agent or 'nobody'}")
    if not record.waited or not record.talked:
        raise Failed("the call has no waiting or no talking time")


def _print_record(record: CallRecord) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name in ("id", "group", "stage", "language", "config", "queue", "agent", "outcome"):
        table.add_row(name, str(getattr(record, name)))
    for name in ("waited", "talked", "seconds"):
        table.add_row(name, f"{getattr(record, name) or 0:.1f} s")
    console.print(table)


def _print_heard(path: Path) -> None:
    with wave.open(str(path)) as recording:
        samples = recording.readframes(recording.getnframes())
        seconds = recording.getnframes() / recording.getframerate()
    heard = measure(samples)
    console.print(f"{path}  {seconds:.1f} s, {heard.level:.0f} dBFS")
    if heard.hz == 0:
        raise Failed(f"{path} is silent")


def _metrics(configuration: Configuration) -> list[str]:
    gateway = configuration.gateway
    address = f"http://{gateway.metrics_address}:{gateway.metrics_port}/metrics"
    with urlopen(address, timeout=5) as page:
        text: str = page.read().decode()
    return [line for line in text.splitlines() if line.startswith("ivr_") and "_bucket" not in line]


def _listen(seconds: float) -> None:
    """Let the caller listen as people do before they press a key."""
    time.sleep(seconds)


def _chapter(title: str) -> None:
    console.print(f"\n[bold]{title}[/]")


def _show(name: str, line: str) -> None:
    """Print a line of a process; telephones speak JSON, people do not."""
    said = _said(json.loads(line)) if line.startswith("{") else line
    if said:
        text = Text(f"{name:8}", style=COLOURS.get(name, "white"))
        console.print(text.append(said, style="default"), soft_wrap=True)


def _said(event: Mapping[str, Any]) -> str:
    match event:
        case {"event": "done"} | {"event": "ready"}:
            return ""
        case {"event": "measured", "hz": hz, "level": level}:
            return f"hears {hz:.0f} Hz at {level:.0f} dBFS"
        case {"event": "incoming", "caller": who}:
            return f"is called by {who}"
        case {"event": "ended", "code": code}:
            return f"the call has ended ({code})"
    return " ".join(str(value) for value in event.values())


if __name__ == "__main__":
    sys.exit(main())
