"""gateway.yaml as it is written: everything about this one box."""

from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from ivr.config.addresses import ENDPOINT, PORTS, PROXY, Listens, Sources
from ivr.config.schema import Section
from ivr.config.secrets import Password
from ivr.config.times import duration, plain_seconds
from ivr.config.values import (
    ONE_OR_MORE,
    PATH,
    TEXT,
    Language,
    Name,
    Text,
    YesNo,
    one_of,
    whole,
)
from ivr.config.written import UnfitError, Written


def _realm(text: str) -> str:
    if text == "*":
        raise UnfitError(
            "must be the PBX's own realm: `*` would answer the challenge of anybody who asks,"
            " and so hand out a digest of the password"
        )
    return str(TEXT.read(text))


def _journal(text: str) -> str:
    try:
        url = urlsplit(text)
    except ValueError as error:
        raise UnfitError("is no address of a database") from error
    if url.password is not None or "password" in url.query:
        raise UnfitError("must not hold a password; put it into the file that PGPASSFILE names")
    if not (text.startswith("sqlite:///") or url.scheme.startswith("postgresql")):
        # The text is not shown: it may hold a password all the same.
        raise UnfitError("must begin with sqlite:/// or postgresql://")
    return text


REALM = Written("the realm of the PBX", _realm)
Codec = Annotated[str, one_of("pcma", "pcmu", "g722")]
JOURNAL = Written("a database such as sqlite:///var/journal.db", _journal)


class RegistrationSection(Section):
    what: ClassVar[str] = "a registration"

    user: Text
    """the name this gateway has at the PBX"""
    realm: Annotated[str, REALM]
    """the realm the PBX asks with, exactly"""
    password: Password
    """where the password is: {file: PATH} or {environment: NAME}"""
    algorithm: Annotated[str, one_of("md5", "sha-256")] = "sha-256"
    """the digest the PBX asks for"""
    seconds: Annotated[int, plain_seconds(60, 86400)] = 300
    """how long a registration lasts"""


class TrunkSection(Section):
    what: ClassVar[str] = "a trunk"

    proxy: Annotated[str, PROXY]
    """the address of the PBX"""
    protocol: Annotated[str, one_of("udp", "tcp")] = "udp"
    """how it is spoken to"""
    sources: Annotated[Sources, ONE_OR_MORE] = ()
    """the addresses or networks from which its calls come"""
    registration: RegistrationSection | None = None
    """how this gateway signs in, if the PBX wants that"""
    outgoing: YesNo = True
    """whether survey calls and transfers may use it; the first trunk written is tried first"""
    options_every: Annotated[float, duration("5s", "1h", never=True)] = 30.0
    """how often its health is asked for; `never` takes it for healthy"""


class SipSection(Section):
    what: ClassVar[str] = "sip"

    listen: Annotated[Listens, ONE_OR_MORE]
    """the addresses calls come in at"""
    codecs: Annotated[tuple[Codec, ...], ONE_OR_MORE] = ("pcma", "pcmu", "g722")
    """the codecs, best first"""
    rtp_ports: Annotated[range, PORTS] = range(10000, 12000)
    """the ports for audio, at least four for each call"""
    user_agent: Text = "ivr"
    """what this gateway calls itself"""
    trunks: dict[Name, TrunkSection]
    """the ways to and from the PBX, in order of preference for outgoing calls"""


class LimitsSection(Section):
    what: ClassVar[str] = "limits"

    calls: Annotated[int, whole(1, 240)] = 200
    """how many calls may be up at once, each perhaps with an agent; further ones get 503"""
    seconds: Annotated[float, plain_seconds(60, 86400)] = 7200.0
    """how long one call may last"""
    seconds_without_audio: Annotated[float, plain_seconds(5, 3600)] = 30.0
    """how long the other side may send no audio before the line is taken for dead"""
    seconds_to_drain: Annotated[float, plain_seconds(0, 7200)] = 300.0
    """how long running calls may go on when the gateway is stopped"""
    retry_after: Annotated[float, duration("1s", "1h")] = 10.0
    """when a caller who was turned away may try again"""


class PromptsSection(Section):
    what: ClassVar[str] = "prompts"

    folder: Annotated[Path, PATH] = Path("prompts")
    """the folder with a folder for each language"""
    piper: Annotated[Path, PATH] | None = None
    """a Piper voice that speaks instead of espeak-ng"""


class SpeechSection(Section):
    what: ClassVar[str] = "speech"

    model: Annotated[Path, PATH]
    """the folder of the speech model"""
    language: Language = "da"
    """the language it understands"""
    workers: Annotated[int, whole(1, 64)] = 2
    """how many threads listen; one carries some thirty callers who speak at once"""


class JournalSection(Section):
    what: ClassVar[str] = "journal"

    url: Annotated[str, JOURNAL] = "sqlite:///var/journal.db"
    """the database of calls, answers and messages"""


class MessagesSection(Section):
    what: ClassVar[str] = "messages"

    folder: Annotated[Path, PATH] = Path("var/messages")
    """where voice messages are kept"""


class MetricsSection(Section):
    what: ClassVar[str] = "metrics"

    address: Annotated[tuple[str, int], ENDPOINT] = ("127.0.0.1", 9108)
    """where Prometheus asks"""


class ControlSection(Section):
    what: ClassVar[str] = "control"

    socket: Annotated[Path, PATH] = Path("var/ivr.sock")
    """the socket over which `ivr reload` speaks to the daemon"""


class LogSection(Section):
    what: ClassVar[str] = "log"

    format: Annotated[str, one_of("console", "json")] = "console"
    """for people or for machines"""


class GatewayFile(Section):
    what: ClassVar[str] = "gateway.yaml"

    sip: SipSection
    """how this box speaks SIP"""
    limits: LimitsSection = LimitsSection()
    """what this box takes on"""
    prompts: PromptsSection = PromptsSection()
    """where the recordings are"""
    speech: SpeechSection | None = None
    """what callers' words are recognised with; without it they have keys only"""
    journal: JournalSection = JournalSection()
    """where everything is written down"""
    messages: MessagesSection = MessagesSection()
    """where voice messages are kept"""
    metrics: MetricsSection = MetricsSection()
    """the figures for Prometheus"""
    control: ControlSection = ControlSection()
    """how `ivr reload` reaches the daemon"""
    log: LogSection = LogSection()
    """how the log is written"""
