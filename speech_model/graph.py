"""The decoding graph: which phones make which words, in the form Vosk composes grammars with.

    HCL  = CTC's rules (transition ids) o the closed lexicon (phones -> words)
    HCLr = HCL as a look-ahead matcher; that renumbers the words, so `words.txt` and `Gr` follow

A phone is one or more outputs of the network alike; blanks may stand anywhere between; between
two phones alike there must be one. `[unk]` is one or more outputs of the likeliest phone, at a
price. Needs kaldifst and Debian's libfst-tools, no torch; kaldifst and vosk crash each other
in one process, so nobody who imports vosk may import this.
"""

import math
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import kaldifst

from speech_model.settings import UNKNOWN_PENALTY

Lexicon = Mapping[str, Sequence[tuple[str, ...]]]

UNKNOWN_WORD = "[unk]"
_BLANK = 0
_LOOKAHEAD = "libfstlookahead.so.*"


class GraphError(Exception):
    """The graph cannot be built; the message tells what to do."""


@dataclass(frozen=True)
class _Labels:
    """Numbers of phones, and of the symbols that keep words of one sound apart.

    Phones are 1, 2, ... as in the network (0 is the blank); after them the likeliest phone,
    then the two ends of `[unk]`, then one symbol for each word that shares its sound.
    """

    phones: Mapping[str, int]

    @property
    def likeliest(self) -> int:
        return len(self.phones) + 1

    @property
    def unknown_begins(self) -> int:
        return self.likeliest + 1

    @property
    def unknown_ends(self) -> int:
        return self.likeliest + 2

    def apart(self, number: int) -> int:
        """The symbol of the number-th word with one sound, from 1."""
        return self.unknown_ends + number

    def enter(self, phone: int) -> int:
        """The transition id of a first output of a phone."""
        return 2 * phone + 2

    def stay(self, phone: int) -> int:
        """The transition id of a further output of a phone."""
        return 2 * phone + 1

    def marker(self, symbol: int) -> int:
        """The transition id that stands for a symbol of the lexicon: none the network has."""
        return 2 * (self.likeliest + 1) + symbol - self.likeliest


def build(
    lexicon: Lexicon,
    phones: Sequence[str],
    folder: Path,
    *,
    unknown_penalty: float = UNKNOWN_PENALTY,
) -> None:
    """Write HCLr.fst, Gr.fst, words.txt and disambig_tid.int of a lexicon into a folder.

    Raises GraphError for a phone the network lacks, or when libfst-tools is missing.
    """
    labels = _Labels({phone: number for number, phone in enumerate(phones, 1)})
    _refuse_unknown_phones(lexicon, labels)
    words = {word: number for number, word in enumerate([UNKNOWN_WORD, *sorted(lexicon)], 1)}
    arcs, symbols = _lexicon_arcs(lexicon, words, labels)
    spelling = kaldifst.compile("".join(arcs), acceptor=False)
    kaldifst.determinize_star(spelling)
    kaldifst.arcsort(spelling, "ilabel")
    rules = kaldifst.compile("".join(_ctc_arcs(labels, symbols, unknown_penalty)), acceptor=False)
    kaldifst.arcsort(rules, "olabel")
    graph = kaldifst.compose(rules, spelling)
    kaldifst.connect(graph)
    kaldifst.arcsort(graph, "olabel")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        renumbered = _write_lookahead(graph, folder / "HCLr.fst", Path(temporary))
        words = {word: renumbered.get(number, number) for word, number in words.items()}
        _write_word_loop(words, folder / "Gr.fst", Path(temporary))
    table = {"<eps>": 0, **words}
    folder.joinpath("words.txt").write_text(
        "".join(f"{word} {number}\n" for word, number in table.items()), encoding="utf-8"
    )
    folder.joinpath("disambig_tid.int").write_text(
        "".join(f"{labels.marker(symbol)}\n" for symbol in symbols)
    )


def _refuse_unknown_phones(lexicon: Lexicon, labels: _Labels) -> None:
    for word, variants in lexicon.items():
        for phone in (phone for variant in variants for phone in variant):
            if phone not in labels.phones:
                raise GraphError(
                    f"{word!r} is said with the sound {phone!r}, which this model has not learned"
                )
        if not variants or not all(variants):
            raise GraphError(f"{word!r} has no pronunciation")


# --- the lexicon --------------------------------------------------------------------------------


