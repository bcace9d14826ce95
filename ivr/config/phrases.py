"""What callers say, as it is written in the files: words of letters, one blank between."""

import re
from typing import Annotated

from ivr.config.values import ONE_OR_MORE
from ivr.config.written import UnfitError, Written

MOST_WORDS = 12
"""Nobody says a longer phrase the same way twice."""


def _phrase(text: str) -> str:
    words = text.lower().split()
    for word in words:
        if re.fullmatch(r"[^\W\d_]+", word) is None:
            raise UnfitError(
                f"must be words of letters as they are said, without `{word}`:"
                " numbers and signs are written out"
            )
    if len(words) > MOST_WORDS:
        raise UnfitError(f"must be a phrase of at most {MOST_WORDS} words")
    return " ".join(words)


def _confidence(text: str) -> float:
    confidence = float(text)
    if not 0.0 <= confidence <= 1.0:
        raise ValueError(text)
    return confidence


PHRASE = Written("a phrase that callers say", _phrase)
CONFIDENCE = Written(
    "a number from 0 to 1", _confidence, {"type": "number", "minimum": 0, "maximum": 1}
)

Phrases = Annotated[tuple[Annotated[str, PHRASE], ...], ONE_OR_MORE]
Confidence = Annotated[float, CONFIDENCE]
"""How sure the recogniser is."""
