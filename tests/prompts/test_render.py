"""Prompts are rendered by the real espeak-ng, and only when something has changed."""

import array
import math
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from ivr.errors import RenderError
from ivr.prompts import audio, manifest
from ivr.prompts.render import LOCK, Report, render_all
from ivr.prompts.texts import TEXTS
from ivr.prompts.voices import Espeak, Voice

VOICES: dict[str, Voice] = {"nb": Espeak("da+m3")}
SOUNDS = 3
"""The music, the tone, the ringing."""
EVERYTHING = 3 + SOUNDS


def file_of(prompts: Path, name: str, folder: str = "nb") -> Path:
    return prompts / folder / manifest.RENDERED / f"{name}.wav"


def say(prompts: Path, words: str) -> None:
    (prompts / "nb" / TEXTS).write_text(words, "utf-8")


def told(prompts: Path) -> list[str]:
    """Render, and return the names of the recordings that were made."""
    made: list[str] = []
    render_all(prompts, VOICES, lambda _done, _total, name: made.append(name))
    return sorted(made)


def record(prompts: Path, name: str, *, rate: int, hertz: float, folder: str = "nb") -> Path:
    """Store a second of a tone as somebody's recording."""
    file = prompts / folder / manifest.RECORDED / f"{name}.wav"
    file.parent.mkdir(exist_ok=True)
    samples = [round(3000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(rate)]
    with wave.open(str(file), "wb") as recording:
        recording.setparams((1, 2, rate, 0, "NONE", ""))
        recording.writeframes(array.array("h", samples).tobytes())
    return file


def test_speech_is_8_khz_mono_16_bits_at_one_level(prompts: Path) -> None:
    for name in ("greeting", "short", "key"):
        with wave.open(str(file_of(prompts, name))) as recording:
            assert recording.getparams()[:3] == (1, 2, 8000)
        samples = audio.read(file_of(prompts, name)).samples

        assert audio.speech_level(samples) == pytest.approx(audio.SPEECH_DECIBELS, abs=1.0)
        assert audio.peak(samples) <= audio.PEAK_DECIBELS + 0.1


def test_speech_begins_and_ends_with_as_much_quiet_as_it_should(prompts: Path) -> None:
    samples = audio.read(file_of(prompts, "greeting")).samples
    speech = audio.trimmed(samples, lead=0.0, tail=0.0)

    assert 1.5 < len(speech) / audio.RATE < 3
    assert (len(samples) - len(speech)) / audio.RATE == pytest.approx(0.22, abs=0.02)
    assert max(map(abs, samples[:80])) < 0.01
    assert max(map(abs, samples[-800:])) < 0.01


def test_music_and_tone_are_rendered_too(prompts: Path) -> None:
    assert file_of(prompts, "calm", manifest.SOUNDS).stat().st_size > 60 * 16000
    assert file_of(prompts, "tone", manifest.SOUNDS).stat().st_size == 44 + 0.4 * 16000


def test_a_second_rendering_has_nothing_to_do(prompts: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in prompts.rglob("*")}

    report = render_all(prompts, VOICES)

    assert report == Report(0, EVERYTHING, 0, report.seconds)
    assert report.seconds == pytest.approx(82, abs=5)
    after = {file: file.stat().st_mtime_ns for file in prompts.rglob("*")}
    del before[prompts / LOCK], after[prompts / LOCK]
    assert after == before


def test_changed_words_are_rendered_again(prompts: Path) -> None:
    before = file_of(prompts, "greeting").read_bytes()
    say(prompts, "greeting: Farvel.\nshort: Tak.\nkey: Rekruttering, tast et.\n")

    assert told(prompts) == ["greeting"]
    assert file_of(prompts, "greeting").read_bytes() != before


def test_another_voice_renders_all_speech_again(prompts: Path) -> None:
    report = render_all(prompts, {"nb": Espeak("da", speed=200)})

    assert (report.rendered, report.unchanged) == (3, SOUNDS)


def test_a_prompt_that_is_gone_takes_its_recording_with_it(prompts: Path) -> None:
    say(prompts, "greeting: Velkommen til Københavns Kommune.\n")

    report = render_all(prompts, VOICES)

    assert (report.rendered, report.removed) == (0, 2)
    assert sorted(file.name for file in (prompts / "nb" / manifest.RENDERED).iterdir()) == [
        "greeting.wav",
        "manifest.json",
    ]


def test_a_file_that_was_lost_or_cut_short_is_made_again(prompts: Path) -> None:
    file_of(prompts, "greeting").unlink()
    file_of(prompts, "short").write_bytes(b"RIFF")

    assert told(prompts) == ["greeting", "short"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"recordings": {"a": 1}}', b"\xff"])
def test_a_damaged_manifest_costs_a_rendering_and_no_more(prompts: Path, damage: bytes) -> None:
    (prompts / "nb" / manifest.RENDERED / manifest.FILE).write_bytes(damage)

    assert told(prompts) == ["greeting", "key", "short"]
    assert told(prompts) == []


def test_what_an_interrupted_rendering_left_is_swept_away(prompts: Path) -> None:
    unfinished = prompts / "nb" / manifest.RENDERED / ".greeting.wav.4711.tmp"
    unfinished.write_bytes(b"half")

    assert told(prompts) == []
    assert not unfinished.exists()


def test_what_was_made_before_an_interruption_is_not_made_again(prompts: Path) -> None:
    for name in ("greeting", "key", "short"):
        file_of(prompts, name).unlink()

    def interrupt(done: int, _total: int, _name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_all(prompts, VOICES, interrupt)
    assert len(told(prompts)) == 1


def test_a_human_recording_wins(prompts: Path) -> None:
    record(prompts, "short", rate=44100, hertz=1000)

    assert told(prompts) == ["short"]
    samples = audio.read(file_of(prompts, "short")).samples
    assert len(samples) / audio.RATE == pytest.approx(1.22, abs=0.02)
    assert audio.speech_level(samples) == pytest.approx(audio.SPEECH_DECIBELS, abs=0.5)
    assert told(prompts) == []


def test_when_a_human_recording_is_taken_away_the_voice_speaks_again(prompts: Path) -> None:
    before = file_of(prompts, "short").read_bytes()
    recording = record(prompts, "short", rate=8000, hertz=1000)
    render_all(prompts, VOICES)
    recording.unlink()

    assert told(prompts) == ["short"]
    assert file_of(prompts, "short").read_bytes() == before


def test_a_human_recording_without_a_prompt_is_refused(prompts: Path) -> None:
    file = record(prompts, "greetings", rate=8000, hertz=1000)

    with pytest.raises(RenderError) as refusal:
        render_all(prompts, VOICES)

    assert str(refusal.value) == (
        f"{file}: there is no prompt of this name; did you mean `greeting`?"
    )


def test_a_silent_recording_is_refused(prompts: Path) -> None:
    file = record(prompts, "short", rate=8000, hertz=0)

    with pytest.raises(RenderError) as refusal:
        render_all(prompts, VOICES)

    assert str(refusal.value) == f"short: {file}: there is nothing to hear in it"


def test_a_site_may_have_music_of_its_own(prompts: Path) -> None:
    record(prompts, "brass", rate=48000, hertz=440, folder=manifest.SOUNDS)

    assert told(prompts) == ["brass"]
    samples = audio.read(file_of(prompts, "brass", manifest.SOUNDS)).samples
    assert len(samples) == audio.RATE
    assert audio.speech_level(samples) == pytest.approx(-24, abs=0.1)


def test_no_voice_is_needed_when_nothing_is_to_be_said(
    prompts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that came with its recordings needs no espeak-ng."""
    monkeypatch.setenv("PATH", "")

    assert told(prompts) == []


def test_a_missing_voice_program_is_told_with_what_to_install(
    prompts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(prompts, "short").unlink()
    monkeypatch.setenv("PATH", "")

    with pytest.raises(RenderError) as refusal:
        render_all(prompts, VOICES)

    assert str(refusal.value) == (
        "the program `espeak-ng` is not there; install it with `apt-get install espeak-ng`"
    )


def test_a_voice_that_espeak_lacks_is_told_at_once(prompts: Path) -> None:
    with pytest.raises(RenderError, match=r"^espeak-ng failed: .*voice"):
        render_all(prompts, {"nb": Espeak("valyrian")})


def test_a_language_without_a_voice_is_told(prompts: Path) -> None:
    with pytest.raises(RenderError, match=r"nb: no voice was given for this language$"):
        render_all(prompts, {})


def test_a_folder_that_cannot_be_written_is_told(prompts: Path) -> None:
    """A file stands where the folder should be, which stops even root."""
    (prompts / "nb" / manifest.RENDERED).rename(prompts / "aside")
    (prompts / "nb" / manifest.RENDERED).write_text("")

    with pytest.raises(RenderError, match=r"rendered: (File exists|Not a directory)$"):
        render_all(prompts, VOICES)


RENDER = """
import sys
from pathlib import Path
from ivr.prompts.render import render_all
from ivr.prompts.voices import Espeak
if __name__ == "__main__":
    print(render_all(Path(sys.argv[1]), {"nb": Espeak("da+m3")}).rendered)
"""


def test_two_renderings_at_once_share_the_work_of_one(prompts: Path) -> None:
    for name in ("greeting", "key", "short"):
        file_of(prompts, name).unlink()
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", RENDER, str(prompts)]

    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(2)
    ]
    made = sorted(process.communicate(timeout=60)[0].strip() for process in both)

    assert made == ["0", "3"]
    assert told(prompts) == []


def test_many_prompts_are_rendered_side_by_side(prompts: Path) -> None:
    say(prompts, "".join(f"p{n}: Nummer {n} i rækken.\n" for n in range(20)))

    report = render_all(prompts, VOICES, workers=2)

    assert (report.rendered, report.unchanged, report.removed) == (20, SOUNDS, 3)
    assert told(prompts) == []


def test_a_failure_side_by_side_names_its_prompt(prompts: Path) -> None:
    say(prompts, "".join(f"p{n}: Nummer {n} i rækken.\n" for n in range(20)))
    (prompts / "nb" / manifest.RECORDED).mkdir()
    file = prompts / "nb" / manifest.RECORDED / "p7.wav"
    file.write_bytes(b"this is no WAV")

    with pytest.raises(RenderError, match=rf"^p7: {file}: cannot be read"):
        render_all(prompts, VOICES, workers=2)
