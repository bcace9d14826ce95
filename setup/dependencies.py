"""The virtual environment: locked Python packages, pjsua2, and this checkout itself.

Packages are installed from a folder of wheels in the cache, so that a machine without a
network can be set up again; what the folder lacks is fetched first. The hashes in
requirements/ decide what may be installed, wherever it came from.
"""

import hashlib
import json
import shutil
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

from setup import cache
from setup.console import SetupError, Step

ENVIRONMENT = Path(".venv")
_LOCKS = {name: Path(f"requirements/{name}.txt") for name in ("dev", "test", "train")}
_PUBLISHED_AS_SOURCE = "srt,pyaudio"  # plain Python that vosk asks for, and a little C
_INSTALLED = ENVIRONMENT / "installed.json"


class Environment:
    """What .venv holds, told by a note it carries."""

    def __init__(self) -> None:
        self._note = _read_note()

    def create(self, step: Step) -> None:
        """Make it anew for another Python, or when it never came to its end."""
        python = f"{sysconfig.get_python_version()} {sys.base_prefix}"
        if self._note.get("python") == python:
            step.outcome = "up to date"
            return
        step.say("creating")
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        venv.create(ENVIRONMENT, with_pip=True)
        self._write_note({"python": python})
        step.outcome = f"created with Python {sysconfig.get_python_version()}"

    def install_packages(self, step: Step) -> None:
        """Install exactly what requirements/dev.txt says."""
        self._install("packages", _LOCKS["dev"], step)

    def install_for_tests(self, step: Step) -> None:
        """Install what only some gateways have: requirements/test.txt."""
        self._install("tests", _LOCKS["test"], step)

    def install_training(self, step: Step) -> None:
        """Install what making the speech model takes besides: requirements/train.txt."""
        self._install("training", _LOCKS["train"], step)

    def _install(self, key: str, lock: Path, step: Step) -> None:
        wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
        if self._note.get(key) == wanted:
            step.outcome = "up to date"
            return
        with cache.only_one("wheels", step):
            _install_locked(lock, step)
        self._write_note({**self._note, key: wanted})
        step.outcome = "installed"

    def has(self, wheel: Path) -> bool:
        """Whether this very wheel is installed."""
        return self._note.get("pjsua2") == wheel.name

    def install_wheel(self, wheel: Path, step: Step) -> None:
        """Install pjsua2."""
        _pip(
            step, "install", "--no-index", "--no-deps", "--force-reinstall", wheel,
            doing="installing", log="pip-pjsua2",
            advice=f"Remove {wheel} and run the same command again to build it anew.",
        )  # fmt: skip
        self._write_note({**self._note, "pjsua2": wheel.name})

    def install_checkout(self, step: Step) -> None:
        """Make .venv/bin/ivr run this checkout, whatever changes in it later."""
        project = tomllib.loads(Path("pyproject.toml").read_text())
        facts = {"project": project["project"], "setuptools": project["tool"]["setuptools"]}
        wanted = hashlib.sha256(json.dumps([facts, str(Path.cwd())]).encode()).hexdigest()
        if self._note.get("checkout") == wanted:
            step.outcome = "up to date"
            return
        _pip(
            step, "install", "--no-index", "--no-deps", "--no-build-isolation", "--editable", ".",
            doing="installing", log="pip-checkout",
            advice="Look at [project] in pyproject.toml, then run the same command again.",
        )  # fmt: skip
        self._write_note({**self._note, "checkout": wanted})
        step.outcome = "installed"

    def _write_note(self, note: dict[str, str]) -> None:
        self._note = note
        _INSTALLED.write_text(json.dumps(note, indent=2) + "\n")


def _read_note() -> dict[str, str]:
    try:
        note: dict[str, str] = json.loads(_INSTALLED.read_text())
    except (OSError, ValueError):
        return {}
    return note


def _install_locked(lock: Path, step: Step) -> None:
    wheels = cache.folder("wheels")
    if any(wheels.glob("*.whl")):
        try:
            _install_from(lock, wheels, step)
        except SetupError:
            step.say("the cache lacks some packages")
        else:
            return
    _pip(
        step, "download", "--no-deps", "--only-binary=:all:", f"--no-binary={_PUBLISHED_AS_SOURCE}",
        "--require-hashes", f"--requirement={lock}", f"--dest={wheels}",
        doing="fetching", log="pip-download",
        advice=(
            "Check the network, and that pip reaches its index (pip config list), then run the\n"
            f"same command again. A machine without a network needs the wheels in {wheels}.\n"
            "Where torch has no matching hash: setup/torch.txt tells which build is meant."
        ),
    )  # fmt: skip
    _install_from(lock, wheels, step)


def _install_from(lock: Path, wheels: Path, step: Step) -> None:
    _pip(
        step, "install", "--no-deps", "--no-index", f"--find-links={wheels}",
        "--only-binary=:all:", f"--no-binary={_PUBLISHED_AS_SOURCE}", "--require-hashes",
        f"--requirement={lock}",
        doing="installing", log="pip-install",
        advice=f"Remove {wheels} and run the same command again.",
    )  # fmt: skip


def _pip(step: Step, *words: str | Path, doing: str, log: str, advice: str) -> None:
    step.run(
        ENVIRONMENT / "bin/python", "-m", "pip", "--disable-pip-version-check", *words,
        doing=doing, log=log, advice=advice,
        counts="Collecting ",
    )  # fmt: skip
