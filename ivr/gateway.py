"""What makes this box this box: SIP, media, storage and metrics settings, compiled.

The engine never sees these; the daemon hands each part its own. Secrets are held as
`Secret`, whose text never shows in a repr, a log or an exported configuration.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from ivr.engine.site import Site


@dataclass(frozen=True, slots=True)
class Secret:
    """A password read from a file or the environment; `reference` says which."""

    reference: str
    text: str = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"<secret from {self.reference}>"


@dataclass(frozen=True, slots=True)
class Listen:
    """One SIP transport: `protocol` udp or tcp, a literal IPv4 or IPv6 address, a port."""

    protocol: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Registration:
    """Digest registration of a trunk; `realm` is exact, never `*`; algorithm md5 or sha-256."""

    user: str
    realm: str
    password: Secret
    algorithm: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Trunk:
    """A way to and from the PBX. `proxy` is `host:port` (or `[v6]:port`)."""

    name: str
    proxy: str
    protocol: str
    sources: tuple[IPv4Network | IPv6Network, ...]
    """Callers from these addresses come in over this trunk."""
    registration: Registration | None
    outgoing: bool
    seconds_between_options: float
    """0 turns the health check off: the trunk then counts as up."""


@dataclass(frozen=True, slots=True)
class Sip:
    listen: tuple[Listen, ...]
    codecs: tuple[str, ...]
    """Of pcma, pcmu, g722; best first."""
    rtp_port: int
    rtp_ports: int
    user_agent: str
    trunks: tuple[Trunk, ...]


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """What callers' words are recognised with: a folder, its language, and so many threads."""

    folder: Path
    language: str
    workers: int


@dataclass(frozen=True, slots=True)
class Gateway:
    """One box. Paths are absolute or relative to the working directory of the daemon."""

    sip: Sip
    prompts: Path
    journal: str
    """An SQLAlchemy URL; sqlite:///var/journal.db by default."""
    messages: Path
    metrics_address: str
    metrics_port: int
    control: Path
    """The Unix socket `ivr reload` speaks to; its folder must exist or be creatable."""
    piper_model: Path | None = None
    log_format: str = "console"
    speech: SpeechModel | None = None
    """None on a box where callers have keys only."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What `ivr.config.load` gives: the site, the box, and the text both were read from.

    `files` maps each file's path, relative to the folder, to its text: the journal keeps it,
    so that a call can be replayed with the configuration it had. Secrets stand in none.
    """

    site: Site
    gateway: Gateway
    files: dict[str, str]
