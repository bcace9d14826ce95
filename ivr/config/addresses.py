"""How network addresses are written: listening sockets, proxies, networks, telephones."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated

from ivr.config.written import UnfitError, Written
from ivr.gateway import Listen

Network = IPv4Network | IPv6Network

SIP_PORT = 5060
HIGHEST_PORT = 65535

_ENDPOINT = re.compile(r"(\[[^\[\]]+\]|[^\[\]:]+):([0-9]{1,5})")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_TELEPHONE = re.compile(r"sip:[\w.!~*'()&=+$,%-]+@([^;@]+)(;transport=(udp|tcp))?", re.ASCII)


def _endpoint(text: str) -> tuple[str, int]:
    """Read an address with a port, the address being a number."""
    written = _ENDPOINT.fullmatch(text)
    if written is None:
        raise ValueError(text)
    return str(ip_address(written[1].strip("[]"))), _port(written[2])


def _port(text: str) -> int:
    if not 0 < int(text) <= HIGHEST_PORT:
        raise UnfitError(f"must have a port from 1 to {HIGHEST_PORT}", text)
    return int(text)


def _listen(text: str) -> Listen:
    protocol, _, endpoint = text.partition(" ")
    if protocol not in {"udp", "tcp"}:
        raise ValueError(text)
    return Listen(protocol, *_endpoint(endpoint.strip()))


def _proxy(text: str) -> str:
    """Read an address or host name with or without a port; return it with one."""
    written = _ENDPOINT.fullmatch(text)
    host, port = (written[1], _port(written[2])) if written else (text, SIP_PORT)
    if host.startswith("["):
        ip_address(host.strip("[]"))
    elif re.fullmatch(r"[0-9.]+", host):
        ip_address(host)
    elif _HOST_NAME.fullmatch(host) is None:
        raise ValueError(text)
    return f"{host}:{port}"


def _telephone(text: str) -> str:
    written = _TELEPHONE.fullmatch(text)
    if written is None:
        raise ValueError(text)
    _proxy(written[1])
    return text


def _network(text: str) -> Network:
    network = ip_network(text, strict=False)
    if "/" in text and ip_address(text.partition("/")[0]) != network.network_address:
        raise UnfitError(f"must name a whole network: `{network}`", text)
    return network


def _ports(text: str) -> range:
    first, last = (_port(port) for port in text.split("-"))
    if first % 2 or first >= last:
        raise UnfitError("must go up from an even port, such as 10000-11999", text)
    return range(first, last + 1)


LISTEN = Written("a protocol and an address such as udp 192.0.2.1:5060 or tcp [::1]:5060", _listen)
ENDPOINT = Written("an address and a port such as 127.0.0.1:9108", _endpoint)
PROXY = Written("an address or name of a host such as 192.0.2.1:5060 or pbx.example.com", _proxy)
TELEPHONE = Written("a SIP address such as sip:anna@192.0.2.1:5060", _telephone)
NETWORK = Written("an address or a network such as 192.0.2.0/24", _network)
PORTS = Written("a range of ports such as 10000-11999", _ports)

Listens = tuple[Annotated[Listen, LISTEN], ...]
Sources = tuple[Annotated[Network, NETWORK], ...]
