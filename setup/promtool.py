"""Prometheus' checker, which the tests read the alert rules and the metrics with.

Up to bookworm it is part of Debian's package `prometheus`, which would start a server on every
machine that runs the tests; so only the program is taken out, and nothing is installed.
"""

import shutil
from pathlib import Path

from setup import cache, debian
from setup.console import Step
from setup.dependencies import ENVIRONMENT

_PACKAGES = "promtool prometheus"


def install(step: Step) -> None:
    """Put promtool beside the other programs of .venv, unless the machine has one."""
    if shutil.which("promtool") or (ENVIRONMENT / "bin/promtool").exists():
        step.outcome = "all there"
        return
    with cache.only_one("promtool", step):
        kept = cache.folder("promtool") / "promtool"
        if not kept.exists():
            _take_from_debian(kept, step)
    shutil.copy2(kept, ENVIRONMENT / "bin/promtool")
    step.outcome = "installed"


def _take_from_debian(kept: Path, step: Step) -> None:
    build = Path("build/promtool").absolute()
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    advice = "Check that apt-get reaches its mirror (apt-get update), then run it again."
    step.run(
        "apt-get", "download", debian.known(_PACKAGES),
        doing="fetching (20 MB)", log="promtool", where=build, advice=advice,
    )  # fmt: skip
    (package,) = build.glob("*.deb")
    step.run(
        "dpkg-deb", "--extract", package, build,
        doing="unpacking", log="promtool", where=build, advice=advice,
    )  # fmt: skip
    arrived = kept.with_name(".promtool")
    shutil.copy2(build / "usr/bin/promtool", arrived)
    arrived.rename(kept)
    shutil.rmtree(build)
