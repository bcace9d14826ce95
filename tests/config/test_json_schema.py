"""The schemas for editors accept what the loader accepts."""

from typing import Any

from ivr.config import schemas


def test_there_is_one_for_each_kind_of_file() -> None:
    kinds = {"gateway", "calendar", "entrance", "teams", "survey", "speech", "stage"}

    assert set(schemas()) == kinds


def test_an_option_is_explained_where_it_is_written() -> None:
    ring = _options("teams", "QueueSection")["ring"]

    assert ring["description"] == "how long an agent's telephone rings"
    assert ring["default"] == "15s"


def test_defaults_stand_as_they_would_be_written() -> None:
    assert _options("teams", "AnnouncementsSection")["reminders_every"]["default"] == "never"
    assert _options("gateway", "SipSection")["rtp_ports"]["default"] == "10000-11999"
    assert _options("gateway", "MetricsSection")["address"]["default"] == "127.0.0.1:9108"
    assert _options("gateway", "PromptsSection")["folder"]["default"] == "prompts"
    assert _options("gateway", "LimitsSection")["calls"]["default"] == 200
    assert "default" not in _options("stage", "Menu")["short"]


def test_an_editor_knows_every_kind_of_node() -> None:
    kinds = {
        part["properties"]["kind"]["const"]
        for part in schemas()["stage"]["$defs"].values()
        if "kind" in part["properties"]
    }

    assert kinds == {
        "say",
        "menu",
        "open_question",
        "collect",
        "language",
        "hours",
        "survey_notice",
        "queue",
        "transfer",
        "message",
        "goodbye",
    }


def test_short_forms_are_known_to_an_editor() -> None:
    prompts = _options("stage", "Say")["prompts"]["anyOf"]

    assert [form["type"] for form in prompts] == ["string", "array"]


def _options(kind: str, section: str) -> dict[str, Any]:
    options: dict[str, Any] = schemas()[kind]["$defs"][section]["properties"]
    return options
