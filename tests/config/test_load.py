"""A good site compiles to what it says."""

import os
import shutil
from datetime import date, time
from ipaddress import ip_network
from pathlib import Path

import pytest

from ivr.config import explain, load
from ivr.config.prompts import COMPOSED
from ivr.config.secrets import HOW
from ivr.config.teams import LARGEST_POSITION
from ivr.engine import script
from ivr.engine.site import Limits, Opening, Switch
from ivr.errors import ConfigError
from ivr.gateway import Configuration, Listen, Registration, Secret
from ivr.prompts import music, numerals
from tests.config.cases import ENVIRONMENT, Change, lay_out


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The good site, with its prompts in the folder the program runs in."""
    monkeypatch.chdir(tmp_path)
    return lay_out(tmp_path)


@pytest.fixture
def good(here: Path) -> Configuration:
    return load(here, environment=ENVIRONMENT)


def node(good: Configuration, name: str) -> script.Node:
    return good.site.groups["byg"].stages[0].script.nodes[name]


# --- the box --------------------------------------------------------------------------------


def test_the_sip_part(good: Configuration) -> None:
    sip = good.gateway.sip

    assert sip.listen == (Listen("udp", "127.0.0.1", 5060), Listen("tcp", "::1", 5060))
    assert sip.codecs == ("pcma", "pcmu", "g722")
    assert (sip.rtp_port, sip.rtp_ports) == (10000, 2000)
    assert sip.user_agent == "ivr"


def test_a_trunk_that_registers(good: Configuration) -> None:
    trunk = good.gateway.sip.trunks[0]

    assert (trunk.name, trunk.proxy, trunk.protocol) == ("pbx", "pbx.example.com:5060", "udp")
    assert trunk.sources == (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))
    assert trunk.seconds_between_options == 30
    assert trunk.registration == Registration(
        user="gateway",
        realm="pbx.example.com",
        password=Secret("$PBX_PASSWORD", "hunter2"),
        algorithm="sha-256",
        seconds=300,
    )
    assert trunk.registration.password.text == "hunter2"


def test_a_trunk_by_address(good: Configuration) -> None:
    trunk = good.gateway.sip.trunks[1]

    assert trunk.proxy == "198.51.100.1:5080"
    assert trunk.sources == (ip_network("198.51.100.1/32"),)
    assert trunk.registration is None
    assert not trunk.outgoing
    assert trunk.seconds_between_options == 0
    assert good.site.trunks == ("pbx",)


def test_what_is_not_written_has_a_default(good: Configuration) -> None:
    box = good.gateway

    assert good.site.limits == Limits(200, 7200.0, 30.0, 300.0, 10)
    assert box.prompts == Path("prompts")
    assert box.journal == "sqlite:///var/journal.db"
    assert box.messages == Path("var/messages")
    assert (box.metrics_address, box.metrics_port) == ("127.0.0.1", 9108)
    assert box.control == Path("var/ivr.sock")
    assert box.piper_model is None
    assert box.log_format == "console"


# --- when, who and what ---------------------------------------------------------------------


def test_a_calendar(good: Configuration) -> None:
    calendar = good.site.calendars["kontor"]
    monday = (Opening(time(8), time(12)), Opening(time(12, 30), time(17)))

    assert calendar.week == (*[monday] * 4, (Opening(time(8), time(14)),), (), ())
    assert calendar.breaks == (Opening(time(10), time(10, 15)),)
    assert calendar.days[date(2026, 12, 23)].openings == (Opening(time(8), time(11)),)
    assert calendar.days[date(2026, 12, 23)].message == "saerlig"
    assert calendar.yearly[12, 24].openings == ()
    assert calendar.yearly[12, 24].name == "12-24"
    assert calendar.switch is Switch.BY_SCHEDULE
    assert calendar.trusted_from == 2026


def test_round_the_clock(good: Configuration) -> None:
    assert good.site.calendars["altid"].week == ((Opening(time(0), time.max),),) * 7
    assert good.site.calendars["altid"].holidays == {}


def test_danish_holidays(good: Configuration) -> None:
    """Store bededag is gone from 2024 on; constitution day is closed only where asked for."""
    holidays = good.site.calendars["kontor"].holidays
    of_2026 = {day.isoformat()[5:]: name for day, name in holidays.items() if day.year == 2026}

    assert of_2026 == {
        "01-01": "Nytårsdag",
        "04-02": "Skærtorsdag",
        "04-03": "Langfredag",
        "04-05": "Påskedag",
        "04-06": "Anden påskedag",
        "05-14": "Kristi himmelfartsdag",
        "05-24": "Pinsedag",
        "05-25": "Anden pinsedag",
        "06-05": "Grundlovsdag",
        "12-25": "Juledag",
        "12-26": "Anden juledag",
    }
    assert holidays[date(2023, 5, 5)] == "Store bededag"
    assert date(2024, 4, 26) not in holidays
    assert max(holidays).year == 2060


def test_days_that_are_no_public_holidays_are_closed_without_those_too(here: Path) -> None:
    change = Change("site/calendar.yaml", (), ("    also_closed: christmas_eve",))
    lay_out(here.parent, (change,))
    calendars = load(here, environment=ENVIRONMENT).site.calendars

    assert calendars["altid"].holidays[date(2026, 12, 24)] == "Juleaftensdag"
    assert set(calendars["altid"].holidays.values()) == {"Juleaftensdag"}


def test_legacy_numbers_lead_to_the_entrance(good: Configuration) -> None:
    assert set(good.site.entrances) == {"+4533663333", "+4533665200", "3366"}
    assert {entrance.number for entrance in good.site.entrances.values()} == {"+4533663333"}


def test_agents_are_in_the_queues_they_have_a_skill_for(good: Configuration) -> None:
    agents = good.site.agents

    assert agents["anna"].skills == {"byg": 9}
    assert agents["anna"].logged_in
    assert agents["bo"].skills == {}
    assert not agents["bo"].logged_in


def test_a_queue(good: Configuration) -> None:
    queue = good.site.queues["byg"]

    assert (queue.longest_wait, queue.most_waiting) == (600, 20)
    assert (queue.seconds_to_ring, queue.seconds_of_rest, queue.wrap_up) == (15, 60, 30)
    assert queue.announcements.reminders == ("husk",)
    assert queue.announcements.seconds_between_reminders == 60


def test_stages_stand_in_the_order_they_take_effect(good: Configuration) -> None:
    stages = good.site.groups["byg"].stages

    assert [(stage.name, stage.since, stage.questions) for stage in stages] == [
        ("etape-1", date.min, "tilfreds-1"),
        ("etape-2", date(2027, 1, 1), ""),
        ("tale", date(2029, 1, 1), ""),
    ]


def test_key_0_of_a_menu_is_its_person(good: Configuration) -> None:
    menu = node(good, "menu")

    assert isinstance(menu, script.Menu)
    assert menu.choices == {"1": "varsel", "2": "sagsnummer", "6": "engelsk", "0": "varsel"}
    assert menu.short == menu.long == ("menu",)
    assert menu.no_input == script.Retries(3, ("intet",), "varsel")
    assert menu.extensions == script.Extensions({"5200": "omstil"}, 3.0, ("forkert",))


def test_the_other_nodes(good: Configuration) -> None:
    assert node(good, "tid") == script.OpeningHours(
        "tid", "kontor", "velkomst", {"holiday": "lukket"}, "lukket"
    )
    assert node(good, "engelsk") == script.ChooseLanguage("engelsk", "en", "menu")
    assert node(good, "varsel") == script.SurveyNotice("varsel", ("varsel",), "koe")
    collect = node(good, "sagsnummer")
    assert isinstance(collect, script.Collect)
    assert (collect.least, collect.most, collect.secret) == (4, 10, False)
    transfer = node(good, "omstil")
    assert isinstance(transfer, script.Transfer)
    assert transfer.number == "+4582564300"
    message = node(good, "besked")
    assert isinstance(message, script.Message)
    assert (message.seconds, message.seconds_of_silence, message.shortest) == (120, 5, 1)


def test_a_number_of_digits_may_be_exact(here: Path) -> None:
    lay_out(
        here.parent,
        (Change("site/groups/byg/etape-1.yaml", ("    digits: 4-10",), ("    digits: 8",)),),
    )
    collect = node(load(here, environment=ENVIRONMENT), "sagsnummer")

    assert isinstance(collect, script.Collect)
    assert (collect.least, collect.most) == (8, 8)


def test_the_site_knows_its_languages(good: Configuration) -> None:
    assert good.site.languages == ("da", "en")


def test_a_calendar_switched_by_hand_stands_out(here: Path) -> None:
    change = Change("site/calendar.yaml", (), ("    switch: closed",))
    lay_out(here.parent, (change,))
    configuration = load(here, environment=ENVIRONMENT)

    assert configuration.site.calendars["altid"].switch is Switch.CLOSED
    assert "SWITCHED CLOSED BY HAND" in explain(configuration)


# --- secrets --------------------------------------------------------------------------------


def test_a_password_shows_nowhere(good: Configuration) -> None:
    registration = good.gateway.sip.trunks[0].registration

    assert registration is not None
    assert "hunter2" not in repr(good)
    assert "hunter2" not in str(registration.password)
    assert "hunter2" not in explain(good)
    assert "the password in $PBX_PASSWORD" in explain(good)
    assert not any("hunter2" in text for text in good.files.values())


def test_a_password_in_a_file(here: Path) -> None:
    change = Change(
        "site/gateway.yaml",
        ("        password: {environment: PBX_PASSWORD}",),
        ("        password: {file: pbx.password}",),
    )
    lay_out(here.parent, (change,))
    Path("pbx.password").write_text("hunter2\n")
    registration = load(here, environment={}).gateway.sip.trunks[0].registration

    assert registration is not None
    assert registration.password.text == "hunter2"
    assert registration.password.reference == "pbx.password"


def test_the_environment_is_the_process_s_own_unless_another_is_given(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "PBX_PASSWORD", "other")
    registration = load(here).gateway.sip.trunks[0].registration

    assert registration is not None
    assert registration.password.text == "other"


def test_without_secrets_a_site_loads_anywhere(here: Path) -> None:
    shutil.rmtree("prompts")
    registration = load(here, prompts={}, secrets=False).gateway.sip.trunks[0].registration

    assert registration is not None
    assert registration.password.text == ""
    assert registration.password.reference == "$PBX_PASSWORD"


def test_what_to_write_instead_of_a_password_works() -> None:
    assert "{file: PATH}" in HOW
    assert "{environment: NAME}" in HOW


def test_music_is_what_the_project_makes_and_what_the_site_brings(here: Path) -> None:
    change = Change(
        "site/teams.yaml",
        ("    calendar: kontor",),
        ("    calendar: kontor", "    music: jazz"),
    )
    lay_out(here.parent, (change,))
    Path("prompts/music/recordings").mkdir(parents=True)
    Path("prompts/music/recordings/jazz.wav").touch()

    assert load(here, environment=ENVIRONMENT).site.queues["byg"].music == "jazz"


def test_the_names_of_the_project_s_own_sounds_are_known_here() -> None:
    assert set(COMPOSED) == set(music.COMPOSED)


def test_every_position_in_a_queue_can_be_spoken() -> None:
    assert LARGEST_POSITION == numerals.LARGEST


# --- telling configurations apart -----------------------------------------------------------


def test_the_same_files_have_the_same_hash(good: Configuration, here: Path) -> None:
    again = load(here, environment={"PBX_PASSWORD": "another"})

    assert again.site.hash == good.site.hash
    assert len(good.site.hash) == 12
    assert again == good


def test_any_change_has_another_hash(good: Configuration, here: Path) -> None:
    with (here / "teams.yaml").open("a") as file:
        file.write("# a remark\n")

    assert load(here, environment=ENVIRONMENT).site.hash != good.site.hash


def test_the_folder_s_place_is_no_part_of_the_hash(good: Configuration, here: Path) -> None:
    moved = shutil.copytree(here, here.parent / "elsewhere" / "site")

    assert load(moved, environment=ENVIRONMENT).site == good.site


def test_the_kept_texts_compile_to_the_same_site(good: Configuration, tmp_path: Path) -> None:
    """So a call can be replayed with the configuration it had."""
    folder = tmp_path / "from the journal" / "site"
    for name, text in good.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    assert load(folder, prompts={}, secrets=False).site == good.site


def test_a_failed_load_leaves_nothing_behind(good: Configuration, here: Path) -> None:
    """The running configuration is a value of its own; a bad file cannot touch it."""
    before = explain(good)
    (here / "teams.yaml").write_text("queues: {}\n")
    with pytest.raises(ConfigError):
        load(here, environment=ENVIRONMENT)

    assert explain(good) == before
