"""What callers may say, from the files to the grammars."""

from pathlib import Path

import pytest

from ivr.config import explain, load, sound_alikes
from ivr.config.homophones import are_alike, pronunciations
from ivr.engine.grammar import Meant, parse, sentences
from ivr.engine.hearing import Hearing
from ivr.engine.script import Asked, Collect, Menu, Node, OpenQuestion, Question
from ivr.engine.site import Site
from ivr.errors import ConfigError
from ivr.gateway import Configuration
from tests.config.cases import ENVIRONMENT, Change, lay_out

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(folder for folder in (ROOT / "firmware_config").iterdir() if folder.is_dir())
TALE = "site/groups/byg/tale.yaml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return lay_out(tmp_path)


@pytest.fixture
def good(here: Path) -> Configuration:
    return load(here, environment=ENVIRONMENT)


def node(good: Configuration, name: str) -> Node:
    stage = next(stage for stage in good.site.groups["byg"].stages if stage.name == "tale")
    return stage.script.nodes[name]


def hearing(good: Configuration, name: str) -> Hearing:
    asked = node(good, name)
    assert isinstance(asked, Asked)
    assert asked.hearing
    return asked.hearing


# --- every configuration ----------------------------------------------------------------------


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_every_sentence_of_every_configuration_means_its_own_errand(folder: Path) -> None:
    """Each phrase, bare and in every carrier, and none is taken for another."""
    for heard in _hearings(load(folder).site):
        vocabulary = heard.vocabulary
        for sentence, meaning in sentences(vocabulary):
            if meaning:
                assert parse(vocabulary, sentence) == Meant(meaning), sentence


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_no_two_errands_of_a_configuration_sound_alike(folder: Path) -> None:
    assert sound_alikes(folder, {"da": ROOT / "speech_model" / "da-8k" / "lexicon.tsv"}) == []


def _hearings(site: Site) -> list[Hearing]:
    scripts = [stage.script for group in site.groups.values() for stage in group.stages]
    scripts += [questions.script for questions in site.questions.values()]
    asked = [each for script in scripts for each in script.nodes.values()]
    return [each.hearing for each in asked if isinstance(each, Asked) and each.hearing]


# --- compiled ---------------------------------------------------------------------------------


def test_a_menu_that_listens(good: Configuration) -> None:
    menu = node(good, "menu")
    heard = hearing(good, "menu")

    assert isinstance(menu, Menu)
    assert menu.choices == {"1": "nummer", "2": "varsel", "3": "varsel", "0": "varsel"}
    assert (heard.long, heard.short) == (("sigmenu",), ())
    assert (heard.seconds, heard.barge_in, heard.confidence) == (5.0, False, 0.6)
    assert heard.named == {"1": ("sag",), "2": ("jord",)}
    assert heard.vocabulary.phrases == {
        "byggesag": "1",
        "min sag": "1",
        "jord": "2",
        "medarbejder": "0",
        "en medarbejder": "0",
        "gentag": "*",
    }


def test_its_grammar(good: Configuration) -> None:
    grammar = hearing(good, "menu").grammar

    assert (grammar.name, grammar.language) == ("menu", "da")
    assert {"jeg ringer om min sag", "jord", "øh jord"} <= set(grammar.phrases)
    assert grammar.is_complete("det drejer sig om jord")
    assert grammar.words == {
        *("byggesag", "min", "sag", "jord", "medarbejder", "en", "gentag", "øh", "tak"),
        *("jeg", "ringer", "om", "det", "drejer", "sig"),
    }


def test_an_open_question(good: Configuration) -> None:
    question = node(good, "emne")
    heard = hearing(good, "emne")

    assert isinstance(question, OpenQuestion)
    assert question.intents == {"sag": "nummer", "jord": "varsel"}
    assert question.clarify == ("sag", "jord")
    assert (question.menu, question.person, question.seconds_to_answer) == ("menu", "varsel", 6.0)
    assert heard.confidence == 0.8
    assert heard.named == {"sag": ("sag",), "jord": ("jord",)}
    assert heard.grammar.is_complete("jord")


def test_digits(good: Configuration) -> None:
    number = node(good, "nummer")
    heard = hearing(good, "nummer")

    assert isinstance(number, Collect)
    assert heard.short == ("sagsnummer",)
    assert heard.vocabulary.phrases["et"] == "1"
    assert "to fem" in heard.grammar.phrases


def test_what_all_nodes_share(good: Configuration) -> None:
    manners = hearing(good, "menu").manners

    assert manners == hearing(good, "emne").manners
    assert manners.answers.phrases == {
        "medarbejder": "0",
        "en medarbejder": "0",
        "gentag": "*",
        "nej": "2",
        "ja": "1",
        "jo": "1",
    }
    assert manners.not_understood == ("uforstaaet",)
    assert manners.keys["7"] == ("tast",)


