"""Danish numbers as they are said."""

ONES = ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni")
TEENS = (
    "ti", "elleve", "tolv", "tretten", "fjorten",
    "femten", "seksten", "sytten", "atten", "nitten",
)  # fmt: skip
TENS = ("tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems")

MOST = 999_999
"""The largest number that is said as a number; longer ones are read digit by digit."""

LONGEST_NUMBER = 4
"""Digits. Case and telephone numbers have more and are read digit by digit."""

ORDINALS = (
    "nulte", "første", "anden", "tredje", "fjerde", "femte", "sjette", "syvende", "ottende",
    "niende", "tiende", "ellevte", "tolvte", "trettende", "fjortende", "femtende", "sekstende",
    "syttende", "attende", "nittende", "tyvende", "enogtyvende", "toogtyvende", "treogtyvende",
    "fireogtyvende", "femogtyvende", "seksogtyvende", "syvogtyvende", "otteogtyvende",
    "niogtyvende", "tredivte", "enogtredivte",
)  # fmt: skip
"""0. to 31.: what a date needs."""


def spoken(number: int) -> str:
    """The words of a number from 0 to 999,999: 225 is "to hundrede og femogtyve"."""
    if not 0 <= number <= MOST:
        raise ValueError(f"{number} is not a number from 0 to {MOST}")
    if number < 1000:  # noqa: PLR2004
        return _below_a_thousand(number)
    thousands, rest = divmod(number, 1000)
    words = ["et" if thousands == 1 else _below_a_thousand(thousands), "tusind"]
    if rest:
        words += ["og", spoken(rest)] if rest < 100 else [spoken(rest)]  # noqa: PLR2004
    return " ".join(words)


def digits(text: str) -> str:
    """Each digit as a word: "074" is "nul syv fire"."""
    return " ".join(ONES[int(digit)] for digit in text)


def read_aloud(text: str) -> str:
    """The words for a run of digits: a number if it looks like one, else digit by digit."""
    if len(text) > LONGEST_NUMBER or (text.startswith("0") and len(text) > 1):
        return digits(text)
    return spoken(int(text))


def _below_a_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = []
    if hundreds:
        words += ["et" if hundreds == 1 else ONES[hundreds], "hundrede"]
    if rest and hundreds:
        words.append("og")
    if rest or not hundreds:
        words.append(_below_a_hundred(rest))
    return " ".join(words)


def _below_a_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return ONES[ones]
    if tens == 1:
        return TEENS[ones]
    return f"{ONES[ones]}og{TENS[tens - 2]}" if ones else TENS[tens - 2]
