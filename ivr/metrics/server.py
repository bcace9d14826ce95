"""Serves the metrics over HTTP from a thread of its own, on IPv4 or IPv6."""

import socket
from collections.abc import Callable
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

SECONDS_FOR_A_REQUEST = 10.0


class Server:
    """An HTTP server until `close`. Raises OSError when the address cannot be had."""

    def __init__(self, address: str, port: int, application: Callable[..., Any]) -> None:
        address = address.strip("[]")
        kind = _ServerV6 if ":" in address else _Server
        self._server = kind((address, port), _Handler)
        self._server.set_app(application)
        self._thread = Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without asking DNS for this machine's name, which may take long or for ever."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]
        self.setup_environ()


class _ServerV6(_Server):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    timeout = SECONDS_FOR_A_REQUEST  # so that nobody holds a thread by saying nothing

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as inherited
        """A scrape is not worth a line."""
