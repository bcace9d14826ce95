"""A gateway without a speech model does not carry the recogniser."""

import subprocess
import sys


def test_vosk_is_imported_only_where_a_model_is_loaded() -> None:
    asked = "import sys, ivr.daemon; print('vosk' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"
