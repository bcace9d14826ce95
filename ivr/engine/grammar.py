"""What may be said at one moment of a call, and what it means.

A sentence is a phrase that means something, perhaps with a carrier before it ("jeg ringer
angående ...") and fillers around ("øh", "tak"). The recogniser is given all such sentences, but
may answer with their words in any order, and with `UNKNOWN_WORD` for everything else. So what it
heard is read again here, as strictly as a wrong connection deserves:

- All that was said must be phrases, carriers, fillers, or the small words of those. A remnant of
  a phrase makes the rest doubtful; what is doubtful is asked about, never done.
- Next to an unknown word only a phrase counts that a carrier leads up to: callers say who they
  are before they say what they want, and noise has no grammar.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from ivr.engine.events import UNKNOWN_WORD
from ivr.engine.value import value


@value
class Grammar:
    """What one listening step may hear.

    `name` is the node that listens. `phrases` are lower-case, words separated by one blank:
    every one goes into the recogniser's run-time grammar. `endings` are those after which
    nothing can follow that would change what they mean. The journal keeps a grammar by its
    name only: the phrases are the site's.
    """

    name: str
    language: str
    phrases: tuple[str, ...] = field(default=(), compare=False, repr=False)
    endings: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    @property
    def words(self) -> frozenset[str]:
        """Every word of every phrase."""
        return frozenset(word for phrase in self.phrases for word in phrase.split())

    def is_complete(self, text: str) -> bool:
        """Return whether all is said: nothing that follows `text` would change its meaning."""
        return text in self.endings

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What callers may say, and what each phrase means: a key, digits, or an intent.

    Everything is lower-case, words separated by one blank. Several phrases may mean the same.
    """

    phrases: Mapping[str, str]
    carriers: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()


@value
class Meant:
    """The caller said one thing. It is not `sure` when he said more that makes no sense."""

    meaning: str
    sure: bool = True


@value
class Several:
    """The caller said several things, in this order."""

    meanings: tuple[str, ...]


@value
class NotUnderstood:
    """The caller said nothing that means anything here."""


Understood = Meant | Several | NotUnderstood


def parse(vocabulary: Vocabulary, text: str) -> Understood:
    """Return what the caller meant by `text`, which may hold `UNKNOWN_WORD`s."""
    pieces = _pieces(vocabulary, text)
    meanings = tuple(dict.fromkeys(_meanings(pieces)))
    if not meanings:
        return NotUnderstood()
    if len(meanings) > 1:
        return Several(meanings)
    return Meant(meanings[0], sure=not any(piece.kind is _Kind.STRAY for piece in pieces))


def spelt(vocabulary: Vocabulary, text: str) -> str:
    """Return the digits that were said one after the other; "" when anything else was said."""
    pieces = _pieces(vocabulary, text)
    said = [piece for piece in pieces if piece.kind is not _Kind.FILLER]
    if any(piece.kind is not _Kind.PHRASE or not piece.meaning.isdigit() for piece in said):
        return ""
    return "".join(piece.meaning for piece in said)


