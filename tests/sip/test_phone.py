"""The demo's telephone, as a technician uses it."""

from collections.abc import Callable

import pytest

from demo.tones import measure, strength
from ivr.engine.events import Failure, LineAnswered, LineFailed, LineRang
from tests.sip.desk import Desk
from tests.sip.peer import Peer, Registrar
from tests.sip.phones import Phone

StartPhone = Callable[..., Phone]


def test_it_says_where_it_is_and_ends_with_its_input(desk: Desk, phone: StartPhone) -> None:
    one = phone("anna").ready(desk)

    assert one.said("ready") == {"event": "ready", "uri": f"sip:anna@127.0.0.1:{one.port}"}
    one.stop()
    assert one._process.returncode == 0


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("dance", {}),
        ("hang_up", {}),
        ("keys", {}),
        ("call", {"uri": "nonsense"}),
        ("measure", {}),
        ("play", {"file": "/no/such/file"}),
    ],
)
def test_what_it_cannot_do_it_tells(
    desk: Desk, phone: StartPhone, name: str, values: dict[str, object]
) -> None:
    one = phone("anna").ready(desk)

    one.do(name, **values)
    desk.until(lambda: one.said("error"))
    one.tell(desk, "tone", hz=0)


def test_it_is_busy_does_not_answer_or_answers_late(desk: Desk, phone: StartPhone) -> None:
    one = phone("anna", "--reject", "486").ready(desk)
    target = f"sip:anna@127.0.0.1:{one.port}"

    desk.dial(target)
    desk.until(lambda: desk.has(LineFailed(1, Failure.BUSY, 486)))

    one.tell(desk, "on_call", never=True)
    desk.dial(target, seconds_to_ring=0.4)
    desk.until(lambda: desk.has(LineFailed(2, Failure.NO_ANSWER)))
    desk.until(lambda: one.said("ended"))

    one.tell(desk, "on_call", answer_after=0.3)
    desk.dial(target)
    desk.until(lambda: desk.has(LineAnswered(3)))
    assert desk.events[-2:] == [LineRang(3), LineAnswered(3)]

    desk.dial(target)
    desk.until(lambda: desk.has(LineFailed(4, Failure.BUSY, 486)))
    assert not desk.lines[2].is_over


def test_it_registers(desk: Desk, phone: StartPhone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONE_PASSWORD", "secret")
    registrar = Peer(Registrar("pbx.example", "anna", "secret", "MD5"))
    try:
        one = phone("anna", "--register", registrar.address, "--realm", "pbx.example")
        desk.until(lambda: one.said("registered"), 10)
    finally:
        registrar.stop()

    assert one.said("registered") == {"event": "registered", "code": 200}


def test_a_tone_is_measured() -> None:
    silence = bytes(1600)

    assert measure(silence).hz == 0
    assert measure(b"").level == -120
    assert strength(silence, 440) < -100
    assert strength(b"", 440) == -120
