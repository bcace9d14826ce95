"""While calls run, the files of a prompt are found at once, or it is said what is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.errors import RecordingMissing
from ivr.prompts import Recording, Recordings, audio, catalogue, manifest, numerals
from ivr.prompts.texts import TEXTS

SECONDS = {"greeting": 2.0, "queue.position.1": 1.5}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Danish prompts as a rendering leaves them; every number takes 50 ms."""
    prompts = {"greeting": ("greeting",), "queue.position": ("queue.position.1", "{position}")}
    lay(tmp_path / "da", SECONDS | dict.fromkeys(numerals.texts("da"), 0.05), prompts)
    lay(tmp_path / "music", {"calm": 7.0, "tone": 0.4}, {"calm": ("calm",), "tone": ("tone",)})
    return tmp_path


def lay(owner: Path, seconds: dict[str, float], prompts: dict[str, tuple[str, ...]]) -> None:
    rendered = owner / manifest.RENDERED
    rendered.mkdir(parents=True)
    for name, length in seconds.items():
        audio.write(rendered / f"{name}.wav", [0.0] * round(length * audio.RATE))
    manifest.write(rendered, manifest.Manifest({}, prompts))


def names(recording: Recording) -> list[str]:
    return [file.name.removesuffix(".wav") for file in recording.files]


def test_a_prompt_without_numbers_is_one_file(folder: Path) -> None:
    recording = Recordings(folder, ["da"]).find("da", "greeting")

    assert recording == Recording((folder / "da" / "rendered" / "greeting.wav",), 2.0)


def test_a_number_is_spoken_from_its_recordings(folder: Path) -> None:
    recording = Recordings(folder, ["da"]).find("da", "queue.position", {"position": 121})

    assert names(recording) == ["queue.position.1", "number.100", "number.and", "number.21"]
    assert recording.seconds == pytest.approx(1.5 + 3 * 0.05)


def test_each_number_is_its_own(folder: Path) -> None:
    recordings = Recordings(folder, ["da"])

    for position in range(numerals.LARGEST + 1):
        found = recordings.find("da", "queue.position", {"position": position})
        assert names(found)[1:] == list(numerals.recordings("da", position))


def test_numbers_a_prompt_does_not_ask_for_are_not_spoken(folder: Path) -> None:
    recordings = Recordings(folder, ["da"])

    assert recordings.find("da", "greeting", {"position": 3}) == recordings.find("da", "greeting")


def test_the_tone_is_the_same_in_every_language(folder: Path) -> None:
    recordings = Recordings(folder, ["da"])

    assert names(recordings.find("da", "tone")) == ["tone"]
    assert recordings.find("da", "tone").seconds == pytest.approx(0.4)


def test_music_is_found_by_name(folder: Path) -> None:
    music = Recordings(folder, ["da"]).music("calm")

    assert music == folder / "music" / "rendered" / "calm.wav"
    assert music.exists()


@pytest.mark.parametrize(
    ("language", "prompt", "numbers", "reason"),
    [
        ("da", "greting", {}, "there is no such prompt"),
        ("en", "greeting", {}, "there is no such prompt"),
        ("da", "queue.position", {}, "no number was given for 'position'"),
        ("da", "queue.position", {"position": 1000}, "1000 cannot be spoken, only 0 to 999"),
        ("da", "queue.position", {"position": -1}, "-1 cannot be spoken, only 0 to 999"),
    ],
)
def test_what_cannot_be_found_is_told_by_name(
    folder: Path, language: str, prompt: str, numbers: dict[str, int], reason: str
) -> None:
    with pytest.raises(RecordingMissing) as missing:
        Recordings(folder, ["da"]).find(language, prompt, numbers)

    assert str(missing.value) == f"{language}/{prompt}: {reason}; run `ivr prompts render`"


def test_music_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(RecordingMissing) as missing:
        Recordings(folder, ["da"]).music("polka")

    assert str(missing.value) == ("music/polka: there is no such music; run `ivr prompts render`")


@pytest.mark.parametrize("content", [None, b"", b"RIFF", b"no sound at all"])
def test_a_file_that_is_gone_or_damaged_is_told(folder: Path, content: bytes | None) -> None:
    file = folder / "da" / "rendered" / "greeting.wav"
    file.unlink() if content is None else file.write_bytes(content)

    with pytest.raises(RecordingMissing) as missing:
        Recordings(folder, ["da"]).find("da", "greeting")

    assert str(missing.value) == (f"da/greeting: {file} cannot be read; run `ivr prompts render`")


def test_everything_that_is_missing_is_told_at_once(folder: Path) -> None:
    number = folder / "da" / "rendered" / "number.300.wav"
    number.unlink()
    recordings = Recordings(folder, ["da", "en"])

    assert recordings.missing(["tone", "queue.position", "greeting"]) == [
        f"da/queue.position: {number} cannot be read; run `ivr prompts render`",
        "en/greeting: there is no such prompt; run `ivr prompts render`",
        "en/queue.position: there is no such prompt; run `ivr prompts render`",
    ]


def test_nothing_is_missing_after_a_rendering(prompts: Path) -> None:
    assert Recordings(prompts, ["nb"]).missing(["greeting", "short", "key", "tone"]) == []


def test_the_placeholders_of_a_prompt_are_known(folder: Path) -> None:
    recordings = Recordings(folder, ["da"])

    assert recordings.placeholders("queue.position") == {"position"}
    assert recordings.placeholders("greeting") == frozenset()
    assert recordings.placeholders("no such prompt") == frozenset()


def test_a_folder_that_was_never_rendered_has_no_prompts(tmp_path: Path) -> None:
    assert Recordings(tmp_path, ["da"]).missing(["greeting"]) == [
        "da/greeting: there is no such prompt; run `ivr prompts render`"
    ]


def test_finding_a_prompt_again_does_not_look_at_the_disk(folder: Path) -> None:
    recordings = Recordings(folder, ["da"])
    numbers = {"position": 121}
    wanted: list[tuple[str, dict[str, int]]] = [("greeting", {}), ("queue.position", numbers)]
    before = [recordings.find("da", *each) for each in wanted]

    shutil.rmtree(folder)

    assert [recordings.find("da", *each) for each in wanted] == before


def test_the_gateway_loads_nothing_that_renders() -> None:
    """Memory on the gateway is for calls."""
    heavy = "{'numpy', 'yaml', 'rich', 'multiprocessing', 'concurrent', 'subprocess'}"
    check = f"import sys, ivr.prompts; print({heavy} & set(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", check],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout == "set()\n"


def test_the_catalogue_says_what_is_rendered_and_what_is_recorded(prompts: Path) -> None:
    with (prompts / "nb" / TEXTS).open("a") as words:
        words.write("late: Vent.\n")
    studio = prompts / "nb" / manifest.RECORDED / "short.wav"
    studio.parent.mkdir()
    studio.touch()

    listed = {line.id: line for line in catalogue.lines(prompts)}

    assert list(listed) == ["greeting", "short", "key", "late"]
    assert listed["greeting"].text == "Velkommen til Københavns Kommune."
    assert listed["greeting"].seconds == pytest.approx(2.25, abs=0.5)
    assert listed["late"].seconds is None
    assert [line.id for line in listed.values() if line.recorded] == ["short"]
