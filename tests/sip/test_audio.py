"""What is heard and recorded, measured: by real telephones, on real audio."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ivr.engine.events import (
    KeyPressed,
    LineAnswered,
    LineEnded,
    LineRang,
    PromptEnded,
    PromptFailed,
)
from tests.sip.desk import Desk, a_gateway, answer_and
from tests.sip.phones import Phone
from tests.sip.sounds import RATE, samples, silence, tone

StartPhone = Callable[..., Phone]


def test_two_bridged_telephones_hear_each_other(desk: Desk, phone: StartPhone) -> None:
    caller, agent = phone("caller"), phone("agent")
    caller.do("tone", hz=440)
    agent.do("tone", hz=1000)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    agent.ready(desk)

    desk.dial(f"sip:agent@127.0.0.1:{agent.port}")
    desk.until(lambda: desk.has(LineAnswered(2)))
    assert desk.events == [LineRang(2), LineAnswered(2)]
    assert desk.lines[1].offers_keys
    desk.lines[0].bridge(desk.lines[1])
    desk.run(0.3)

    for hearer, heard in ((caller, 1000), (agent, 440)):
        hz, level = hearer.measure(desk)
        assert abs(hz - heard) < 5
        assert level > -20

    caller.do("keys", keys="5")
    agent.do("keys", keys="#")
    desk.until(lambda: desk.has(KeyPressed("5", 1)) and desk.has(KeyPressed("#", 2)))

    agent.do("hang_up")
    desk.until(lambda: desk.has(LineEnded(2)))
    desk.run(0.3)  # until the caller's jitter buffer is empty
    hz, _level = caller.measure(desk, 0.3)
    assert hz == 0


def test_a_line_that_is_played_to_still_speaks(
    desk: Desk, phone: StartPhone, tmp_path: Path
) -> None:
    """A prompt for one of two bridged lines is heard by that one only, and cuts nobody off."""
    caller, agent = phone("caller"), phone("agent")
    caller.do("tone", hz=440)
    agent.do("tone", hz=1000)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    agent.ready(desk)
    desk.dial(f"sip:agent@127.0.0.1:{agent.port}")
    desk.until(lambda: desk.has(LineAnswered(2)))
    desk.lines[0].bridge(desk.lines[1])

    desk.lines[0].play(1, [tone(tmp_path / "prompt.wav", 2000, 3.0)], 3.0)
    desk.run(0.3)

    assert abs(caller.measure(desk)[0] - 2000) < 5
    assert abs(agent.measure(desk)[0] - 440) < 5


def test_the_bridge_survives_a_hold(desk: Desk, phone: StartPhone) -> None:
    caller, agent = phone("caller"), phone("agent")
    caller.do("tone", hz=440)
    agent.do("tone", hz=1000)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    agent.ready(desk)
    desk.dial(f"sip:agent@127.0.0.1:{agent.port}")
    desk.until(lambda: desk.has(LineAnswered(2)))
    desk.lines[0].bridge(desk.lines[1])

    agent.do("hold")
    desk.run(0.5)
    assert not desk.lines[1].is_over

    agent.do("unhold")
    desk.run(0.5)
    assert abs(caller.measure(desk)[0] - 1000) < 5
    assert abs(agent.measure(desk)[0] - 440) < 5


def test_music_is_one_player_for_all(desk: Desk, phone: StartPhone, tmp_path: Path) -> None:
    music = tone(tmp_path / "music.wav", 600, 0.5)
    desk.greet = answer_and(lambda line: line.play_music(music))
    phones = [phone(f"caller{number}") for number in range(3)]
    for one in phones:
        one.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: all(one.said("answered") for one in phones))
    desk.run(0.7)

    assert [round(one.measure(desk)[0], -1) for one in phones] == [600, 600, 600]
    means = desk.endpoint._means
    assert means is not None
    assert len(means.audio._music) == 1

    desk.lines[0].hang_up()
    desk.until(lambda: any(one.said("ended") for one in phones))
    left = [one for one in phones if not one.said("ended")]
    assert [round(one.measure(desk)[0], -1) for one in left] == [600, 600]


LENGTHS = [
    (0.5, 0.5),
    (0.02, 0.3),
    (0.25, 0.25, 0.25),
    (0.1, 0.07, 0.4, 0.033),
    (1.001,),
]


@pytest.mark.parametrize("lengths", LENGTHS)
def test_recordings_follow_each_other_without_a_gap(
    desk: Desk, phone: StartPhone, tmp_path: Path, lengths: tuple[float, ...]
) -> None:
    """One tone, cut into recordings: the caller hears it whole, to its last sample."""
    files, total = [], 0.0
    for place, length in enumerate(lengths):
        files.append(tone(tmp_path / f"{place}.wav", 500, length, after=total))
        total += length
    heard_file = tmp_path / "heard.wav"
    caller = phone("caller", "--record", str(heard_file)).ready(desk)
    caller.do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    desk.run(0.3)

    starts = desk.now()
    desk.lines[0].play(1, files, total)
    desk.until(lambda: desk.has(PromptEnded(1)))
    assert total < desk.times[-1] - starts < total + 0.15
    desk.run(0.4)
    desk.lines[0].hang_up()
    desk.until(lambda: caller.said("ended"))
    caller.stop()

    heard = np.frombuffer(samples(heard_file), dtype="<i2").astype(float)
    loud = np.nonzero(np.abs(heard) > 400)[0]
    length = (loud[-1] - loud[0]) / RATE
    gaps = np.diff(loud) / RATE
    # The telephone's jitter buffer may stretch it by a frame or two, never shorten it.
    assert -0.005 < length - total < 0.045
    assert gaps.max() < 0.005


def test_a_prompt_cut_short_posts_nothing_and_the_next_is_heard(
    desk: Desk, phone: StartPhone, tmp_path: Path
) -> None:
    first, second = tone(tmp_path / "1.wav", 500, 1.0), tone(tmp_path / "2.wav", 900, 1.0)
    desk.greet = answer_and(lambda line: line.play(1, [first], 1.0))
    caller = phone("caller").ready(desk)
    caller.do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    desk.run(0.3)

    desk.lines[0].play(2, [second], 1.0)
    desk.run(0.2)
    assert abs(caller.measure(desk, 0.4)[0] - 900) < 5
    desk.until(lambda: desk.events)
    desk.run(1.0)

    assert desk.events == [PromptEnded(2)]


def test_prompts_need_no_room_on_a_disk(
    open_desk: Callable[..., Desk],
    phone: StartPhone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even for the silence behind them: a gateway must start when the disk is full."""
    prompt = tone(tmp_path / "prompt.wav", 600, 0.3)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    desk = open_desk()
    desk.greet = answer_and(lambda line: line.play(1, [prompt], 0.3))
    caller = phone("caller").ready(desk)
    caller.do("call", uri=f"sip:600@127.0.0.1:{desk.port}")

    desk.until(lambda: desk.has(PromptEnded(1)))


