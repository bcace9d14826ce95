"""The grammars that a model is measured with. Their phrases are kept out of training.

A phrase of these menus is never a whole training sentence; one of several words never occurs
in a training sentence at all. The words of `newwords-*` occur in no training text whatever.
Yes, no and digits cannot be kept out: there only the voices are new.
"""

from functools import cache

from speech_model import numerals, words

MENUS: dict[str, tuple[str, ...]] = {
    "main": (
        "byggesag", "parkering", "affald", "jord", "miljø", "arrangement", "rekruttering",
        "sygedagpenge", "refusion", "betaling", "tal med en medarbejder", "gentag",
    ),
    "business": (
        "alkoholbevilling", "udendørsservering", "vareudstilling", "stillads eller container",
        "gadesalg", "filmoptagelser", "gravetilladelse", "skilte og bannere", "støjklage",
        "erhvervslicens",
    ),
    "build": (
        "byggetilladelse", "nabohøring", "udeservering", "aktindsigt", "klage", "støj",
        "andet", "tilbage",
    ),
    "callback": (
        "ring mig op", "bliv i køen", "læg en besked", "afslut opkaldet", "hovedmenu",
    ),
    "status": (
        "status på min sag", "send dokumentation", "ændre en ansøgning", "ny ansøgning",
        "træk ansøgningen tilbage", "åbningstider", "jeg har et spørgsmål om regler",
        "tal med en medarbejder",
    ),
}  # fmt: skip
"""Menu to its phrases, each an intent of its own."""

YES_OR_NO = ("ja", "nej")
DIGITS = numerals.ONES[1:]
NEW_WORDS_IN_A_MENU = 10

TOPICS = tuple(
    (menu, phrase)
    for menu in ("main", "business", "build")
    for phrase in MENUS[menu]
    if phrase not in {"tal med en medarbejder", "gentag", "andet", "tilbage"}
)
"""What one rings about, and so may stand in a carrier sentence; commands do not."""


@cache
def new_words() -> dict[str, tuple[str, ...]]:
    """Menus whose words the network has never been trained on."""
    held_out = words.section(words.HELD_OUT)
    return {
        f"newwords-{start // NEW_WORDS_IN_A_MENU + 1}": held_out[
            start : start + NEW_WORDS_IN_A_MENU
        ]
        for start in range(0, len(held_out), NEW_WORDS_IN_A_MENU)
    }


def grammars() -> dict[str, tuple[str, ...]]:
    """Every grammar of the evaluation by name."""
    return {**MENUS, **new_words(), "yesno": YES_OR_NO, "digits": DIGITS}


@cache
def held_out_phrases() -> frozenset[str]:
    """What no training sentence is."""
    return frozenset(phrase for phrases in MENUS.values() for phrase in phrases)


def may_be_trained_on(text: str) -> bool:
    """Whether a sentence gives nothing of the evaluation away."""
    return (
        text not in held_out_phrases()
        and words.held_out().isdisjoint(text.split())
        and not any(f" {phrase} " in f" {text} " for phrase in held_out_phrases() if " " in phrase)
    )
