"""Checks gateway.yaml beyond its schema, and compiles it to a `Gateway`."""

from itertools import combinations

from ivr.config.gateway_file import (
    GatewayFile,
    RegistrationSection,
    SipSection,
    SpeechSection,
    TrunkSection,
)
from ivr.config.page import Page
from ivr.config.secrets import Reveal
from ivr.config.written import UnfitError
from ivr.engine.site import Limits
from ivr.gateway import Gateway, Registration, Sip, SpeechModel, Trunk

PORTS_A_CALL = 4
"""A call can have two lines, and each takes a port for RTP and one for RTCP."""


def check(page: Page[GatewayFile], reveal: Reveal) -> None:
    """Note what is wrong with a gateway."""
    if page.content is None:
        return
    sip = page.content.sip
    _check_repetitions(page, sip)
    _check_ports(page, page.content)
    _check_sources(page, sip)
    for name, trunk in sip.trunks.items():
        _check_trunk(page, name, trunk, sip)
        if trunk.registration:
            try:
                reveal(trunk.registration.password)
            except UnfitError as error:
                place = ("sip", "trunks", name, "registration", "password")
                page.fault(place, f"the password of the trunk `{name}` {error}")


def _check_repetitions(page: Page[GatewayFile], sip: SipSection) -> None:
    for number, listen in enumerate(sip.listen):
        if listen in sip.listen[:number]:
            page.fault(("sip", "listen", number), "this address is listed twice")
    for number, codec in enumerate(sip.codecs):
        if codec in sip.codecs[:number]:
            page.fault(("sip", "codecs", number), f"the codec `{codec}` is listed twice")


def _check_ports(page: Page[GatewayFile], file: GatewayFile) -> None:
    ports, calls = file.sip.rtp_ports, file.limits.calls
    place = ("sip", "rtp_ports")
    if len(ports) < calls * PORTS_A_CALL:
        needed = f"{calls} calls (`limits.calls`) can need {calls * PORTS_A_CALL}"
        page.fault(place, f"`rtp_ports` has {len(ports)} ports, but {needed}")
    for listen in file.sip.listen:
        if listen.protocol == "udp" and listen.port in ports:
            page.fault(place, f"`rtp_ports` holds {listen.port}, which `listen` uses for SIP")


def _check_sources(page: Page[GatewayFile], sip: SipSection) -> None:
    sources = [
        (name, number, source)
        for name, trunk in sip.trunks.items()
        for number, source in enumerate(trunk.sources)
    ]
    for name, number, source in sources:
        if source.prefixlen == 0 and sip.trunks[name].registration is None:
            page.fault(
                ("sip", "trunks", name, "sources", number),
                f"`{source}` lets anybody call in; name the addresses of the PBX",
            )
    for (one, _, earlier), (other, number, source) in combinations(sources, 2):
        if one != other and source.overlaps(earlier) and earlier.prefixlen and source.prefixlen:
            page.fault(
                ("sip", "trunks", other, "sources", number),
                f"`{source}` overlaps with `{earlier}` of the trunk `{one}`:"
                " a call from there could be of either",
            )


def _check_trunk(page: Page[GatewayFile], name: str, trunk: TrunkSection, sip: SipSection) -> None:
    place = ("sip", "trunks", name)
    if trunk.protocol not in {listen.protocol for listen in sip.listen}:
        message = f"the trunk `{name}` speaks {trunk.protocol}, but no line of `listen` does"
        page.fault((*place, "protocol"), message)
    if not (trunk.sources or trunk.registration or trunk.outgoing):
        message = f"the trunk `{name}` has no use: it needs `sources`, `registration` or `outgoing`"
        page.fault(place, message)


def compiled(file: GatewayFile, reveal: Reveal) -> Gateway:
    """Return the box that gateway.yaml describes."""
    address, port = file.metrics.address
    return Gateway(
        sip=Sip(
            listen=file.sip.listen,
            codecs=file.sip.codecs,
            rtp_port=file.sip.rtp_ports.start,
            rtp_ports=len(file.sip.rtp_ports),
            user_agent=file.sip.user_agent,
            trunks=tuple(_trunk(name, trunk, reveal) for name, trunk in file.sip.trunks.items()),
        ),
        prompts=file.prompts.folder,
        journal=file.journal.url,
        messages=file.messages.folder,
        metrics_address=address,
        metrics_port=port,
        control=file.control.socket,
        piper_model=file.prompts.piper,
        log_format=file.log.format,
        speech=_speech(file.speech) if file.speech else None,
    )


def _speech(section: SpeechSection) -> SpeechModel:
    return SpeechModel(section.model, section.language, section.workers)


def _trunk(name: str, trunk: TrunkSection, reveal: Reveal) -> Trunk:
    return Trunk(
        name=name,
        proxy=trunk.proxy,
        protocol=trunk.protocol,
        sources=trunk.sources,
        registration=_registration(trunk.registration, reveal) if trunk.registration else None,
        outgoing=trunk.outgoing,
        seconds_between_options=trunk.options_every,
    )


def _registration(section: RegistrationSection, reveal: Reveal) -> Registration:
    return Registration(
        user=section.user,
        realm=section.realm,
        password=reveal(section.password),
        algorithm=section.algorithm,
        seconds=section.seconds,
    )


def limits(file: GatewayFile) -> Limits:
    """Return what this box takes on."""
    section = file.limits
    return Limits(
        calls=section.calls,
        seconds=section.seconds,
        seconds_without_audio=section.seconds_without_audio,
        seconds_to_drain=section.seconds_to_drain,
        retry_after=int(section.retry_after),
    )


def cannot_call(page: Page[GatewayFile]) -> bool:
    """Return whether it is sure that no trunk carries outgoing calls."""
    if page.content is None or outgoing(page.content):
        return False
    return len(page.content.sip.trunks) == len(page.names("sip", "trunks") or ())


def outgoing(file: GatewayFile) -> tuple[str, ...]:
    """Return the trunks for outgoing calls, best first."""
    return tuple(name for name, trunk in file.sip.trunks.items() if trunk.outgoing)
