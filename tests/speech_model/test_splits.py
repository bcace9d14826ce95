"""Nothing that the evaluation can keep to itself is trained on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech_model import menus, sentences, voices, words
from speech_model.pronunciation import read_lexicon
from speech_model.sentences import Trial

VOICES_OF_THE_REPORT = {
    "m5", "m7", "f3", "f5", "Andrea", "Denis", "david", "edward2", "gustave", "iven2", "norbert",
    "steph", "steph3",
}  # fmt: skip

SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return list(sentences.trials(np.random.default_rng(1)))


def trained_on(seed: int) -> str:
    return sentences.training(np.random.default_rng(seed))


def test_no_voice_is_in_two_splits() -> None:
    spoken = [voice for split in voices.SPLITS.values() for voice in split]

    assert len(spoken) == len(set(spoken))
    assert set(voices.TEST) >= VOICES_OF_THE_REPORT
    assert any(voice.startswith("klatt") for voice in voices.TEST)


@settings(max_examples=400, deadline=None)
@given(seed=SEEDS)
def test_no_sentence_of_training_gives_the_evaluation_away(seed: int) -> None:
    text = trained_on(seed)

    assert text not in menus.held_out_phrases()
    assert words.held_out().isdisjoint(text.split())
    for phrase in menus.held_out_phrases():
        assert " " not in phrase or f" {phrase} " not in f" {text} "
    for carrier in sentences.held_out_carriers():
        before, _, after = carrier.partition("{}")
        assert not (text.startswith(before) and text.endswith(after) and before)


def test_what_is_measured_is_never_a_sentence_of_training(trials: list[Trial]) -> None:
    kept_out = {trial.text for trial in trials if trial.set in {"menus", "carriers", "newwords"}}

    assert kept_out.isdisjoint(trained_on(seed) for seed in range(3000))


def test_a_carrier_belongs_to_training_or_to_the_evaluation() -> None:
    assert set(sentences.carriers()).isdisjoint(sentences.held_out_carriers())
    for carrier in sentences.carriers() + sentences.held_out_carriers():
        assert carrier.count("{}") == 1


def test_every_row_of_the_table_has_500_utterances(trials: list[Trial]) -> None:
    counted = dict.fromkeys(("menus", "carriers", "newwords", "yesno", "digits", "oog"), 0)
    for trial in trials:
        counted[trial.set] += 1

    assert all(count >= 500 for count in counted.values())


def test_each_trial_is_heard_by_a_grammar_that_holds_its_answer(trials: list[Trial]) -> None:
    grammars = menus.grammars()
    for trial in trials:
        if trial.set == "oog":
            assert not trial.expect
        else:
            assert trial.expect in grammars[trial.menu]
            assert f" {trial.expect} " in f" {trial.text} "


def test_menus_have_5_to_12_choices_and_none_twice() -> None:
    for phrases in (*menus.MENUS.values(), *menus.new_words().values()):
        assert 5 <= len(phrases) == len(set(phrases)) <= 12


def test_what_must_be_rejected_does_not_even_sound_like_a_choice(trials: list[Trial]) -> None:
    lexicon = read_lexicon()
    choices = {
        said
        for phrases in menus.grammars().values()
        for phrase in phrases
        for said in lexicon.get(phrase, ())
    }
    for trial in trials:
        if trial.set == "oog":
            for word in trial.text.split():
                assert choices.isdisjoint(lexicon[word]), trial.text


def test_the_same_seed_says_the_same() -> None:
    assert [trained_on(seed) for seed in range(50)] == [trained_on(seed) for seed in range(50)]
    again = [list(sentences.trials(np.random.default_rng(3), 20)) for _ in range(2)]
    assert again[0] == again[1]


def test_everything_that_is_said_is_in_the_lexicon(trials: list[Trial]) -> None:
    said = {word for trial in trials for word in trial.text.split()}
    said |= {word for seed in range(2000) for word in trained_on(seed).split()}
    for carrier in sentences.carriers() + sentences.held_out_carriers():
        said |= set(carrier.replace("{}", "").split())

    assert said <= set(words.words())
