"""What heard words mean."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.engine.events import UNKNOWN_WORD
from ivr.engine.grammar import (
    Grammar,
    Meant,
    NotUnderstood,
    Several,
    Understood,
    Vocabulary,
    listed,
    parse,
    sentences,
    spelling,
    spelt,
)
from tests.engine.generated import promise

MENU = Vocabulary(
    {
        "rekruttering": "1",
        "nye medarbejdere": "1",
        "jobcenter": "1",
        "jobcenter københavn": "1",
        "byg": "2",
        "byg byliv og miljø": "2",
        "byggetilladelse": "2",
        "miljø": "4",
        "refusion": "3",
        "en medarbejder": "0",
        "gentag": "*",
    },
    ("jeg ringer om", "jeg ringer om en", "det drejer sig om"),
    ("øh", "goddag", "tak", "ja", "og"),
)
DIGITS = Vocabulary(
    {word: str(digit) for digit, word in enumerate(["nul", "en", "to", "tre", "fire", "fem"])}
    | {"et": "1", "gentag": "*"},
    (),
    ("øh", "og"),
)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("rekruttering", Meant("1")),
        ("nye medarbejdere", Meant("1")),
        ("jeg ringer om nye medarbejdere", Meant("1")),
        ("øh goddag det drejer sig om refusion tak", Meant("3")),
        ("byg byliv og miljø", Meant("2")),  # not several, though "miljø" is a phrase of 4
        ("jobcenter københavn", Meant("1")),
        ("jeg ringer om en byggetilladelse", Meant("2")),
        ("jeg ringer om en medarbejder", Meant("0")),
        ("jobcenter og rekruttering", Meant("1")),  # two names of one thing
        # small words in a wrong order are what recognisers make of mumbling
        ("om refusion det drejer", Meant("3")),
        # remnants of a phrase leave a doubt
        ("byliv refusion", Meant("3", sure=False)),
        ("nye rekruttering", Meant("1", sure=False)),
        ("rekruttering medarbejdere", Meant("1", sure=False)),
        # several things, in the order they were said
        ("refusion og byggetilladelse", Several(("3", "2"))),
        ("det drejer sig om miljø refusion miljø", Several(("4", "3"))),
        # nothing
        ("", NotUnderstood()),
        ("tak", NotUnderstood()),
        ("jeg ringer om", NotUnderstood()),
        ("medarbejdere", NotUnderstood()),
        ("kanin", NotUnderstood()),
    ],
)  # fmt: skip
def test_what_was_meant(text: str, understood: Understood) -> None:
    assert parse(MENU, text) == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("[unk]", NotUnderstood()),
        ("[unk] refusion", NotUnderstood()),
        ("refusion [unk]", NotUnderstood()),
        ("øh refusion [unk]", NotUnderstood()),
        ("jeg [unk] om refusion", NotUnderstood()),  # only a whole carrier leads up to a phrase
        ("jeg ringer om [unk] refusion", NotUnderstood()),
        ("jeg ringer om [unk]", NotUnderstood()),
        ("goddag [unk] [unk] jeg ringer om refusion", Meant("3")),
        ("jeg ringer om refusion [unk] tak", Meant("3")),
        ("[unk] det drejer sig om refusion og byggetilladelse", Meant("3")),
        ("det drejer sig om byg [unk] det drejer sig om refusion", Several(("2", "3"))),
        ("jeg ringer om refusion [unk] nye", Meant("3", sure=False)),
    ],
)  # fmt: skip
def test_next_to_unknown_words_only_what_a_carrier_leads_up_to_counts(
    text: str, understood: Understood
) -> None:
    assert parse(MENU, text) == understood


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("fire", "4"),
        ("nul en et to", "0112"),
        ("øh fire og fem", "45"),
        ("", ""),
        ("øh", ""),
        ("fire [unk]", ""),
        ("fire kanin", ""),
        ("gentag", ""),
        ("fire gentag", ""),
    ],
)
def test_digits_are_said_one_after_the_other(text: str, digits: str) -> None:
    assert spelt(DIGITS, text) == digits


# --- what the recogniser gets ---------------------------------------------------------------


def test_every_carrier_goes_with_every_phrase() -> None:
    grammar = listed("main", "da", MENU, early=True)

    assert len(set(grammar.phrases)) == len(grammar.phrases)
    for phrase in MENU.phrases:
        assert phrase in grammar.phrases
        assert {f"{carrier} {phrase}" for carrier in MENU.carriers} <= set(grammar.phrases)
        assert {f"{filler} {phrase}" for filler in MENU.fillers} <= set(grammar.phrases)


def test_a_grammar_knows_its_words() -> None:
    assert Grammar("main", "da", ("ja", "ja tak", "nej")).words == {"ja", "tak", "nej"}


@pytest.mark.parametrize(
    ("text", "is_complete"),
    [
        ("refusion", True),
        ("jeg ringer om refusion", True),
        ("jobcenter", True),  # "københavn" may follow, and changes nothing
        ("byg", True),
        ("jeg ringer om", False),
        ("jeg ringer om en", False),
        ("byg byliv og", False),
        ("tak", False),
        ("", False),
        ("refusion tak", False),  # never a partial result that was not complete before
    ],
)
def test_what_is_clear_ends_an_utterance_early(text: str, *, is_complete: bool) -> None:
    assert listed("main", "da", MENU, early=True).is_complete(text) == is_complete


def test_what_could_become_something_else_does_not() -> None:
    vocabulary = Vocabulary({"byg": "1", "byg en sag": "2"}, ("om",), ("ja",))
    grammar = listed("main", "da", vocabulary, early=True)

    assert not grammar.is_complete("byg")
    assert not grammar.is_complete("om byg")
    assert grammar.is_complete("om byg en sag")


def test_nothing_ends_early_where_it_is_not_wanted() -> None:
    assert not listed("main", "da", MENU, early=False).is_complete("refusion")
    assert not spelling("case", "da", DIGITS).is_complete("fire")


def test_digits_are_listed_alone_and_in_pairs() -> None:
    phrases = spelling("case", "da", DIGITS).phrases

    assert {"fire", "gentag", "øh", "fire fem", "fem fem"} <= set(phrases)
    assert "gentag fire" not in phrases


# --- promises -------------------------------------------------------------------------------

_words = st.sampled_from(["byg", "byliv", "miljø", "sag", "ny", "om", "jeg", "ja", "tak"])
_phrases = st.lists(_words, min_size=1, max_size=3).map(" ".join)
_vocabularies = st.builds(
    Vocabulary,
    st.dictionaries(_phrases, st.sampled_from("123"), min_size=1, max_size=6),
    st.lists(_phrases, max_size=3, unique=True).map(tuple),
    st.lists(_words, max_size=3, unique=True).map(tuple),
)
_heard = st.lists(_words | st.just(UNKNOWN_WORD), max_size=8).map(" ".join)


@promise
@given(_vocabularies)
def test_a_phrase_alone_means_what_it_says(vocabulary: Vocabulary) -> None:
    for phrase, meaning in vocabulary.phrases.items():
        assert parse(vocabulary, phrase) == Meant(meaning)


@promise
@given(_vocabularies, _heard)
def test_nothing_is_meant_that_was_not_said(vocabulary: Vocabulary, heard: str) -> None:
    for meaning in _meanings(parse(vocabulary, heard)):
        said = [phrase for phrase, means in vocabulary.phrases.items() if means == meaning]
        assert any(f" {phrase} " in f" {heard} " for phrase in said)


@promise
@given(_vocabularies, _heard)
def test_unknown_words_never_make_anything_clearer(vocabulary: Vocabulary, heard: str) -> None:
    """What is meant beside an unknown word was said, whole, after a carrier."""
    assume(UNKNOWN_WORD in heard)

    for meaning in _meanings(parse(vocabulary, heard)):
        said = [phrase for phrase, means in vocabulary.phrases.items() if means == meaning]
        led = [f" {carrier} {phrase} " for carrier in vocabulary.carriers for phrase in said]
        assert any(sentence in f" {heard} " for sentence in led)


@promise
@given(_vocabularies)
def test_whatever_ends_early_keeps_its_meaning(vocabulary: Vocabulary) -> None:
    grammar = listed("main", "da", vocabulary, early=True)
    means = dict(sentences(vocabulary)) | dict(vocabulary.phrases)

    for sentence in grammar.endings:
        assert means[sentence]
        for longer, meaning in means.items():
            if longer.startswith(f"{sentence} "):
                assert meaning == means[sentence]


def _meanings(understood: Understood) -> tuple[str, ...]:
    match understood:
        case Meant(meaning):
            return (meaning,)
        case Several(meanings):
            return meanings
    return ()
