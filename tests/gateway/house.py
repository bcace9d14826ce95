"""One gateway with its site, and the telephones around it; every process is a real one."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TypeVar
from urllib.request import urlopen

from demo.world import Process, Telephone
from ivr.config import load
from ivr.engine.record import CallRecord
from ivr.engine.replay import replayed
from ivr.engine.site import Site as Compiled
from ivr.gateway import Configuration
from ivr.journal import Reader
from tests.gateway.log import PATIENCE, Log, Place, Story
from tests.gateway.site import LOOPBACK, NUMBER, Changes, Site, build
from tests.gateway.wire import Wire

Answer = TypeVar("Answer")
Load = Callable[..., Configuration]
IVR = (sys.executable, "-m", "ivr")
_SECONDS_BETWEEN_LOOKS = 0.05
_PEOPLE = re.compile(r"201112\d\d|701740\d\d\d")
"""The numbers from which tests call."""


def until(ask: Callable[[], Answer], seconds: float = PATIENCE) -> Answer:
    """Ask until the answer is true; return it, or the last one when the time is over."""
    for _ in range(int(seconds / _SECONDS_BETWEEN_LOOKS)):
        if answer := ask():
            return answer
        Event().wait(_SECONDS_BETWEEN_LOOKS)
    return ask()


class Gateway(Process):
    """`ivr run FOLDER --watch`; `before` is a command that starts it, such as env NAME=VALUE."""

    def __init__(self, site: Site, log: Log, before: tuple[str, ...], program: str) -> None:
        self.log = log
        log.begin()
        self._place = Place(len(log.lines))
        run = ["-m", program, "run", str(site.folder), "--watch"]
        command = [*before, sys.executable, *run]
        super().__init__("gateway", command, log.add)

    def tells(self, text: str, seconds: float = PATIENCE) -> str:
        """Wait until it says this, after what was said before; return the line."""
        return self.log.find(text, self._place, "", seconds)

    def ends(self, seconds: float = PATIENCE) -> int:
        """Wait until it has gone; return its exit status."""
        return self._process.wait(seconds)

    def _read(self) -> None:
        super()._read()
        self.log.end()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """Give it no chance to do anything more."""
        self._process.kill()
        self.stop()


class House:
    """A site, its gateway once it is started, and its telephones; ends them all in `close`."""

    def __init__(self, work: Path, prompts: Path, changes: Changes | None = None) -> None:
        self.site = build(work, prompts, changes or {})
        self.log = Log()
        self.load: Load = load
        """What compiled the site for the gateway."""
        self.rung: list[str] = []
        """The numbers at which the robot has rung the caller's telephone."""
        self.gateway: Gateway
        self._gateways: list[Gateway] = []
        self._telephones: list[Telephone] = []

    # --- who is there -------------------------------------------------------------------------

    def start(
        self, *before: str, program: str = "ivr", waits_for: str = "trunks up: pbx"
    ) -> Gateway:
        """Start the gateway, and wait until its trunk is up."""
        self.begin(*before, program=program).tells(waits_for)
        return self.gateway

    def begin(self, *before: str, program: str = "ivr") -> Gateway:
        """Start the gateway, and do not wait for it."""
        self.gateway = Gateway(self.site, self.log, before, program)
        self._gateways.append(self.gateway)
        return self.gateway

    def telephone(self, name: str, *more: str) -> Telephone:
        """Return a telephone that is ready: anna, bo, or the caller, who is the trunk too."""
        (telephone,) = self.telephones((name, *more))
        return telephone

    def telephones(self, *wanted: tuple[str, ...]) -> tuple[Telephone, ...]:
        """Return several that are ready, each wanted by its name and its options."""
        ports = {"anna": self.site.anna, "bo": self.site.bo, "caller": self.site.trunk}
        started = tuple(Telephone(name, ports[name], self._hear, *more) for name, *more in wanted)
        self._telephones += started
        for telephone in started:
            telephone.wait_until_it("ready")
        return started

    def _hear(self, name: str, line: str) -> None:
        self.log.add(name, line)
        if name == "caller" and '"incoming"' in line:
            self.rung.append(json.loads(line)["dialled"])

    def call(self, telephone: Telephone, shows: str) -> Story:
        """Dial the gateway; return the story of the call."""
        story = self.story()
        telephone.do("call", uri=f"sip:{NUMBER}@{LOOPBACK}:{self.site.sip}", shows=shows)
        said = telephone.wait_for(lambda line: '"do": "call"' in line or "error" in line, "call", 5)
        assert "error" not in said, said
        return story.of_next_call()

    def ring(self, wire: Wire, shows: str) -> Story:
        """Dial the gateway by hand; return the story of the call, which is answered."""
        story = self.story()
        assert wire.ring(shows).status == 200
        return story.of_next_call()

    def story(self, call: str = "") -> Story:
        """Read what is said from now on, about one call or about everything."""
        return Story(self.log, call, Place(len(self.log.lines)))

    # --- what it came to ----------------------------------------------------------------------

    @property
    def reader(self) -> Reader:
        return Reader(self.site.journal)

    def record(self, call: str) -> CallRecord:
        """Return a call's record once the call is over."""

        def over() -> CallRecord | None:
            record = self.reader.call(call)
            return record if record and record.is_over else None

        record = until(over)
        assert record is not None, f"call {call} is not over"
        return record

    def metrics(self) -> Mapping[str, float]:
        """Return every metric by its name and labels, as they stand in a scrape."""
        lines = (line for line in self.scrape().splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def scrape(self) -> str:
        with urlopen(f"http://{LOOPBACK}:{self.site.metrics}/metrics", timeout=PATIENCE) as page:
            text: str = page.read().decode()
        return text

    def shows(self, name: str, value: float) -> None:
        """Wait until a metric has this value."""
        seen = until(lambda: self.metrics().get(name) == value)
        assert seen, f"{name} is {self.metrics().get(name)}, not {value}"

    def ivr(self, *arguments: str, status: int = 0) -> str:
        """Run a command of `ivr`; return what it says."""
        run = subprocess.run([*IVR, *arguments], capture_output=True, text=True, check=False)
        assert run.returncode == status, run.stdout + run.stderr
        return run.stdout + run.stderr

    # --- the end ------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop the gateway; it must go in good order."""
        if self.gateway.is_running:
            assert self.gateway.stop() == 0

    def close(self) -> None:
        """End every process, then look whether the gateway did right by every call."""
        with ThreadPoolExecutor() as together:
            processes = (*self._telephones, *self._gateways)
            statuses = list(together.map(lambda process: process.stop(), processes))
        assert not [status for status in statuses if status not in {0, -signal.SIGKILL}]
        assert "Traceback" not in self.log
        assert "Assert failed" not in self.log
        assert [line for line in self.log.lines if _PEOPLE.search(line)] == []
        if self._gateways and self.site.journal_file.exists():
            self._check_calls()

    def _check_calls(self) -> None:
        """Every call ended in one outcome, and the engine would decide the same again."""
        reader = self.reader
        sites: dict[str, Compiled] = {}
        for record in reader.calls(10_000):
            if reader.gaps(record.id):
                continue
            if record.config and record.config not in sites:
                sites[record.config] = self._compiled(record.config)
            if record.config:
                assert replayed(sites[record.config], reader.steps(record.id)) == []

    def _compiled(self, name: str) -> Compiled:
        files = self.reader.configuration(name)
        assert files is not None
        folder = self.site.folder.with_name(f"kept-{name}") / "demo"
        for file, text in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")
        return self.load(folder, secrets=False).site
