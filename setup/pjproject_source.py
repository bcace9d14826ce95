"""Where the source of PJSIP comes from: PJPROJECT_SOURCE, or Debian sid's `asterisk`."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from setup import cache
from setup.console import SetupError, Step

BUILD = Path("build/pjproject")


@dataclass(frozen=True)
class Source:
    """Where PJSIP's source comes from; `identity` changes when the source does."""

    path: Path
    identity: str


def pinned() -> Source | None:
    """Return the source that PJPROJECT_SOURCE names, if it names one; raises SetupError."""
    named = os.environ.get("PJPROJECT_SOURCE")
    if not named:
        return None
    path = Path(named).expanduser().absolute()
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.[ch]*") if file.is_file())
        facts = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        return Source(path, hashlib.sha256(repr(facts).encode()).hexdigest())
    if path.is_file():
        return Source(path, hashlib.sha256(path.read_bytes()).hexdigest())
    raise SetupError(
        f"PJPROJECT_SOURCE={named} does not exist.",
        "Set it to a folder or a tarball with the source of PJSIP, or leave it unset.",
    )


def debians(step: Step) -> Source:
    """The tarball inside Debian sid's `asterisk`, fetched with an apt of its own."""
    store = cache.folder("pjproject")
    if not list(store.glob("*.orig-Xpjproject.tar.*")):
        _fetch_from_sid(store, step)
    tarball = max(store.glob("*.orig-Xpjproject.tar.*"), key=lambda path: path.stat().st_mtime)
    return Source(tarball, hashlib.sha256(tarball.read_bytes()).hexdigest())


def _fetch_from_sid(store: Path, step: Step) -> None:
    apt = (BUILD / "apt").absolute()
    for folder in ("lists/partial", "cache/archives/partial", "sources"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "sources.list").write_text(f"deb-src [signed-by={_keyring()}] {_mirror()} sid main\n")
    own = [
        f"Dir::Etc::sourcelist={apt}/sources.list",
        "Dir::Etc::sourceparts=-",
        f"Dir::State::Lists={apt}/lists",
        f"Dir::Cache={apt}/cache",
        f"APT::Sandbox::User={'root' if os.geteuid() == 0 else ''}",
        "APT::Update::Error-Mode=any",
    ]
    advice = (
        "The source of PJSIP comes from Debian sid. Check the network, and that apt-get reaches\n"
        "its mirror; or fetch the source of PJSIP 2.15 or newer yourself and name it:\n"
        "    make setup PJPROJECT_SOURCE=/path/to/pjproject.tar.gz"
    )
    update = ["apt-get", *_options(own), "update"]
    try:
        step.run(*update, doing="looking for PJSIP in Debian sid", log="apt-sid", advice=advice)
    except SetupError as failure:
        if failure.log is None or "is expired" not in failure.log.read_text(errors="replace"):
            raise
        step.say("the mirror is an old copy; its signature holds, its date is not asked for")
        own.append("Acquire::Check-Valid-Until=false")
        update = ["apt-get", *_options(own), "update"]
        step.run(*update, doing="looking for PJSIP in Debian sid", log="apt-sid", advice=advice)
    step.run(
        "apt-get", *_options(own), "source", "--download-only", "asterisk",
        doing="fetching the source of PJSIP (13 MB)", log="apt-source", advice=advice,
        where=apt / "sources",
    )  # fmt: skip
    found = list((apt / "sources").glob("asterisk_*.orig-Xpjproject.tar.*"))
    if not found:
        raise SetupError("Debian sid's asterisk no longer carries PJSIP.", advice)
    arrived = store / f".{found[0].name}"
    shutil.copyfile(found[0], arrived)
    arrived.rename(store / found[0].name)


def _mirror() -> str:
    """The Debian mirror this machine uses already."""
    answer = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(LABEL) $(SITE)"],
        capture_output=True,
        text=True,
        check=True,
    )
    sites = [
        line.removeprefix("Debian ")
        for line in answer.stdout.splitlines()
        if line.startswith("Debian ")
    ]
    if not sites:
        raise SetupError(
            "apt-get knows no Debian mirror.",
            "Run apt-get update as root and try again, or set PJPROJECT_SOURCE to the source of\n"
            "PJSIP (a folder or a tarball).",
        )
    return max(sorted(set(sites)), key=sites.count)


def _keyring() -> Path:
    rings = Path("/usr/share/keyrings")
    for name in ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp"):
        if (rings / name).exists():
            return rings / name
    raise SetupError(
        "Debian's keys are missing, so the source of PJSIP cannot be checked.",
        "As root: apt-get install debian-archive-keyring",
    )


def _options(pairs: list[str]) -> list[str]:
    return [word for pair in pairs for word in ("-o", pair)]


def unpack(source: Source, step: Step) -> Path:
    """Lay the source out anew below `BUILD`; return the folder with version.mak."""
    inside = BUILD / "source"
    shutil.rmtree(inside, ignore_errors=True)
    if (source.path / "version.mak").exists():
        step.say("copying the source")
        without_history = shutil.ignore_patterns(".git")
        shutil.copytree(source.path, inside / "pjproject", symlinks=True, ignore=without_history)
    elif source.path.is_file():
        inside.mkdir(parents=True)
        step.run(
            "tar", "--extract", "--file", source.path.absolute(), "--directory", inside.absolute(),
            doing="unpacking the source", log="unpack",
            advice=f"Is {source.path} whole? If it was fetched here, remove it and run this again.",
        )  # fmt: skip
    marks = sorted(inside.glob("*/version.mak"))
    if not marks:
        raise SetupError(
            f"{source.path} is not the source of PJSIP: there is no version.mak in it.",
            "Set PJPROJECT_SOURCE to a folder or a tarball of pjproject, or leave it unset.",
        )
    return marks[0].parent
