"""How careful forms are shortened."""

import pytest

from speech_model.reduction import MOST_FORMS, forms

REDUCED = {
    ("ikke", "'?e_k_@-"): {"'?e_g_@-", "'?e_k"},
    ("gade", "g_'&_D_@-"): {"g_'&_D"},
    ("huset", "h_'?u_s_@-_D"): {"h_'?u_s_D", "h_'?u_s_@-_d"},
    ("skrive", "s_g_R_'i_v_@-"): {"s_g_R_'i_w_@-"},
    ("tilfreds", "t_?e_l_f_R_'E_D_s"): {"t_?e_l_f_R_'E_s"},
    ("betale", "b_?e_t_'&_l_@-"): {"b_@-_t_'&_l_@-"},
    ("ret", "R_'?E_t"): {"R_'?&#_t"},
    ("by", "b_'y"): set(),
    ("en", "'e_n"): set(),
}


@pytest.mark.parametrize(("said", "reduced"), REDUCED.items())
def test_a_form_is_shortened_as_people_do(said: tuple[str, str], reduced: set[str]) -> None:
    word, careful = said

    found = ["_".join(form) for form in forms(word, tuple(careful.split("_")))]

    assert found[0] == careful
    assert reduced <= set(found[1:])
    assert len(found) <= MOST_FORMS
    assert len(found) == 1 or reduced


def test_a_word_never_loses_its_last_vowel() -> None:
    assert forms("de", ("d", "@-")) == (("d", "@-"),)
