"""`ivr` in a hurry: the same gateway, with times so short that no file may ask for them.

python -m tests.gateway.hurried run FOLDER --watch
"""

import sys
from dataclasses import replace
from pathlib import Path

from ivr.cli.run import serve, telling
from ivr.config import load
from ivr.gateway import Configuration

SECONDS_OF_A_CALL = 4.0
SECONDS_BETWEEN_ATTEMPTS = 1.0
SECONDS_TO_RING = 2.0


def hurried(folder: Path, *, secrets: bool = True) -> Configuration:
    """Load a site, and make its calls and the robot's patience short."""
    whole = load(folder, secrets=secrets)
    limits = replace(whole.site.limits, seconds=SECONDS_OF_A_CALL)
    survey = replace(
        whole.site.survey, spacing=SECONDS_BETWEEN_ATTEMPTS, seconds_to_ring=SECONDS_TO_RING
    )
    return replace(whole, site=replace(whole.site, limits=limits, survey=survey))


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    serve(folder, hurried(folder), telling(numbers=False))