def _lexicon_arcs(
    lexicon: Lexicon, words: Mapping[str, int], labels: _Labels
) -> tuple[list[str], list[int]]:
    """Words one after another without end, as lines of text; and the symbols used."""
    spoken = [
        (words[word], tuple(labels.phones[phone] for phone in variant))
        for word in sorted(lexicon)
        for variant in dict.fromkeys(lexicon[word])
    ]
    alike = Counter(sequence for _, sequence in spoken)
    begun = {sequence[:end] for _, sequence in spoken for end in range(1, len(sequence))}
    told_apart: Counter[tuple[int, ...]] = Counter()
    lines: list[str] = []
    free = 1
    for word, sequence in spoken:
        path = list(sequence)
        if alike[sequence] > 1 or sequence in begun:
            told_apart[sequence] += 1
            path.append(labels.apart(told_apart[sequence]))
        states = [0, *range(free, free + len(path) - 1), 0]
        free += len(path) - 1
        for at, label in enumerate(path):
            lines.append(f"{states[at]} {states[at + 1]} {label} {word if at == 0 else 0}\n")
    lines += _unknown_arcs(free, words[UNKNOWN_WORD], labels)
    lines.append("0 0.0\n")
    kinds = max(told_apart.values(), default=0)
    symbols = [labels.unknown_begins, labels.unknown_ends]
    return lines, symbols + [labels.apart(number) for number in range(1, kinds + 1)]


def _unknown_arcs(free: int, word: int, labels: _Labels) -> Iterator[str]:
    inside, further = free, free + 1
    yield f"0 {inside} {labels.unknown_begins} {word}\n"
    yield f"{inside} {further} {labels.likeliest} 0\n"
    yield f"{further} {further} {labels.likeliest} 0\n"
    yield f"{further} 0 {labels.unknown_ends} 0\n"


# --- CTC ----------------------------------------------------------------------------------------


def _ctc_arcs(labels: _Labels, symbols: Sequence[int], unknown_penalty: float) -> Iterator[str]:
    """State 0 follows a blank, state q follows phone q."""
    phones = range(1, labels.likeliest + 1)

    def price(phone: int) -> float:
        return unknown_penalty if phone == labels.likeliest else 0.0

    blank = labels.enter(_BLANK)
    yield f"0 0 {blank} 0\n"
    for phone in phones:
        yield f"0 {phone} {labels.enter(phone)} {phone} {price(phone)}\n"
        yield f"{phone} {phone} {labels.stay(phone)} 0 {price(phone)}\n"
        yield f"{phone} 0 {blank} 0\n"
        for other in phones:
            if other != phone:
                yield f"{phone} {other} {labels.enter(other)} {other} {price(other)}\n"
    for state in (0, *phones):
        for symbol in symbols:
            yield f"{state} {state} {labels.marker(symbol)} {symbol}\n"
        yield f"{state} 0.0\n"


# --- OpenFst's own formats ----------------------------------------------------------------------


def _write_lookahead(graph: kaldifst.StdVectorFst, target: Path, temporary: Path) -> dict[int, int]:
    """Write the graph as a look-ahead matcher; returns how it renumbered the words."""
    plain, pairs = temporary / "HCL.fst", temporary / "renumbered"
    graph.write(str(plain))
    _fstconvert(
        f"--save_relabel_opairs={pairs}", "--fst_type=olabel_lookahead", plain, target,
        preload=_library(),
    )  # fmt: skip
    lines = pairs.read_text().splitlines()
    return {int(old): int(new) for old, new in (line.split() for line in lines)}


def _write_word_loop(words: Mapping[str, int], target: Path, temporary: Path) -> None:
    """Any word after any other: Vosk loads it even where every grammar is given at run time."""
    price = math.log(len(words))
    lines = [f"0 0 {number} {number} {price}\n" for number in sorted(words.values())]
    loop = kaldifst.compile("".join([*lines, f"0 {price}\n"]), acceptor=False)
    kaldifst.arcsort(loop, "ilabel")
    plain = temporary / "G.fst"
    loop.write(str(plain))
    _fstconvert("--fst_type=const", plain, target)


def _library() -> str:
    """Debian has the look-ahead library, but not under the name it would be loaded by."""
    found = [*Path("/usr/lib").glob(f"*/{_LOOKAHEAD}"), *Path("/usr/local/lib").glob(_LOOKAHEAD)]
    if not found:
        raise GraphError("libfst-tools is missing: install it with `apt-get install libfst-tools`")
    return str(min(found))


def _fstconvert(*words: str | Path, preload: str = "") -> None:
    environment = {**os.environ, "LD_PRELOAD": preload} if preload else None
    try:
        subprocess.run(["fstconvert", *words], check=True, env=environment)
    except FileNotFoundError as error:
        raise GraphError(
            "fstconvert is missing: install it with `apt-get install libfst-tools`"
        ) from error
