"""What events, actions and states are made of: plain values that are never changed.

A frozen dataclass takes three times as long to make as one that is not, and the engine makes a
dozen in every step. So these are frozen for the type checker, which sees every line of this
program, and not once more at run time.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a dataclass with slots whose instances nobody changes."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
