"""The other end of the gateway's trunk: everybody there is busy. Pure."""

import re

_KEPT = ("via", "from", "call-id", "cseq", "v", "f", "i")
_CALLER = re.compile(rb"^(?:from|f):[^\r\n]*?sip:\+45200(\d{5})@", re.IGNORECASE | re.MULTILINE)


def caller(port: int) -> str:
    """Return the number of the telephone at this port."""
    return f"+45200{port:05}"


def port_of(invite: bytes) -> int | None:
    """Return the port of the telephone an INVITE was sent for; None if it is not one of ours."""
    found = _CALLER.search(invite)
    return int(found[1]) if found else None


def busy(invite: bytes) -> bytes:
    """Return `486 Busy Here` to an INVITE."""
    head = invite.partition(b"\r\n\r\n")[0].decode(errors="replace")
    lines = ["SIP/2.0 486 Busy Here"]
    for line in head.split("\r\n")[1:]:
        name = line.partition(":")[0].strip().lower()
        if name in _KEPT:
            lines.append(line)
        elif name in {"to", "t"}:
            lines.append(f"{line};tag=busy")
    return "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()
