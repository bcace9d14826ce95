"""Small SIP peers in plain sockets: they answer as a test says, and keep what they were sent."""

import hashlib
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

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

    def __init__(self, answer: Answer, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self.port = port or free_port(host)
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.answer = answer
        self._socket = socket.socket(_family(host), socket.SOCK_DGRAM)
        self._socket.bind((host, self.port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return _place(self._host, self.port)

    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def send(self, text: str, port: int) -> None:
        """Send a message of the test's own making."""
        self.send_bytes(text.encode(), port)

    def send_bytes(self, message: bytes, port: int) -> None:
        self._socket.sendto(message, (self._host, port))

    def stop(self) -> None:
        self._socket.sendto(b"", (self._host, self.port))
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


class StreamPeer:
    """Listens on TCP until `stop`, which also ends its connections."""

    def __init__(self, answer: Answer, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self.port = port or free_port(host)
        self._answer = answer
        self._connections: list[socket.socket] = []
        self._socket = socket.create_server((host, self.port), family=_family(host))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return _place(self._host, self.port)

    def stop(self) -> None:
        for each in (self._socket, *self._connections):
            with suppress(OSError):  # the other end may have gone before
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._thread.join(2)

    def _accept(self) -> None:
        with suppress(OSError):  # the end of it
            while True:
                connection, _ = self._socket.accept()
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection.makefile("rb") as stream:
            while message := _message(stream):
                request = _read(message)
                if isinstance(request, Request):
                    for reply in self._answer(request):
                        connection.sendall(_write(request, reply).encode())


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


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _message(stream: BinaryIO) -> str:
    """The next message of a stream, by its Content-Length; "" at its end."""
    head = b""
    while line := stream.readline():
        head += line if head or line.strip() else b""  # between messages a line keeps it alive
        if head and not line.strip():
            break
    length = re.search(rb"^content-length:\s*(\d+)", head, re.IGNORECASE | re.MULTILINE)
    return (head + stream.read(int(length.group(1)) if length else 0)).decode()


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
