"""Hosts, ports and addresses as SIP writes them."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from ivr.gateway import Listen

SIP_PORT = 5060

Address = IPv4Address | IPv6Address


def host_of(address: str) -> str:
    """As it stands in a SIP address: IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


def transport_of(listen: Listen) -> str:
    """The parameter of a SIP address that asks for this transport; UDP needs none."""
    return ";transport=tcp" if listen.protocol == "tcp" else ""


def split_proxy(proxy: str) -> tuple[str, int]:
    """`host:port`, `host`, `[v6]:port` or `[v6]`."""
    if proxy.startswith("["):
        host, _, rest = proxy[1:].partition("]")
        return host, int(rest.removeprefix(":") or SIP_PORT)
    host, _, port = proxy.partition(":")
    return host, int(port or SIP_PORT)


def literal(host: str) -> Address | None:
    """The address that `host` is, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def address_of(source: str) -> Address | None:
    """Of `10.0.0.1:5060` or `[::1]:5060`; a mapped IPv4 address is that IPv4 address."""
    address = literal(source.rpartition(":")[0].strip("[]").partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
