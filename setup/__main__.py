"""Sets up this checkout: `python -m setup [test] [check] [train]`, for what it will be used for."""

import sys
import time

from setup import debian, pjproject, promtool
from setup.console import SetupError, step
from setup.dependencies import Environment

_PURPOSES = {"run": debian.RUN, "test": debian.TEST, "check": debian.CHECK, "train": debian.TRAIN}


def main(purposes: list[str]) -> int:
    """Do what is not done yet; tell what failed and what helps."""
    began = time.monotonic()
    try:
        _set_up(purposes)
    except SetupError as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the same command carries on from here.", file=sys.stderr)
        return 130
    print(f"Set up in {time.monotonic() - began:.1f} s")
    return 0


def _set_up(purposes: list[str]) -> None:
    wheel = pjproject.cached_wheel()
    wanted = [*debian.for_python(), *(debian.BUILD if wheel is None else ())]
    if wheel is None or "test" in purposes:
        wanted += debian.headers()
    wanted += [name for purpose in ("run", *purposes) for name in _PURPOSES[purpose]]
    with step("Debian packages") as current:
        debian.install_missing(wanted, current)
    environment = Environment()
    with step("Virtual environment") as current:
        environment.create(current)
    with step("Python packages") as current:
        environment.install_packages(current)
    if "test" in purposes:
        with step("Packages for tests") as current:
            environment.install_for_tests(current)
    if "train" in purposes:
        with step("Packages for training") as current:
            environment.install_training(current)
    with step("pjsua2") as current:
        wheel = wheel or pjproject.wheel(current)
        if not environment.has(wheel):
            environment.install_wheel(wheel, current)
        current.outcome = current.outcome or wheel.name.split("-")[1]
    with step("ivr") as current:
        environment.install_checkout(current)
    if "test" in purposes:
        with step("promtool") as current:
            promtool.install(current)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
