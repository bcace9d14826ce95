"""Who reads the metrics: a scrape, Prometheus' checker, its alerts."""

import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.metrics import Metrics
from tests.metrics.counted import (
    site,
    values,
)

RULES = Path(__file__).parents[2] / "deploy/prometheus/ivr-alerts.yaml"


@pytest.fixture(params=["127.0.0.1", "::1", "[::1]"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_they_are_served_over_http(metrics: Metrics, address: str) -> None:
    port = metrics.serve(address, 0)
    host = f"[{address.strip('[]')}]" if ":" in address else address

    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=5) as answer:
        body = answer.read().decode()
    metrics.close()

    assert 'ivr_build_info{config_sha="c0ffee",version="1.2.3"} 1.0' in body
    assert "process_resident_memory_bytes" in body
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=5)


def test_a_port_in_use_is_said_to_be(metrics: Metrics) -> None:
    port = metrics.serve("127.0.0.1", 0)

    with pytest.raises(OSError, match="in use"):
        Metrics(site(), "1.2.3").serve("127.0.0.1", port)

    metrics.close()


def test_two_gateways_in_one_process_count_apart() -> None:
    one, other = Metrics(site(), "1"), Metrics(site(), "2")

    one.no_telephone_event()

    assert values(one)["ivr_dtmf_unnegotiated_total"] == 1
    assert values(other)["ivr_dtmf_unnegotiated_total"] == 0


def promtool(*words: str, text: str = "") -> str:
    """Run Prometheus' own checker; return what it says, nothing when all is well."""
    if shutil.which("promtool") is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is missing; `make test` installs it")
        pytest.skip("promtool is missing: it comes with Debian's package prometheus")
    run = subprocess.run(
        ["promtool", *words], input=text, capture_output=True, text=True, check=False
    )
    return "" if run.returncode == 0 and not run.stderr else run.stdout + run.stderr


def test_promtool_finds_nothing_to_say_about_the_metrics(busy: Metrics) -> None:
    assert promtool("check", "metrics", text=busy.text()) == ""


def test_promtool_accepts_the_alert_rules() -> None:
    assert promtool("check", "rules", str(RULES)) == ""


def test_the_alert_rules_fire_when_they_should() -> None:
    files = sorted(map(str, RULES.parent.glob("tests/*.yaml")))

    assert len(files) == 2
    assert promtool("test", "rules", *files) == ""


def test_alert_rules_ask_only_for_metrics_that_exist(busy: Metrics) -> None:
    asked = set(re.findall(r"\b(?:ivr|process)_\w+", expressions()))
    shown = {name.split("{")[0] for name in metrics_of(busy)}

    assert asked - shown == set()


def expressions() -> str:
    return "\n".join(re.findall(r"expr: \|?\n?((?:.+\n)+?)\s+(?:for|labels):", RULES.read_text()))


def metrics_of(metrics: Metrics) -> Iterator[str]:
    for line in metrics.text().splitlines():
        if not line.startswith("#"):
            yield line.rsplit(" ", 1)[0]
