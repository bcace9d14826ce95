"""The control socket carries a question and its answer, whatever is written to it."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from ivr.control import ControlError, ControlServer, Reply, Request, send


def _agree(request: Request) -> "Future[Reply]":
    reply: Future[Reply] = Future()
    reply.set_result({"ok": True, "text": f"heard {request['command']}"})
    return reply


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    server = ControlServer(tmp_path / "deep" / "control.sock", _agree)
    server.start()
    yield tmp_path / "deep" / "control.sock"
    server.close()


def test_a_request_is_answered(path: Path) -> None:
    assert send(path, {"command": "reload"}) == {"ok": True, "text": "heard reload"}


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"reload\n", "not JSON"),
        (b"[]\n", 'expected {\\"command\\": \\"...\\"}'),
        (b'{"command": 3}\n', 'expected {\\"command\\": \\"...\\"}'),
    ],
)
def test_nonsense_is_told_so_and_the_socket_goes_on(path: Path, line: bytes, answer: str) -> None:
    with socket.socket(socket.AF_UNIX) as connection, connection.makefile("rwb") as stream:
        connection.connect(str(path))
        stream.write(line + b'{"command": "status"}\n')
        stream.flush()

        assert answer in stream.readline().decode()
        assert "heard status" in stream.readline().decode()


def test_a_second_gateway_cannot_take_the_socket(path: Path) -> None:
    second = ControlServer(path, _agree)

    with pytest.raises(ControlError, match="another gateway is running"):
        second.start()
    second.close()

    assert send(path, {"command": "status"})["ok"]


def test_a_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    server = ControlServer(path, _agree)

    server.start()

    assert send(path, {"command": "status"})["ok"]
    server.close()


@pytest.mark.parametrize("name", ["kept", "kept/control.sock", "x" * 120])
def test_where_no_socket_can_be_nothing_is_lost(tmp_path: Path, name: str) -> None:
    """Whoever writes another file's name into the configuration keeps that file."""
    kept = tmp_path / "kept"
    kept.write_text("a journal, say")
    server = ControlServer(tmp_path / name, _agree)

    with pytest.raises(ControlError, match="no control socket can be here"):
        server.start()
    server.close()

    assert kept.read_text() == "a journal, say"


def test_asking_where_nobody_listens_says_so(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="no gateway answers there"):
        send(tmp_path / "control.sock", {"command": "status"})
