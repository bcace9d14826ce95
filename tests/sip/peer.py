"""A small SIP peer in plain sockets: it answers as a test says, and keeps what it was sent."""

import hashlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.sip.desk import free_port

_REASONS = {200: "OK", 180: "Ringing", 401: "Unauthorized", 486: "Busy Here", 603: "Decline"}
_COPIED = ("via", "from", "to", "call-id", "cseq")


@dataclass(frozen=True)
class Request:
    """`headers` are by lower-case name; of several of one name, the first."""

    method: str
    uri: str
    headers: dict[str, str]
    text: str

    def parameter(self, name: str) -> str:
        """Of the Authorization header."""
        found = re.search(rf'\b{name}="?([^",]*)"?', self.headers.get("authorization", ""))
        return found.group(1) if found else ""


@dataclass(frozen=True)
class Response:
    code: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Reply:
    code: int
    headers: tuple[str, ...] = ()


Answer = Callable[[Request], list[Reply]]


class Peer:
    """Listens on UDP until `stop`. `answer` runs on the peer's own thread."""

    def __init__(self, answer: Answer) -> None:
        self.port = free_port()
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.answer = answer
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def send(self, text: str, port: int) -> None:
        """Send a message of the test's own making."""
        self.send_bytes(text.encode(), port)

    def send_bytes(self, message: bytes, port: int) -> None:
        self._socket.sendto(message, ("127.0.0.1", port))

    def stop(self) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(2)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(65535)
            if not packet:
                return
            match _read(packet.decode(errors="replace")):
                case Response() as response:
                    self.responses.append(response)
                case Request() as request:
                    self.requests.append(request)
                    for reply in self.answer(request):
                        self._socket.sendto(_write(request, reply).encode(), sender)


class Registrar:
    """Knows one user. Refuses whoever does not answer its challenge (RFC 3261 22, RFC 8760)."""

    def __init__(self, realm: str, user: str, password: str, algorithm: str) -> None:
        self.algorithm = algorithm
        self._realm = realm
        self._user = user
        self._password = password

    def __call__(self, request: Request) -> list[Reply]:
        if request.method != "REGISTER":
            return [Reply(200)]
        if self._is_proven(request):
            contact = request.headers.get("contact", "")
            return [Reply(200, (f"Contact: {contact};expires={_expires(request)}",))]
        challenge = f'Digest realm="{self._realm}", nonce="abc123", qop="auth"'
        return [Reply(401, (f"WWW-Authenticate: {challenge}, algorithm={self.algorithm}",))]

    def _is_proven(self, request: Request) -> bool:
        if request.parameter("username") != self._user:
            return False
        mix = hashlib.md5 if self.algorithm == "MD5" else hashlib.sha256

        def digest(*parts: str) -> str:
            return mix(":".join(parts).encode()).hexdigest()

        said = request.parameter
        wanted = digest(
            digest(self._user, self._realm, self._password),
            said("nonce"),
            said("nc"),
            said("cnonce"),
            said("qop"),
            digest("REGISTER", said("uri")),
        )
        return said("response") == wanted


def refusing(code: int, *, rings: bool = False) -> Answer:
    """Answers every INVITE with this status, after 180 when it `rings`; 0 never answers."""

    def answer(request: Request) -> list[Reply]:
        if request.method != "INVITE":
            return [Reply(200)] if request.method != "ACK" else []
        ringing = [Reply(180)] if rings else []
        return ringing + ([Reply(code)] if code else [])

    return answer


def _read(text: str) -> Request | Response | None:
    lines = text.replace("\r\n", "\n").partition("\n\n")[0].split("\n")
    start = lines[0].split(" ")
    if len(start) < 3:
        return None
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    if start[0].startswith("SIP/"):
        return Response(int(start[1]), headers, text)
    return Request(start[0], start[1], headers, text)


def _write(request: Request, reply: Reply) -> str:
    lines = [f"SIP/2.0 {reply.code} {_REASONS.get(reply.code, 'Told So')}"]
    for name in _COPIED:
        value = request.headers.get(name, "")
        if name == "to" and "tag=" not in value and reply.code > 100:
            value += ";tag=peer"
        lines.append(f"{name.title()}: {value}")
    lines += [*reply.headers, "Content-Length: 0", "", ""]
    return "\r\n".join(lines)


def _expires(request: Request) -> str:
    found = re.search(r"expires=(\d+)", request.headers.get("contact", ""))
    return found.group(1) if found else request.headers.get("expires", "3600")
