"""The words of the prompts are read with care: what cannot be spoken is refused, with its place."""

from pathlib import Path

import pytest

from ivr.errors import ConfigError
from ivr.prompts import texts
from ivr.prompts.texts import Piece, Slot

SHIPPED = Path(__file__).parents[2] / "prompts"


def problems(folder: Path, **files: str) -> list[str]:
    """Return what is wrong with the texts of these languages, paths left out."""
    for name, content in files.items():
        language, _, kind = name.partition("_")
        file = folder / language / (f"{kind}.yaml" if kind else texts.TEXTS)
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as refusal:
        texts.load(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        ("a: Hej.\nb: ''\n", 2, "b: there is nothing to say"),
        ("a: Hej.\nb: '...'\n", 2, "b: there is nothing to say"),
        ("a: Hej.\nb: '{position}'\n", 2, "b: there is nothing to say"),
        ("a:\n  - Hej.\n", 1, "a: must be the words, or `text`, `say` and `voice`"),
        ("a:\n  say: Hej.\n", 1, "a: has no `text`"),
        ("a:\n  text:\n    - Hej.\n", 2, "a: `text` must be words"),
        ("a:\n  text: Hej.\n  says: Haj.\n", 3, "a: `says` is unknown; did you mean `say`?"),
        ("a:\n  text: Hej.\n  loud: ja\n", 3, "a: `loud` is unknown"),
        ("a:\n  text: Hej.\n  voice: dk\n", 3, "a: there is no language `dk`"),
        (
            "a:\n  text: Hej.\n  voice: dan\n",
            3,
            "a: there is no language `dan`; did you mean `da`?",
        ),
        (
            "a: Nummer {positon}.\n",
            1,
            "a: the placeholder {positon} is unknown; did you mean `position`?",
        ),
        ("a: Nummer {}.\n", 1, "a: the placeholder {} is unknown"),
        ("a: Nummer {position.\n", 1, "a: a `{` or `}` has no partner"),
        (
            "a:\n  text: Nummer {position}.\n  say: Nummer.\n",
            3,
            "a: `say` must have the placeholders of `text`",
        ),
        ("a: 'Tast [[t''Ast]].'\n", 1, "a: phonemes belong in pronunciation.yaml"),
        ("b: Hej.\nb: Haj.\n", 2, "`b` is repeated; it stands in line 1 already"),
        (
            "number.7: Syv.\n",
            1,
            "number.7: names that begin with `number.` are kept for spoken numbers",
        ),
        (
            "Greeting: Hej.\n",
            1,
            "Greeting: a name is made of a-z, 0-9, `_` and single dots, and begins with a letter",
        ),
        (
            "a..b: Hej.\n",
            1,
            "a..b: a name is made of a-z, 0-9, `_` and single dots, and begins with a letter",
        ),
        (
            "a: Nummer {position}.\na.1: Hej.\n",
            2,
            "a.1: the first words of `a` are recorded as this",
        ),
    ],
)
def test_each_mistake_is_told_with_its_line(
    tmp_path: Path, written: str, line: int, message: str
) -> None:
    assert problems(tmp_path, da=written) == [f"da/texts.yaml:{line}: {message}"]


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        ("tast nul: n'Ol\n", 1, "tast nul: must be one word of letters, or one number"),
        ("nul: n'Ol\nNul: n'Ol\n", 2, "Nul: is there twice but for capitals"),
        ("nul: ''\n", 1, "nul: has no phonemes"),
        ("nul: '[[n''Ol]]'\n", 1, "nul: write the phonemes without brackets"),
    ],
)
def test_each_mistake_in_a_pronunciation_is_told(
    tmp_path: Path, written: str, line: int, message: str
) -> None:
    found = problems(tmp_path, da="a: Hej.\n", da_pronunciation=written)

    assert found == [f"da/pronunciation.yaml:{line}: {message}"]


def test_a_prompt_must_be_there_in_every_language(tmp_path: Path) -> None:
    found = problems(tmp_path, da="a: Hej.\nb: Farvel.\n", en="a: Hello.\nc: Thanks.\n")

    assert found == [
        "da/texts.yaml:1: c: is missing; `en` has it",
        "en/texts.yaml:1: b: is missing; `da` has it",
    ]


