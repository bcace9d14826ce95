"""The engine's own `replace` does what the library's does."""

import dataclasses

import pytest

from ivr.engine.actions import HangUp
from ivr.engine.moments import Tries, Wait
from ivr.engine.replacing import replace


@pytest.mark.parametrize("changes", [{}, {"no_match": 2}, {"no_input": 1, "asked_to_stop": True}])
def test_a_copy_differs_only_in_what_was_changed(changes: dict[str, int]) -> None:
    before = Tries(no_input=5)

    after = replace(before, **changes)  # type: ignore[arg-type]

    assert after == dataclasses.replace(before, **changes)  # type: ignore[arg-type]
    assert before == Tries(no_input=5)


def test_a_class_with_one_field_is_copied_too() -> None:
    assert replace(HangUp(1), line=2) == HangUp(2)


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        replace(Wait(0, 0, 0, 0, 0), nothing=1)  # type: ignore[call-arg]
