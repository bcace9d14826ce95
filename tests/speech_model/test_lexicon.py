"""The words of the model and how they are pronounced."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from speech_model import numerals, pronunciation, words
from speech_model.normalisation import normalise
from speech_model.pronunciation import PronunciationError
from speech_model.reduction import MOST_FORMS

REPOSITORY = Path(__file__).parents[2]
LEXICON = pronunciation.read_lexicon()
INVENTORY = pronunciation.read_phones()


def test_it_has_at_least_5000_words_in_some_30_phones() -> None:
    assert len(LEXICON) >= 5000
    assert len(INVENTORY) == len(set(INVENTORY)) == 32


def test_it_holds_exactly_the_listed_words() -> None:
    assert tuple(LEXICON) == words.words()


def test_every_word_of_the_prompts_is_in_it() -> None:
    texts = yaml.safe_load((REPOSITORY / "prompts/da/texts.yaml").read_text("utf-8"))
    for prompt in texts.values():
        if isinstance(prompt, dict) and prompt.get("voice", "da") != "da":
            continue
        text = prompt["text"] if isinstance(prompt, dict) else prompt
        missing = set(normalise(text.replace("{position}", "")).split()) - set(LEXICON)

        assert not missing, text


@pytest.mark.parametrize(
    ("files", "keys"),
    [
        ("*/groups/*/*.yaml", {"say"}),
        (
            "*/speech.yaml",
            {"yes", "no", "person", "repeat", "skip", "digits", "carriers", "fillers"},
        ),
    ],
)
def test_every_word_the_example_configurations_listen_for_is_in_it(
    files: str, keys: set[str]
) -> None:
    phrases = [
        phrase
        for file in (REPOSITORY / "firmware_config").glob(files)
        for phrase in below(yaml.load(file.read_text("utf-8"), yaml.BaseLoader), keys)  # noqa: S506
    ]

    assert phrases
    assert {word for phrase in phrases for word in normalise(phrase).split()} <= set(LEXICON)


def below(part: object, keys: set[str], *, found: bool = False) -> Iterator[str]:
    """Every text below one of the keys."""
    if isinstance(part, dict):
        for key in part.keys() - {"prompts"}:
            yield from below(part[key], keys, found=found or key in keys)
    elif isinstance(part, list):
        for one in part:
            yield from below(one, keys, found=found)
    elif found:
        yield str(part)


def test_every_number_up_to_999_can_be_said() -> None:
    said = {word for number in range(1000) for word in numerals.spoken(number).split()}

    assert said <= set(LEXICON)


def test_the_citys_services_areas_and_groups_are_in_it() -> None:
    listed = words.sections(words.PHRASES)

    assert {name: len(lines) for name, lines in listed.items()} == {
        "services": 160,
        "service groups": 30,
        "task areas": 238,
        "callers words for task areas": 249,
    }
    assert {word for phrase in words.phrases() for word in phrase.split()} <= set(LEXICON)


def test_words_are_written_as_grammars_write_them() -> None:
    assert [word for word in LEXICON if normalise(word) != word] == []


def test_a_pronunciation_consists_of_listed_phones_and_none_is_twice() -> None:
    for word, variants in LEXICON.items():
        assert 1 <= len(variants) <= MOST_FORMS + 1, word
        assert len(variants) == len(set(variants)), word
        for variant in variants:
            assert variant, word
            assert set(variant) <= set(INVENTORY), word


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("hvad", "v &"),  # no d
        ("halvtreds", "h & l t R E s"),  # no d
        ("otte", "O d @"),
        ("fire", "f i V"),
        ("jeg", "j A"),  # reduced
        ("ikke", "e g"),
        ("femogtyve", "f E m V t y v @"),
        ("seksogtredive", "s E g s V t R A D v @"),
        ("ansøgningen", "& n s W j n e N n"),  # no schwa
        ("huset", "h u s @ d"),  # Jutland
        ("skrive", "s g R i w"),
        ("tilfreds", "t e l f R A s"),  # R lowers the vowel
        ("spørgsmål", "s p W 3 s m O l"),
        ("bbr", "b e b e E 3"),
    ],
)
def test_words_have_the_forms_in_which_they_are_said(word: str, said: str) -> None:
    assert tuple(said.split()) in LEXICON[word]


def test_words_of_a_menu_do_not_sound_alike() -> None:
    by_sound = defaultdict(set)
    for number in range(100):
        for said in LEXICON[numerals.spoken(number)]:
            by_sound[said].add(number)

    assert [numbers for numbers in by_sound.values() if len(numbers) > 1] == []


def test_a_word_outside_the_lexicon_is_pronounced_by_the_same_rules() -> None:
    said = pronunciation.pronounce(["gadeteaterfestival", "hvad", "okayknap", "treogfyrre"])

    assert said["hvad"] == LEXICON["hvad"]
    assert said["treogfyrre"] == LEXICON["treogfyrre"]
    for variants in said.values():
        for variant in variants:
            assert set(variant) <= set(INVENTORY)


def test_pronouncing_twice_is_the_same() -> None:
    some = words.words()[::97]

    assert pronunciation.pronounce(some) == pronunciation.pronounce(some)


def test_what_has_no_sound_is_named() -> None:
    with pytest.raises(PronunciationError, match=r"'_' has no sound"):
        pronunciation.pronounce(["ja tak", "_"])


def test_a_written_lexicon_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "words", lambda: ("hvad", "nioghalvfems"))

    pronunciation.write_lexicon(tmp_path / "da.tsv", tmp_path / "phones.txt")

    read = pronunciation.read_lexicon(tmp_path / "da.tsv")
    assert read == {word: LEXICON[word] for word in ("hvad", "nioghalvfems")}
    assert set(pronunciation.read_phones(tmp_path / "phones.txt")) == {
        phone for variants in read.values() for variant in variants for phone in variant
    }