def test_a_prompt_has_the_same_placeholders_in_every_language(tmp_path: Path) -> None:
    found = problems(tmp_path, da="b: Hej.\na: Nummer {position}.\n", en="b: Hello.\na: Number.\n")

    assert found == ["en/texts.yaml:2: a: has not the placeholders of `da`"]


def test_a_number_is_spoken_in_a_language_that_has_numerals(tmp_path: Path) -> None:
    found = problems(tmp_path, nb="a: Nummer {position}.\n")

    assert found == ["nb/texts.yaml:1: a: numbers cannot be spoken in `nb`"]


def test_a_number_is_spoken_by_the_voice_of_its_language(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        da="a:\n  text: Number {position}.\n  voice: en\n",
        en="a: Number {position}.\n",
    )

    assert found == ["da/texts.yaml:3: a: a prompt with a number is spoken in its own language"]


def test_all_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    found = problems(tmp_path, da="a: ''\nb: Hej {name}.\n", en="a: Hello.\n\tb: x\n")

    assert [line.split(" ")[0] for line in found] == [
        "da/texts.yaml:1:",
        "da/texts.yaml:2:",
        "en/texts.yaml:2:",
    ]


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"{tmp_path}:1: holds no <language>/texts.yaml"]


def test_a_sentence_falls_into_pieces_around_its_numbers(tmp_path: Path) -> None:
    (tmp_path / "da").mkdir()
    (tmp_path / "da" / texts.TEXTS).write_text(
        "last: Du er nummer {position}.\n"
        "amid: Du er nummer {position}, og køen er lang.\n"
        "first: '{position} er dit nummer.'\n",
        "utf-8",
    )

    sentences = texts.load(tmp_path).sentences["da"]

    number = Slot("position")
    assert sentences["last"].parts == (Piece("last.1", "Du er nummer", continues=True), number)
    assert sentences["amid"].parts == (
        Piece("amid.1", "Du er nummer", continues=True),
        number,
        Piece("amid.2", "og køen er lang.", continues=False),
    )
    assert sentences["first"].parts == (
        number,
        Piece("first.1", "er dit nummer.", continues=False),
    )


def test_what_is_said_may_be_spelled_otherwise_than_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "da").mkdir()
    (tmp_path / "da" / texts.TEXTS).write_text("a:\n  text: På kk.dk.\n  say: På kk punkt dk.\n")

    sentence = texts.load(tmp_path).sentences["da"]["a"]

    assert sentence.text == "På kk.dk."
    assert sentence.parts == (Piece("a", "På kk punkt dk.", continues=False),)


def test_the_words_of_the_sources_are_said_to_the_letter() -> None:
    danish = {name: s.text for name, s in texts.load(SHIPPED).sentences["da"].items()}

    assert danish["greeting"] == "Velkommen til Københavns Kommune."
    assert danish["question"] == "Hvad drejer din henvendelse sig om?"
    assert danish["queue.reminder"] == "Husk, at du kan læse mere på kk.dk."
    assert danish["survey.notice"] == (
        "Efter opkaldet ringes du automatisk op som led i vores tilfredshedsmåling. Vi vil gerne "
        "stille dig fire spørgsmål om den service, du modtog. Dine svar skal bidrage til at gøre "
        "vores service bedre."
    )
    assert [danish[f"survey.q{n}"] for n in (1, 2, 3, 4)] == [
        "Hvor tilfreds er du samlet set med opkaldet?",
        "Hvor imødekommende var medarbejderen?",
        "Hvor tilfreds er du med ventetiden, inden du kom til i telefonen?",
        "I hvor høj grad fik du afklaret dit spørgsmål med det samme?",
    ]


def test_the_shipped_languages_have_the_same_prompts() -> None:
    words = texts.load(SHIPPED)

    assert words.languages == ("da", "en")
    assert words.sentences["da"].keys() == words.sentences["en"].keys() == words.ids
    assert words.placeholders("queue.position") == {"position"}
    assert words.placeholders("greeting") == frozenset()
    assert words.placeholders("no such prompt") == frozenset()
