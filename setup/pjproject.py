"""Builds pjsua2, the Python binding of PJSIP, for a gateway; once per machine and Python.

No published wheel will do: they are for x86-64 only, or end at four calls. The source comes
from whoever sets PJPROJECT_SOURCE (a folder or a tarball, to pin a commit), else from the
source package `asterisk` of Debian sid, which carries the whole of PJSIP; apt checks its
signature. Debian leaves third-party sources out, and what needs them is left out here too.

The wheel holds PJSIP's libraries; OpenSSL, libsamplerate and libuuid stay Debian's. Its file
name says what went into it, and so it is found again: version, recipe, Debian, Python, machine.
"""

import base64
import csv
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

from setup import cache
from setup.console import SetupError, Step, Work
from setup.pjproject_source import BUILD, Source, debians, pinned, unpack

_HERE = Path(__file__).parent
_CONFIG_SITE = _HERE / "config_site.h"
_PATCHES = _HERE / "patches"
_OLDEST = (2, 15)

_CONFIGURE = (
    "--enable-epoll",
    "--enable-libsamplerate",
    "--disable-bcg729",
    "--disable-ffmpeg",
    "--disable-g7221-codec",
    "--disable-gsm-codec",
    "--disable-ilbc-codec",
    "--disable-l16-codec",
    "--disable-libsrtp",
    "--disable-libwebrtc",
    "--disable-libyuv",
    "--disable-lyra",
    "--disable-opencore-amr",
    "--disable-openh264",
    "--disable-opus",
    "--disable-sdl",
    "--disable-silk",
    "--disable-sound",  # audio goes to and from calls only
    "--disable-speex-aec",
    "--disable-speex-codec",
    "--disable-upnp",
    "--disable-v4l2",
    "--disable-video",
    "--disable-vpx",
)
# A parser of strangers' messages gets every protection the compiler has. NDEBUG: a failed
# assertion would end every call on the box, where the checks beside it refuse just the one.
_CFLAGS = (
    "-O2 -fPIC -DNDEBUG -ffunction-sections -fdata-sections -fstack-protector-strong "
    "-fstack-clash-protection -D_FORTIFY_SOURCE=2"
)
# One file of 200 000 lines: more optimising takes long and buys nothing.
_BINDING_FLAGS = "-O1 -w -fPIC -DNDEBUG -fvisibility=hidden"
_LINK = "-shared -s -Wl,-O1 -Wl,--gc-sections -Wl,--exclude-libs,ALL -Wl,-z,relro,-z,now"

_IS_ALIVE = """
import pjsua2
endpoint = pjsua2.Endpoint()
endpoint.libCreate()
settings = pjsua2.EpConfig()
settings.logConfig.level = settings.logConfig.consoleLevel = 0
settings.uaConfig.maxCalls = 512
settings.uaConfig.threadCnt = 0
settings.uaConfig.mainThreadOnly = True
endpoint.libInit(settings)
codecs = [codec.codecId for codec in endpoint.codecEnum2()]
assert "PCMA/8000/1" in codecs, codecs
endpoint.libDestroy()
"""


def cached_wheel() -> Path | None:
    """The newest wheel that was built before for this machine, Python and recipe."""
    found = cache.folder("pjsua2").glob(f"pjsua2-*-{_build_tag(pinned())}-{_python_tag()}.whl")
    return max(found, key=lambda wheel: wheel.stat().st_mtime, default=None)


def wheel(step: Step) -> Path:
    """The wheel, built now if it never was."""
    with cache.only_one("pjsua2", step):
        return cached_wheel() or _build(step)


def _build(step: Step) -> Path:
    source = pinned() or debians(step)
    tree = unpack(source, step)
    version = _version(tree)
    applied = _patch(tree, version, step)
    _compile(tree, step)
    contents = _contents(tree, version, source, applied)
    finished = _write_wheel(contents, version)
    _try_out(finished, step)
    # Renaming is atomic: another checkout sees the whole wheel or none.
    kept = finished.rename(cache.folder("pjsua2") / finished.name)
    shutil.rmtree(BUILD)
    step.outcome = f"built PJSIP {version}"
    return kept


# --- the source -------------------------------------------------------------------------------


def _version(tree: Path) -> str:
    """The version as Python writes it; older ones lack fixes and options."""
    text = (tree / "version.mak").read_text()
    found = dict(re.findall(r"^export PJ_VERSION_(\w+)[ \t]*:=[ \t]*(\S*)", text, re.MULTILINE))
    numbers = [number for key in ("MAJOR", "MINOR", "REV") if (number := found.get(key))]
    version = ".".join(numbers)
    if tuple(int(number) for number in numbers[:2]) < _OLDEST:
        raise SetupError(
            f"PJSIP {version} is too old; ivr needs {_OLDEST[0]}.{_OLDEST[1]} or newer.",
            "Set PJPROJECT_SOURCE to a newer one, or leave it unset.",
        )
    return f"{version}.dev0" if found.get("SUFFIX") else version


def _patch(tree: Path, version: str, step: Step) -> list[str]:
    """Repair what later versions repaired; `patches/2.17` fits the release 2.17 and no other."""
    patches = sorted((_PATCHES / version).glob("*.patch"))
    for patch in patches:
        step.run(
            "patch", "--strip=1", "--forward", "--fuzz=0", f"--input={patch.absolute()}",
            doing=f"repairing: {patch.stem}", log="patch", where=tree,
            advice="The source is not the release it says it is. Set PJPROJECT_SOURCE to another.",
        )  # fmt: skip
    return [patch.name for patch in patches]


# --- compiling --------------------------------------------------------------------------------