def test_a_prompt_that_cannot_be_played_is_told(
    desk: Desk, phone: StartPhone, tmp_path: Path
) -> None:
    short = silence(tmp_path / "short.wav", 0.005)
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF this is no recording")
    good = silence(tmp_path / "good.wav", 0.1)
    caller = phone("caller").ready(desk)
    caller.do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))

    for turn, files in enumerate(
        ([tmp_path / "missing.wav"], [broken], [short], [], [good] * 70, [good, broken]), 1
    ):
        desk.lines[0].play(turn, files, 1.0)
        assert not desk.has(PromptFailed(turn))
        desk.until(lambda turn=turn: desk.has(PromptFailed(turn)))  # type: ignore[misc]
    desk.lines[0].play_music(broken)
    desk.lines[0].play(9, [good], 0.1)
    desk.until(lambda: desk.has(PromptEnded(9)))

    assert not desk.lines[0].is_over


@pytest.mark.parametrize("codec", ["pcmu", "g722"])
def test_every_codec_carries_tones_and_keys(
    desk: Desk, phone: StartPhone, codec: str, tmp_path: Path
) -> None:
    caller = phone("caller", "--codec", codec)
    desk.greet = answer_and(lambda line: line.play_music(music))
    music = tone(tmp_path / "music.wav", 600, 1.0)
    caller.ready(desk).do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    desk.run(0.3)

    assert abs(caller.measure(desk)[0] - 600) < 5
    caller.do("keys", keys="147*")
    desk.until(lambda: desk.pressed() == "147*")


def test_codecs_are_offered_in_the_order_wanted(
    open_desk: Callable[..., Desk], phone: StartPhone
) -> None:
    desk = open_desk(replace(a_gateway(), codecs=("pcmu",)))
    agent = phone("agent", "--codec", "pcma").ready(desk)

    desk.dial(f"sip:agent@127.0.0.1:{agent.port}")
    desk.until(lambda: desk.lines[0].is_over)

    assert agent.said("answered") is None


def test_a_line_that_hears_nothing_is_sent_silence(
    desk: Desk, phone: StartPhone, tmp_path: Path
) -> None:
    """RTP goes on while nothing is played: the far end's recording grows."""
    heard = tmp_path / "heard.wav"
    caller = phone("caller", "--record", str(heard)).ready(desk)
    caller.do("call", uri=f"sip:600@127.0.0.1:{desk.port}")
    desk.until(lambda: caller.said("answered"))
    hz, level = caller.measure(desk, 1.0)

    assert hz == 0
    assert level < -60
    assert caller_received(desk, caller) > 0.9


def caller_received(desk: Desk, caller: Phone) -> float:
    """The share of a second's packets that the telephone has received."""
    caller.do("statistics")
    desk.until(lambda: caller.said("statistics"))
    before = caller.said("statistics")
    caller.events.clear()
    desk.run(1.0)
    caller.do("statistics")
    desk.until(lambda: caller.said("statistics"))
    after = caller.said("statistics")
    assert before is not None
    assert after is not None
    return (int(str(after["received"])) - int(str(before["received"]))) / 50
