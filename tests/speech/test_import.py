"""The gateway itself does not carry the recogniser: that is another process."""

import subprocess
import sys


def test_the_gateway_does_not_import_vosk() -> None:
    asked = "import sys, ivr.daemon; print('vosk' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"