def _compile(tree: Path, step: Step) -> None:
    advice = (
        "Compiling needs about 1.5 GB of memory and 500 MB of disk. Compilers and libraries come\n"
        "from Debian; if one is missing: make setup PYTHON=... with a Python that is complete."
    )
    tree = tree.absolute()
    binding = tree / "pjsip-apps/src/swig/python"
    shutil.copyfile(_CONFIG_SITE, tree / "pjlib/include/pj/config_site.h")
    # Debian left the source of this sound device out, and the makefile names it all the same.
    makefile = tree / "pjmedia/build/Makefile"
    makefile.write_text(makefile.read_text().replace(" bdimad_dev.o", ""))
    step.run(
        "./configure", *_CONFIGURE,
        doing="configuring", log="configure", where=tree, advice=advice,
        environment={"CFLAGS": _CFLAGS, "CXXFLAGS": ""},
    )  # fmt: skip
    flags = " ".join(_ask_makefile(binding, "cflags"))
    compile_binding = (
        f"g++ {flags} {_BINDING_FLAGS} -I{sysconfig.get_path('include')} -c pjsua2_wrap.cpp"
    )
    # The two need nothing of each other before they are linked, so they share the cores.
    step.run_together(
        [
            Work(
                ("make", f"--jobs={os.cpu_count() or 1}", "lib"),
                doing="compiling the library",
                log="library",
                where=tree,
                counts=".o ",
            ),
            Work(
                ("sh", "-ec", f"make pjsua2_wrap.cpp GEN_DOC=\n{compile_binding}"),
                doing="the Python binding",
                log="binding",
                where=binding,
            ),
        ],
        advice=advice,
    )
    libraries = [f"-l{name}" for name in _ask_makefile(binding, "libs")]
    step.run(
        "g++", *_LINK.split(), "pjsua2_wrap.o", *_ask_makefile(binding, "ldflags"), *libraries,
        "-o", f"_pjsua2{sysconfig.get_config_var('EXT_SUFFIX')}",
        doing="linking", log="link", where=binding, advice=advice,
    )  # fmt: skip


def _ask_makefile(binding: Path, what: str) -> list[str]:
    answer = subprocess.run(
        ["make", "--no-print-directory", "-f", "helper.mak", what],
        cwd=binding,
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.split()


# --- the wheel --------------------------------------------------------------------------------


def _contents(
    tree: Path, version: str, source: Source, patches: list[str]
) -> Iterator[tuple[str, bytes]]:
    binding = tree / "pjsip-apps/src/swig/python"
    library = f"_pjsua2{sysconfig.get_config_var('EXT_SUFFIX')}"
    about = f"pjsua2-{version}.dist-info"
    made_from = [
        f"source: {source.path.name} {source.identity}",
        f"repaired by: {', '.join(patches) or 'nothing'}",
        f"configure: {' '.join(_CONFIGURE)}",
        f"flags: {_CFLAGS}",
    ]
    yield "pjsua2.py", (binding / "pjsua2.py").read_bytes()
    yield library, (binding / library).read_bytes()
    yield f"{about}/METADATA", _metadata(version)
    yield f"{about}/WHEEL", _wheel_facts()
    yield f"{about}/licenses/COPYING", (tree / "COPYING").read_bytes()
    yield f"{about}/made_from.txt", "\n".join([*made_from, ""]).encode()
    yield f"{about}/config_site.h", _CONFIG_SITE.read_bytes()


def _metadata(version: str) -> bytes:
    return (
        "Metadata-Version: 2.4\n"
        "Name: pjsua2\n"
        f"Version: {version}\n"
        "Summary: PJSIP for Python, compiled for a gateway\n"
        "License-Expression: GPL-2.0-or-later\n"
        "License-File: COPYING\n"
    ).encode()


def _wheel_facts() -> bytes:
    return (
        "Wheel-Version: 1.0\n"
        "Generator: ivr setup\n"
        "Root-Is-Purelib: false\n"
        f"Tag: {_python_tag()}\n"
        f"Build: {_build_tag(pinned())}\n"
    ).encode()


def _write_wheel(contents: Iterator[tuple[str, bytes]], version: str) -> Path:
    path = BUILD / f"pjsua2-{version}-{_build_tag(pinned())}-{_python_tag()}.whl"
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents:
            archive.writestr(name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            rows.writerow([name, f"sha256={digest.decode()}", len(content)])
        rows.writerow([f"pjsua2-{version}.dist-info/RECORD", "", ""])
        archive.writestr(f"pjsua2-{version}.dist-info/RECORD", record.getvalue())
    return path


def _try_out(wheel_file: Path, step: Step) -> None:
    """A wheel that cannot start an endpoint never reaches the cache."""
    with zipfile.ZipFile(wheel_file) as archive:
        archive.extractall(BUILD / "try")
    step.run(
        sys.executable, "-c", _IS_ALIVE,
        doing="trying it out", log="try-pjsua2",
        environment={"PYTHONPATH": str((BUILD / "try").absolute())},
        advice="The library was built and does not start; please report this with the log.",
    )  # fmt: skip


def _python_tag() -> str:
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-linux_{platform.machine()}"


def _build_tag(pinned: Source | None) -> str:
    """What else the wheel depends on: the Debian it was linked on, and the recipe."""
    recipe = hashlib.sha256()
    parts = [*_CONFIGURE, _CFLAGS, _BINDING_FLAGS, _LINK, pinned.identity if pinned else ""]
    recipe.update("\0".join(parts).encode())
    for file in (_CONFIG_SITE, *sorted(_PATCHES.rglob("*.patch"))):
        recipe.update(file.read_bytes())
    system = platform.freedesktop_os_release()
    return f"1_{system['ID']}{system.get('VERSION_ID', '')}_{recipe.hexdigest()[:12]}"
