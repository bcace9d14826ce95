"""Full disk, locked database, damaged file, sudden death: the gateway goes on."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ivr.engine import events as on
from ivr.errors import JournalError
from ivr.journal import Reader, opening
from tests.journal.another import spoil
from tests.journal.owner import LATER, Owner, answer_step, key, survey_step

Open = Callable[..., Owner]
ANOTHER = (sys.executable, "-m", "tests.journal.another")
OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    run = subprocess.run(
        [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return run.returncode == 0


MAY_MOUNT = may_mount()


@contextmanager
def held(path: Path) -> Iterator[Callable[[], None]]:
    """Another process holds the write lock until it is told to let go."""
    with subprocess.Popen(
        [*ANOTHER, "holds", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as another:
        assert another.stdin
        assert another.stdout
        assert another.stdout.readline() == "held\n"

        def let_go() -> None:
            another.communicate("\n")

        yield let_go
        if another.poll() is None:
            let_go()


# --- full disk ------------------------------------------------------------------------------


@pytest.mark.skipif(not MAY_MOUNT, reason="this user may not mount a disk")
def test_a_full_disk_is_told_and_writing_resumes_when_there_is_room(tmp_path: Path) -> None:
    command = [*OWN_MOUNTS, *ANOTHER, "fills", str(tmp_path)]

    run = subprocess.run(command, capture_output=True, text=True, check=True)

    assert run.stdout.split("\n") == ["full", "disk_full", "None", "True", "True", ""]


@pytest.mark.skipif(not MAY_MOUNT, reason="this user may not mount a disk")
def test_a_full_disk_does_not_stop_the_start(tmp_path: Path) -> None:
    command = [*OWN_MOUNTS, *ANOTHER, "starts", str(tmp_path)]

    run = subprocess.run(command, capture_output=True, text=True, check=True)

    notice, *words = run.stdout.split("\n")[1:]
    assert "disk is full" in notice
    assert words == ["1", "disk_full", "None", "2", ""]


def test_a_file_that_cannot_grow_is_told_and_writing_resumes(tmp_path: Path) -> None:
    command = [*ANOTHER, "grows", str(tmp_path)]

    run = subprocess.run(command, capture_output=True, text=True, check=True)

    assert run.stdout.split("\n") == ["failed", "None", "True", "True", ""]


# --- locked database ------------------------------------------------------------------------


def test_a_locked_database_is_told_and_writing_resumes(owner: Open, path: Path) -> None:
    one = owner()
    with held(path) as let_go:
        one.write(key("call-1", 1), survey_step("survey-1"))

        assert one.trouble() == "locked"
        assert one.saved.empty()
        let_go()
        assert one.trouble() is None

    assert one.saved.get(timeout=1).survey == "survey-1"
    assert len(Reader(one.url).steps("call-1")) == 1


def test_memory_is_bounded_while_nothing_can_be_written(owner: Open, path: Path) -> None:
    one = owner(most_waiting=100)
    with held(path) as let_go:
        one.write(survey_step("first"))
        assert one.trouble() == "locked"
        one.write(*(answer_step("call-1", f"q{number}", 9) for number in range(5)))
        one.write(*(key("call-1", number) for number in range(6, 506)))
        let_go()
        assert one.trouble() is None
        one.settle()

    reader = Reader(one.url)
    assert len(reader.answers()) == 5
    assert reader.restore(LATER)[0].task.id == "first"  # type: ignore[union-attr]
    assert [step.now for step in reader.steps("call-1")[-100:]][-1] == 505.0
    assert one.journal.dropped == reader.gaps("call-1") > 0


def test_a_journal_that_another_program_holds_is_refused_at_start(owner: Open, path: Path) -> None:
    owner().journal.close()

    with held(path), pytest.raises(JournalError, match="another program holds it"):
        Owner(f"sqlite:///{path}")

    assert owner().journal.notice is None


def test_closing_does_not_wait_for_a_lock_for_ever(owner: Open, path: Path) -> None:
    one = owner()
    with held(path):
        one.write(key("call-1", 1))

        assert one.journal.close() == 1


# --- damaged file ---------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_set_aside(owner: Open, path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)

    one = owner()

    assert one.journal.notice is not None
    assert "it is kept as" in one.journal.notice
    assert "not a database" in one.journal.notice
    aside = path.with_name("journal.db.corrupt-20260302T090000Z")
    assert aside.read_bytes() == b"not a database" * 1000
    one.settle()
    assert len(Reader(one.url).restore(LATER)) == 1


def test_what_must_not_be_forgotten_is_saved_from_a_damaged_file(owner: Open, path: Path) -> None:
    one = owner()
    one.write(
        survey_step("never", on.Disposition.REFUSED, number="+4533333333"),
        survey_step("open"),
        answer_step("call-1", "q1", 8),
    )
    one.settle("open")
    one.write(*(key(f"call-{number}", number) for number in range(3000)))
    one.journal.close()
    spoil(path, "steps")

    again = owner()

    assert again.journal.notice is not None
    assert "4 surveys, answers, messages and refusals were saved" in again.journal.notice
    reader = Reader(one.url)
    assert [type(event) for event in reader.restore(LATER)] == [
        on.NumberRefused,
        on.SurveyRestored,
    ]
    assert [answer.value for answer in reader.answers()] == [8]
    assert reader.steps("call-7") == []


@pytest.mark.skipif(not MAY_MOUNT, reason="this user may not mount a disk")
def test_a_damaged_file_waits_where_it_is_until_there_is_room_for_another(tmp_path: Path) -> None:
    command = [*OWN_MOUNTS, *ANOTHER, "mends", str(tmp_path)]

    run = subprocess.run(command, capture_output=True, text=True, check=True)

    notice, *words = run.stdout.split("\n")[1:]
    assert "disk is full" in notice
    remembered = "NumberRefused SurveyRestored SurveyRestored"
    assert words == ["disk_full", "None", remembered, "1", ""]


def test_a_new_journal_that_was_finished_when_the_power_went_is_taken(
    owner: Open, path: Path
) -> None:
    """It went when the damaged file was aside, and the new one not yet in its place."""
    one = owner()
    one.settle("open")
    one.journal.close()
    path.rename(path.with_name("journal.db.new"))

    owner()

    assert len(Reader(one.url).restore(LATER)) == 1
    assert not path.with_name("journal.db.new").exists()


def test_a_file_damaged_under_a_running_daemon_is_replaced(owner: Open, path: Path) -> None:
    one = owner()
    one.write(*(key(f"call-{number}", number) for number in range(3000)))
    one.journal.close()
    again = owner()
    path.write_bytes(path.read_bytes()[:8192] + b"\xff" * (path.stat().st_size - 8192))
    again.settle("after")

    assert again.trouble() == "corrupt"
    assert again.trouble() is None
    assert again.journal.notice is not None
    assert "the journal was damaged" in again.journal.notice
    assert len(Reader(one.url).restore(LATER)) == 1


def test_a_large_file_is_checked_when_it_was_not_closed(
    owner: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = owner()
    one.write(*(key(f"call-{number}", number) for number in range(3000)))
    one.journal.close()
    spoil(path, "steps")
    monkeypatch.setattr(opening, "LARGE", 0)

    one = owner()
    assert one.journal.notice is None
    one.journal.close()
    path.with_name("journal.db-wal").write_bytes(b"left behind")
    assert owner().journal.notice is not None


# --- sudden death ---------------------------------------------------------------------------


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(path: Path) -> None:
    safe: set[str] = set()
    for run, lines in enumerate((0, 18, 40, 71, 104)):
        saved, wrote = killed(path, f"run-{run}", lines)
        safe |= saved

        one = Owner(f"sqlite:///{path}")
        one.journal.close()
        reader = Reader(one.url)
        kept = [step.now for step in reader.steps(f"run-{run}")]

        assert one.journal.notice is None
        assert safe <= {answer.survey for answer in reader.answers()}
        assert safe <= surveys(path)
        assert reader.gaps(f"run-{run}") == 0
        assert wrote - max(kept, default=0) <= 100  # a second's worth
    assert len(safe) >= 5


def killed(path: Path, call: str, lines: int) -> tuple[set[str], int]:
    """Kill a writer after some lines; return the surveys it knew were safe, its last step."""
    saved: set[str] = set()
    wrote = 0
    with subprocess.Popen(
        [*ANOTHER, "writes", path, call], stdout=subprocess.PIPE, text=True
    ) as another:
        assert another.stdout
        for number, line in enumerate(another.stdout):
            if number == lines:
                another.kill()
            match line.split():
                case ["saved", survey]:
                    saved.add(survey)
                case ["wrote", step]:
                    wrote = int(step)
    return saved, wrote


def surveys(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {name for (name,) in connection.execute("SELECT id FROM surveys")}
