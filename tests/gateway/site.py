"""Writes the site of a test: the demo's, with free ports, short times and small limits.

What a test wants otherwise it says as the files do, only for what differs:

    build(folder, prompts, {"gateway.yaml": {"limits": {"calls": "2"}}})

None takes an option away.
"""

import random
import shutil
import socket
import wave
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DEMO = Path("firmware_config/demo")
LOOPBACK = "127.0.0.1"
NUMBER = "+4533663333"
"""What callers dial."""
STAGE = "groups/virksomhed/etape-1.yaml"

Changes = Mapping[str, Any]

_RTP_PORTS = 600
_FIRST_RTP_PORTS = range(11000, 20000, 1000)
_SIP_PORTS = range(20000, 32000)
"""Below those the system gives away by itself."""


@dataclass(frozen=True)
class Site:
    """Where the files of a site lie, and where its gateway and telephones are found."""

    folder: Path
    journal: str
    messages: Path
    control: Path
    prompts: Path
    sip: int
    metrics: int
    trunk: int
    anna: int
    bo: int

    @property
    def journal_file(self) -> Path:
        return Path(self.journal.removeprefix("sqlite:///"))

    def change(self, changes: Changes) -> None:
        """Write the files anew, with these changes."""
        for name, change in changes.items():
            file = self.folder / name
            _write(file, _merged(_read(file), change))


def build(work: Path, prompts: Path, changes: Changes) -> Site:
    """Write everything a gateway needs into `work`."""
    site = Site(
        folder=work / "demo",
        journal=f"sqlite:///{work}/var/journal.db",
        messages=work / "var" / "messages",
        control=work / "var" / "ivr.sock",
        prompts=prompts,
        sip=free_port(),
        metrics=free_port(),
        trunk=free_port(),
        anna=free_port(),
        bo=free_port(),
    )
    for source in DEMO.rglob("*.yaml"):
        file = site.folder / source.relative_to(DEMO)
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, _read(source))
    site.change(_gateway(site))
    site.change(_manners(site))
    site.change(changes)
    return site


def _gateway(site: Site) -> Changes:
    first = random.choice(_FIRST_RTP_PORTS)  # noqa: S311 -- so that tests side by side seldom meet
    place = f"{LOOPBACK}:{site.sip}"
    return {
        "gateway.yaml": {
            "sip": {
                "listen": [f"udp {place}", f"tcp {place}"],
                "rtp_ports": f"{first}-{first + _RTP_PORTS - 1}",
                "trunks": {
                    "pbx": {
                        "proxy": f"{LOOPBACK}:{site.trunk}",
                        "sources": f"{LOOPBACK}/32",
                        "options_every": "never",
                    }
                },
            },
            "limits": {"calls": "20", "seconds_to_drain": "3", "retry_after": "7s"},
            "prompts": {"folder": str(site.prompts)},
            "speech": None,  # callers have keys; `test_speech` asks for it
            "journal": {"url": site.journal},
            "messages": {"folder": str(site.messages)},
            "metrics": {"address": f"{LOOPBACK}:{site.metrics}"},
            "control": {"socket": str(site.control)},
        }
    }


def _manners(site: Site) -> Changes:
    """Short times, and the two kinds of node that the demo can do without."""
    return {
        "teams.yaml": {
            "queues": {"virksomhed": {"ring": "2s", "rest": "1s", "wrap_up": "0s"}},
            "agents": {
                "anna": {"address": f"sip:anna@{LOOPBACK}:{site.anna}"},
                "bo": {"address": f"sip:bo@{LOOPBACK}:{site.bo}"},
            },
        },
        "survey.yaml": {"rules": {"delay": "1s", "spacing": "10s", "ring": "5s"}},
        STAGE: {
            "nodes": {
                "hovedmenu": {"choices": {"4": "sag", "8": "besked"}},
                "sag": {
                    "kind": "collect",
                    "long": "collect.case.long",
                    "stores": "sagsnummer",
                    "digits": "4-8",
                    "secret": "yes",
                    "then": "varsel",
                    "no_input": {"limit": "3", "prompts": "no_input", "then": "til_person"},
                    "no_match": {"limit": "3", "prompts": "no_match", "then": "til_person"},
                },
                "besked": {"silence": "2s"},
            }
        },
    }


def _merged(old: Any, new: Any) -> Any:  # noqa: ANN401 -- whatever YAML can hold
    if not (isinstance(old, dict) and isinstance(new, Mapping)):
        return new
    kept = {name: value for name, value in old.items() if new.get(name, "") is not None}
    changed = {name: _merged(kept.get(name), value) for name, value in new.items()}
    return {**kept, **{name: value for name, value in changed.items() if value is not None}}


def _read(file: Path) -> Any:  # noqa: ANN401 -- whatever YAML can hold
    """Return what a file holds; everything is text, as it is to the gateway."""
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 -- it makes nothing but text


def _write(file: Path, content: object) -> None:
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def free_port() -> int:
    """Return a port at which nobody listens, neither over UDP nor over TCP."""
    while True:
        port = random.choice(_SIP_PORTS)  # noqa: S311 -- see above
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with closing(socket.socket(socket.AF_INET, kind)) as probe:
                    probe.bind((LOOPBACK, port))
        except OSError:
            continue
        return port


def cut_short(source: Path, target: Path, seconds: float) -> None:
    """Copy prompts; of each only the first seconds, so that no test listens for long."""
    for file in sorted(source.rglob("*")):
        place = target / file.relative_to(source)
        if not file.is_file() or file.name.startswith("."):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".wav" and file.parts[-3] != "music":
            _cut_file(file, place, seconds)
        else:
            shutil.copyfile(file, place)


def _cut_file(source: Path, target: Path, seconds: float) -> None:
    with wave.open(str(source)) as whole, wave.open(str(target), "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(int(seconds * whole.getframerate())))