def sentences(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield every sentence the recogniser listens for, and what it means; "" for nothing.

    The product of carriers and phrases, and one filler before a carrier or a phrase.
    """
    for filler in vocabulary.fillers:
        yield filler, ""
        yield from ((f"{filler} {carrier}", "") for carrier in vocabulary.carriers)
    for phrase, meaning in vocabulary.phrases.items():
        yield phrase, meaning
        yield from ((f"{carrier} {phrase}", meaning) for carrier in vocabulary.carriers)
        yield from ((f"{filler} {phrase}", meaning) for filler in vocabulary.fillers)


def listed(name: str, language: str, vocabulary: Vocabulary, *, early: bool) -> Grammar:
    """Return the grammar of all sentences; `early` ends an utterance as soon as it is clear."""
    said = dict(sentences(vocabulary)) | dict(vocabulary.phrases)
    endings = _endings(said) if early else frozenset[str]()
    return Grammar(name, language, tuple(said), endings)


def spelling(name: str, language: str, vocabulary: Vocabulary) -> Grammar:
    """Return the grammar of digits said one after the other, as many as they may be."""
    digits = [phrase for phrase, meaning in vocabulary.phrases.items() if meaning.isdigit()]
    pairs = [f"{one} {other}" for one in digits for other in digits]
    return Grammar(name, language, (*vocabulary.phrases, *vocabulary.fillers, *pairs))


def _endings(said: Mapping[str, str]) -> frozenset[str]:
    """Return the sentences that mean something, and go on meaning it however they go on."""
    open_ended = {
        beginning
        for sentence, meaning in said.items()
        for beginning in _beginnings(sentence)
        if said.get(beginning, meaning) != meaning
    }
    return frozenset(sentence for sentence, meaning in said.items() if meaning) - open_ended


def _beginnings(sentence: str) -> Iterator[str]:
    words = sentence.split()
    return (" ".join(words[:count]) for count in range(1, len(words)))


# --- reading --------------------------------------------------------------------------------


class _Kind(Enum):
    PHRASE = auto()
    CARRIER = auto()
    FILLER = auto()
    UNKNOWN = auto()
    STRAY = auto()


@value
class _Piece:
    """Some words of a sentence that belong together; `meaning` is that of a phrase."""

    kind: _Kind
    meaning: str = ""


_UNKNOWN = _Piece(_Kind.UNKNOWN)
_CARRIER = _Piece(_Kind.CARRIER)
_FILLER = _Piece(_Kind.FILLER)
_STRAY = _Piece(_Kind.STRAY)
_Cover = tuple[int, int, tuple[_Piece, ...]]
"""How many stray words there are, how many pieces, and the pieces: less is better."""


def _meanings(pieces: tuple[_Piece, ...]) -> Iterator[str]:
    """Yield what the phrases mean that count."""
    strict = _UNKNOWN in pieces
    for before, piece in zip((None, *pieces), pieces, strict=False):
        if piece.kind is _Kind.PHRASE and (not strict or before is _CARRIER):
            yield piece.meaning


def _pieces(vocabulary: Vocabulary, text: str) -> tuple[_Piece, ...]:
    """Return the pieces of a heard text: as few stray words as possible, and as few pieces.

    Of readings that are equally good, the one with the longer first piece.
    """
    known = _known(vocabulary)
    small = _words(vocabulary.carriers) | _words(vocabulary.fillers)
    longest = max((len(words.split()) for words in known), default=1)
    words = text.split()
    covers: list[_Cover] = [(0, 0, ())]  # of what follows each word, the last word first
    for start in reversed(range(len(words))):
        ways = []
        for length in range(min(longest, len(words) - start), 0, -1):
            piece = known.get(" ".join(words[start : start + length]))
            if piece is None and length == 1:
                piece = _FILLER if words[start] in small else _STRAY
            if piece is not None:
                ways.append(_with(piece, covers[-length]))
        covers.append(min(ways, key=lambda cover: cover[:2]))
    return covers[-1][2]


def _with(piece: _Piece, rest: _Cover) -> _Cover:
    strays, count, pieces = rest
    return strays + (piece is _STRAY), count + 1, (piece, *pieces)


def _known(vocabulary: Vocabulary) -> dict[str, _Piece]:
    return {
        **dict.fromkeys(vocabulary.fillers, _FILLER),
        **dict.fromkeys(vocabulary.carriers, _CARRIER),
        **{phrase: _Piece(_Kind.PHRASE, meant) for phrase, meant in vocabulary.phrases.items()},
        UNKNOWN_WORD: _UNKNOWN,
    }


def _words(sentences_: Iterable[str]) -> set[str]:
    return {word for sentence in sentences_ for word in sentence.split()}
