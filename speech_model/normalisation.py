"""Text as it is spoken: lower case, numbers as words, one blank between words, nothing else.

Grammars, the lexicon, training texts and imported transcripts all have this one form.
"""

import re
import unicodedata

from speech_model import numerals

SIGNS = {"§": " paragraf ", "&": " og ", "%": " procent ", "+": " plus ", "€": " euro "}
SHORT_FORMS = {
    "bl.a.": "blandt andet",
    "ca.": "cirka",
    "dvs.": "det vil sige",
    "ekskl.": "eksklusive",
    "evt.": "eventuelt",
    "fx": "for eksempel",
    "f.eks.": "for eksempel",
    "ifm.": "i forbindelse med",
    "kap.": "kapitel",
    "kl.": "klokken",
    "mm.": "med mere",
    "m.m.": "med mere",
    "mv.": "med videre",
    "m.v.": "med videre",
    "kr.": "kroner",
    "nr.": "nummer",
    "o.lign.": "og lignende",
    "osv.": "og så videre",
    "reg.": "registreret",
    "vedr.": "vedrørende",
}
"""As written in the city's lists of services, and how a caller says them."""

WORD = re.compile(r"[a-zæøåéèüöäô]+")

_SHORT_FORM = re.compile(
    "|".join(rf"(?<!\w){re.escape(short)}(?!\w)" for short in sorted(SHORT_FORMS, key=len)[::-1])
)
_DATE = re.compile(r"\b(\d{1,2})\.(?=\s*[a-zæøå])")
_THOUSANDS = re.compile(r"\b(\d{1,3})\.(\d{3})\b")
_DIGITS = re.compile(r"\d+")


def normalise(text: str) -> str:
    """The words of a text as they are said; "" when there are none."""
    said = unicodedata.normalize("NFC", text).lower()
    said = _SHORT_FORM.sub(lambda found: SHORT_FORMS[found[0]], said)
    for sign, word in SIGNS.items():
        said = said.replace(sign, word)
    said = said.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    said = _DATE.sub(_ordinal, said)
    said = _THOUSANDS.sub(lambda found: numerals.spoken(int(found[1] + found[2])), said)
    said = _DIGITS.sub(lambda found: f" {numerals.read_aloud(found[0])} ", said)
    return " ".join(WORD.findall(said))


def _ordinal(found: re.Match[str]) -> str:
    day = int(found[1])
    if day < len(numerals.ORDINALS):
        return numerals.ORDINALS[day] + " "
    return found[0]
