"""Writes the site that is measured into a temporary folder: its files, and sounds to play."""

import socket
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from string import Template

from ivr.prompts import manifest

LISTEN = "8001"
KEY = "8002"
RING = "8003"
TALK = "8004"
SAY = "8005"
"""The numbers of entrance.yaml: what a caller of each meets stands in site/groups/."""

MODEL = Path("speech_model/da-8k")
_FILES = Path(__file__).parent / "site"
_LOOPBACK = "127.0.0.1"
_RATE = 8000
_LOUDNESS = 4000
SECONDS: Mapping[str, float] = {
    "long": 120.0,
    "greeting": 1.0,
    "question": 3.0,
    "place": 1.0,
    "goodbye": 0.1,
}
"""The prompts, and how long each is."""
SOUNDS: Mapping[str, float] = {"calm": 5.0, "ringing": 5.0, "tone": 0.3}
_RTP_PORTS = 4000
_FIRST_RTP_PORTS = (61000, 28000, 24000, 20000, 16000)
"""Best above those that the system gives to whoever asks for any."""


@dataclass(frozen=True, slots=True)
class BenchSite:
    """The site as it lies on the disk. `sip` is the port the gateway listens at."""

    folder: Path
    sip: int


def write(work: Path, trunk: int, *, listens: bool = False, early_end: bool = False) -> BenchSite:
    """Write everything a gateway needs below `work`; its PBX is at port `trunk`.

    One that `listens` has the speech model, and with `early_end` acts before the pause.
    """
    sip, metrics = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    first = _free_ports()
    places = {
        "work": work,
        "sip": sip,
        "metrics": metrics,
        "trunk": trunk,
        "rtp_first": first,
        "rtp_last": first + _RTP_PORTS - 1,
        "speech": f"speech: {{model: {MODEL}}}" if listens else "",
        "early_end": "yes" if early_end else "no",
    }
    folder = work / "site"
    for template in _FILES.rglob("*.yaml"):
        file = folder / template.relative_to(_FILES)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(template.read_text()).substitute(places))
    _write_sounds(work / "prompts" / "da", SECONDS)
    texts = "".join(f"{name}: {name}\n" for name in SECONDS)
    (work / "prompts" / "da" / "texts.yaml").write_text(texts)
    _write_sounds(work / "prompts" / manifest.SOUNDS, SOUNDS)
    return BenchSite(folder, sip)


def _write_sounds(owner: Path, sounds: Mapping[str, float]) -> None:
    folder = owner / manifest.RENDERED
    folder.mkdir(parents=True, exist_ok=True)
    for name, seconds in sounds.items():
        _write_noise(folder / f"{name}.wav", seconds)
    manifest.write(folder, manifest.Manifest(prompts={name: (name,) for name in sounds}))


def _write_noise(file: Path, seconds: float) -> None:
    chance = Random(1)
    second = b"".join(
        chance.randrange(-_LOUDNESS, _LOUDNESS).to_bytes(2, "little", signed=True)
        for _ in range(_RATE)
    )
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        octets = int(seconds * _RATE) * 2
        sound.writeframes((second * (octets // len(second) + 1))[:octets])


def free_port(kind: socket.SocketKind) -> int:
    """Return a port on loopback that nobody uses."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def _free_ports() -> int:
    """Return where a range of ports begins that nobody seems to use."""
    for first in _FIRST_RTP_PORTS:
        try:
            for port in range(first, first + _RTP_PORTS, _RTP_PORTS // 20):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind((_LOOPBACK, port))
        except OSError:
            continue
        return first
    raise OSError(f"no {_RTP_PORTS} free UDP ports in a row to be had")