def test_survey_questions_listen_where_they_are_told_to(tmp_path: Path) -> None:
    change = Change("site/survey.yaml", ("      intro: intro",), ("      intro: intro", LISTEN))
    site = load(lay_out(tmp_path, (change,)), prompts={}, environment=ENVIRONMENT).site
    question = site.questions["tilfreds-1"].script.nodes["samlet"]

    assert isinstance(question, Question)
    assert question.hearing
    phrases = question.hearing.vocabulary.phrases
    assert (phrases["ni"], phrases["videre"], phrases["gentag"]) == ("9", "#", "*")
    assert "nul" not in phrases
    assert question.hearing.grammar.is_complete("otte")


LISTEN = "      listen: {language: da}"


def test_a_word_of_a_menu_is_found_in_any_case(tmp_path: Path) -> None:
    change = Change(
        TALE,
        ("        say: jord",),
        ('        say: ["Jord  og sten", Æbler]',),
    )
    site = load(lay_out(tmp_path, (change,)), prompts={}, environment=ENVIRONMENT)

    assert hearing(site, "menu").vocabulary.phrases["jord og sten"] == "2"
    assert hearing(site, "menu").vocabulary.phrases["æbler"] == "2"


def test_it_is_explained(good: Configuration) -> None:
    text = explain(good)

    assert "\n  emne: open question, 6s to answer, then menu\n" in text
    assert "\n      listen.long: sigmenu\n" in text
    assert "\n      listens in da for 36 sentences\n" in text
    assert "\n      say 1: byggesag, min sag\n" in text
    assert "\n      intents jord -> varsel\n" in text
    assert "speech." not in text


# --- without speech.yaml ------------------------------------------------------------------------


def test_nobody_is_heard_without_it(here: Path) -> None:
    (here / "speech.yaml").unlink()

    with pytest.raises(ConfigError) as raised:
        load(Path("site"), environment=ENVIRONMENT)

    what = "nobody can be heard: there is no speech.yaml, which says what callers say"
    assert [str(problem) for problem in raised.value.problems] == [
        f"{TALE}:{line}: {what}" for line in (14, 28, 39)
    ]


def test_a_faulty_one_makes_nothing_else_look_wrong(here: Path) -> None:
    (here / "speech.yaml").write_text("languages: [\n")

    with pytest.raises(ConfigError) as raised:
        load(here, environment=ENVIRONMENT)

    assert {problem.file.name for problem in raised.value.problems} == {"speech.yaml"}


# --- what sounds alike --------------------------------------------------------------------------

LEXICON = """\
jord	j o 3
mord	m o 3
jorden	j o 3 n
by	b y
byg	b y g
byg	b y
rekruttering	R E k R u t e 3 e N
rekrutering	R E k R y d e 3 e N
parkering	p A k e 3 e N
min	m i n
sag	s & s
en	e n
medarbejder	m E d A b A j d V
"""


@pytest.fixture
def lexicons(tmp_path: Path) -> dict[str, Path]:
    file = tmp_path / "da.tsv"
    file.write_text(LEXICON, encoding="utf-8")
    return {"da": file}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("jord", "jord", True),
        ("jord", "mord", True),
        ("jord", "jorden", True),
        ("by", "byg", True),
        ("rekruttering", "rekrutering", True),
        ("rekruttering", "parkering", False),
        ("jord", "parkering", False),
        ("min jord", "min mord", True),
        ("min jord", "jord", False),
        ("kanin", "kanin", False),
        ("min kanin", "min jord", False),
    ],
)
def test_phrases_that_sound_alike(
    lexicons: dict[str, Path], one: str, other: str, *, alike: bool
) -> None:
    said = pronunciations(lexicons["da"])

    assert are_alike(one, other, said) == alike
    assert are_alike(other, one, said) == alike


def test_both_places_are_named(lexicons: dict[str, Path], here: Path) -> None:
    tale = here / "groups" / "byg" / "tale.yaml"
    tale.write_text(
        tale.read_text(encoding="utf-8").replace(
            "      3: varsel\n", "      3: {then: varsel, say: [mord, kanin], named: jord}\n"
        ),
        encoding="utf-8",
    )

    assert list(map(str, sound_alikes(here, lexicons))) == [
        f"{tale}:24: `mord` sounds like `jord`, which is said for the choice 2 (tale.yaml:22)"
    ]


def test_the_same_choice_may_sound_alike_twice(lexicons: dict[str, Path], here: Path) -> None:
    tale = here / "groups" / "byg" / "tale.yaml"
    tale.write_text(
        tale.read_text(encoding="utf-8").replace("say: jord\n", "say: [jord, mord]\n"),
        encoding="utf-8",
    )

    assert sound_alikes(here, lexicons) == []


def test_what_a_faulty_menu_says_sounds_like_nothing(lexicons: dict[str, Path], here: Path) -> None:
    tale = here / "groups" / "byg" / "tale.yaml"
    text = tale.read_text(encoding="utf-8").replace("language: da", "language: dk")
    tale.write_text(text, encoding="utf-8")

    assert sound_alikes(here, lexicons) == []


def test_nothing_is_known_of_a_language_without_lexicon(here: Path) -> None:
    assert sound_alikes(here, {}) == []
