"""SIPp, playing one scenario of this folder against a desk."""

import subprocess
from pathlib import Path

from tests.sip.desk import Desk, free_media_port, free_port

_SCENARIOS = Path(__file__).parent / "scenarios"
_TRANSPORTS = {"udp": "u1", "tcp": "t1"}


class Sipp:
    """One SIPp process: so many calls, so many of them begun each second."""

    def __init__(
        self,
        scenario: str,
        desk: Desk,
        folder: Path,
        *,
        calls: int,
        rate: int,
    ) -> None:
        self.port = free_port(desk.address)
        listen = desk.sip.listen[0]
        host = f"[{listen.address}]" if ":" in listen.address else listen.address
        command = ["sipp", f"{host}:{listen.port}", "-sf", str(_SCENARIOS / f"{scenario}.xml")]
        command += ["-i", listen.address, "-mi", listen.address, "-p", str(self.port), "-s", "600"]
        command += ["-t", _TRANSPORTS[listen.protocol], "-m", str(calls), "-r", str(rate)]
        command += ["-mp", str(free_media_port(desk.address))]
        command += ["-nostdin", "-timeout", "30", "-timeout_error", "-trace_err"]
        self._folder = folder
        self._process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def is_done(self) -> bool:
        return self._process.poll() is not None

    def expect(self, desk: Desk, seconds: float = 10.0) -> None:
        """Let the desk work until the scenario is over; it must have gone as written."""
        desk.until(self.is_done, seconds)
        assert self._process.returncode == 0, self._what_went_wrong()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _what_went_wrong(self) -> str:
        logs = sorted(self._folder.glob("*errors.log"))
        return "\n".join(log.read_text(errors="replace")[:3000] for log in logs) or "no error log"
