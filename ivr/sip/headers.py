"""Reads who calls whom from the text of an INVITE (RFC 3261, 3323, 3325, 5806, 7044)."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from ivr.engine.events import WITHHELD

_COMPACT = {"f": "from", "t": "to"}
_READ = frozenset(
    {
        "from",
        "to",
        "p-asserted-identity",
        "privacy",
        "diversion",
        "history-info",
        "replaces",
    }
)
_URI = re.compile(r"\b(sips?|tel):([^>\s?,]*)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SEPARATORS = str.maketrans("", "", "-.() ")
_NUMBER = re.compile(r"\+?[0-9*#]+")
_HIDING = frozenset({"id", "user", "header", "full"})


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an INVITE says.

    `caller` is the number or user name shown, `WITHHELD` when none may be; `diversion` is the
    number that was called first, "" when the call was not diverted.
    """

    caller: str
    dialled: str
    diversion: str
    offers_keys: bool
    replaces: bool


def read_invitation(message: str) -> Invitation:
    """Read an INVITE that the SIP stack has already accepted; never raises."""
    head, _, body = message.replace("\r\n", "\n").partition("\n\n")
    lines = head.split("\n")
    headers = _headers(lines[1:])
    dialled = user_of(lines[0]) or user_of(headers.get("to", ""))
    return Invitation(
        caller=_caller(headers),
        dialled=dialled,
        diversion=_diversion(headers, dialled),
        offers_keys="telephone-event/" in body.lower(),
        replaces="replaces" in headers,
    )


def user_of(value: str) -> str:
    """The user part of the first address in a header's value: a number in digits, or a name."""
    found = _URI.search(_QUOTED.sub("", value))
    if found is None:
        return ""
    scheme, rest = found.groups()
    if scheme.lower() != "tel":
        rest, at, _ = rest.partition("@")
        if not at:
            return ""
    user = unquote(rest.partition(";")[0].partition(":")[0])
    number = user.translate(_SEPARATORS)
    return number if _NUMBER.fullmatch(number) else user


def _headers(lines: list[str]) -> dict[str, str]:
    """The first of each header that is read here, unfolded."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[:1] in {" ", "\t"}:
            if name:
                found[name] += " " + line.strip()
            continue
        raw, colon, value = line.partition(":")
        lower = raw.strip().lower()
        lower = _COMPACT.get(lower, lower)
        name = lower if colon and lower in _READ and lower not in found else ""
        if name:
            found[name] = value.strip()
    return found


def _caller(headers: dict[str, str]) -> str:
    wishes = {wish.strip().lower() for wish in re.split(r"[;,]", headers.get("privacy", ""))}
    sender = headers.get("from", "")
    shown = user_of(sender)
    if wishes & _HIDING or shown.lower() == "anonymous" or "@anonymous.invalid" in sender.lower():
        return WITHHELD
    return user_of(headers.get("p-asserted-identity", "")) or shown


def _diversion(headers: dict[str, str], dialled: str) -> str:
    first = user_of(headers.get("diversion", "")) or user_of(headers.get("history-info", ""))
    return "" if first == dialled else first
