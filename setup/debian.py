"""The Debian packages each purpose needs, installed only where they are missing."""

import os
import shutil
import subprocess
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from setup.console import SetupError, Step

# Where a package changed its name between two Debians, both names stand, the newer first.
RUN = ("espeak-ng", "libsamplerate0", "libssl3t64 libssl3", "libstdc++6", "libuuid1")
BUILD = ("g++", "libsamplerate0-dev", "libssl-dev", "make", "patch", "swig", "uuid-dev", "xz-utils")
TEST = ("gcc", "libc6-dev", "libfst-tools", "portaudio19-dev", "postgresql", "sip-tester")
CHECK = ("shellcheck",)
TRAIN = ("espeak-ng", "libfst-tools")


def for_python() -> tuple[str, ...]:
    """Debian ships its own Python in pieces; other Pythons have them all."""
    version = sysconfig.get_python_version()
    return () if find_spec("ensurepip") else (f"python{version}-venv",)


def headers() -> tuple[str, ...]:
    """The headers of this Python, which compiling for it takes, where they are missing."""
    header = Path(sysconfig.get_path("include")) / "Python.h"
    return () if header.exists() else (f"python{sysconfig.get_python_version()}-dev",)


def install_missing(wanted: list[str], step: Step) -> None:
    """Ask dpkg what is missing and call apt-get only for that."""
    missing = _missing(wanted)
    if not missing:
        step.outcome = step.outcome or "all there"
        return
    become = _root(missing)
    advice = (
        "Check the network and the package sources (/etc/apt), then run the same command again.\n"
        "Another apt may be running: wait for it to end."
    )
    step.run(
        *become, "apt-get", "-o", "DPkg::Lock::Timeout=300", "update",
        doing="reading the package lists", log="apt-update", advice=advice,
    )  # fmt: skip
    names = [known(alternatives) for alternatives in missing]
    step.run(
        *become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get",
        "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", *names,
        doing=f"installing {' '.join(names)}", log="apt-install", advice=advice,
    )  # fmt: skip
    step.outcome = f"installed {' '.join(names)}"


def _missing(wanted: list[str]) -> list[str]:
    if shutil.which("dpkg-query") is None:
        raise SetupError(
            "This is no Debian: there is no dpkg-query.",
            f"ivr runs on Debian and Raspberry Pi OS; it needs {' '.join(wanted)}.",
        )
    installed = _installed([name for alternatives in wanted for name in alternatives.split()])
    return [names for names in wanted if not installed.intersection(names.split())]


def _installed(names: list[str]) -> set[str]:
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,  # it fails when one name is unknown, and still tells of the others
    )
    states = (line.split() for line in answer.stdout.splitlines())
    return {name for name, *state in states if state == ["installed"]}


def _root(missing: list[str]) -> list[str]:
    if os.geteuid() == 0:
        return []
    names = " ".join(known(alternatives) for alternatives in missing)
    if shutil.which("sudo") is None:
        raise SetupError(
            f"These Debian packages are missing: {names}.",
            "There is neither root nor sudo here to install them. Have them installed, as root:\n"
            f"    apt-get install --no-install-recommends {names}\n"
            "and run the same command again.",
        )
    if subprocess.run(["sudo", "--validate"], check=False).returncode != 0:
        raise SetupError(
            f"These Debian packages are missing: {names}.",
            "sudo was refused. Have them installed, as root:\n"
            f"    apt-get install --no-install-recommends {names}\n"
            "and run the same command again.",
        )
    return ["sudo"]


def known(alternatives: str) -> str:
    """The first of the names that this Debian has."""
    first, *others = alternatives.split()
    for name in (first, *others):
        answer = subprocess.run(
            ["apt-cache", "show", "--no-all-versions", name], capture_output=True, check=False
        )
        if answer.returncode == 0 and answer.stdout:
            return name
    return first
