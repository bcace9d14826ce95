"""What a recogniser makes of one listening step, told as events.

Vosk tells two kinds of things: what it has heard so far (a partial result, which may yet
change), and, after a pause, what it has heard. It begins afresh after each pause, so a step
goes on until something was said.

A caller who has said a whole phrase need not wait for the end of the pause: when the partial
result says one that cannot grow any longer, goes on saying it, and he falls silent, that is the
answer. In noise nobody falls silent, and the pause is waited for.

Vosk tells a word in a partial result as soon as no other of the grammar begins like what it has
heard: "folkepension" may be told while he is still at "folke", and he may be about to say
something that is not listed. So a long last word has to stand longer. And a partial result says
nothing about how sure Vosk is: where all depends on one word, it is asked to make up its mind.
On 150 digits in noise of 10 dB that turned 5.3 % taken for another into 2.7 %.

Vosk tells either how sure it is of each word or what else it may have been, never both. What
decides whether to ask again is how sure it is; there are no alternatives.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ivr.engine.events import (
    UNKNOWN_WORD,
    CallEvent,
    NothingHeard,
    SpeechHeard,
    SpeechStarted,
)
from ivr.engine.grammar import Grammar
from ivr.speech.folder import RATE
from ivr.speech.gate import mean_square

if TYPE_CHECKING:
    from ivr.speech.recogniser import Recogniser  # imports vosk: 12 MB

SECONDS_UNTIL_SURE = 0.23
"""How long a partial result must stay the same before it ends a step: four steps of the decoder.
With two, twice as many words that are none were taken for digits."""
SECONDS_A_LETTER = 0.06
"""How long a last word must stand for each of its letters, which is about how fast it is said.
Without this, a fifth of the answers of one long word were ended in its midst."""
SECONDS_OF_QUIET = 0.17
"""Three steps of the decoder, more than a stop in the midst of a word. Of 100 sentences of the
demo's menu in four voices 87 were understood with it, as many as without an early end; with
less quiet, down to none, 83 to 86."""
QUIETER = 16.0
"""How many times weaker than his loudest 60 ms somebody is who has fallen silent: 12 dB."""
_BYTES_A_SECOND = 2 * RATE
_CERTAIN = 1.0


class Recognition:
    """Samples in, events out; of one thread."""

    def __init__(
        self, turn: int, grammar: Grammar, seconds: float, recogniser: "Recogniser"
    ) -> None:
        """`seconds` is the longest that one utterance may last."""
        self.is_over = False
        """Whether the answer was heard: nothing more will be."""
        self._turn = turn
        self._grammar = grammar
        self._seconds = seconds
        self._recogniser = recogniser
        self._has_started = False
        self._spoken = 0.0
        self._partial = ""
        self._settled = 0.0
        self._loudest = 0.0
        self._quiet = 0.0

    def hear(self, samples: bytes) -> Iterator[CallEvent]:
        """Take 16-bit samples, 8000 a second. Whatever Vosk raises goes to the caller."""
        if self._recogniser.AcceptWaveform(samples):
            yield from self._end(self._recogniser.Result())
            return
        text = str(json.loads(self._recogniser.PartialResult())["partial"])
        seconds = len(samples) / _BYTES_A_SECOND
        power = mean_square(samples)
        self._loudest = max(self._loudest, power)
        self._quiet = self._quiet + seconds if power * QUIETER <= self._loudest else 0.0
        yield from self._go_on(text, seconds)

    def _go_on(self, text: str, seconds: float) -> Iterator[CallEvent]:
        if not self._has_started and _words(text):
            self._has_started = True
            yield SpeechStarted(self._turn)
        self._settled = self._settled + seconds if text == self._partial else 0.0
        self._partial = text
        if not text:
            return
        self._spoken += seconds
        if self._is_done(text) and self._grammar.is_complete(text):
            self.is_over = True
            yield SpeechHeard(self._turn, text, self._certainty_of(text))
        elif self._spoken >= self._seconds:
            yield from self._end(self._recogniser.FinalResult())

    def _is_done(self, text: str) -> bool:
        letters = len(text.rpartition(" ")[2])
        stands = max(SECONDS_UNTIL_SURE, letters * SECONDS_A_LETTER)
        return self._settled >= stands and self._quiet >= SECONDS_OF_QUIET

    def _certainty_of(self, text: str) -> float:
        """Return how sure it is of what ends a step early; a doubt about noise is none.

        Of a sentence every word would have to be mistaken. One word is doubtful when the
        decoder, told that this was all, would rather have another word of the grammar.
        """
        if len(_words(text)) > 1:
            return _CERTAIN
        heard = json.loads(self._recogniser.FinalResult())
        words = _words(str(heard["text"]))
        if not words:
            return _CERTAIN
        return _confidence(heard) if words == [text] else 0.0

    def _end(self, result: str) -> Iterator[CallEvent]:
        heard = json.loads(result)
        text = str(heard["text"])
        if text:
            self.is_over = True
            yield SpeechHeard(self._turn, text, _confidence(heard))
        else:
            self._has_started = False
            self._spoken = self._settled = self._loudest = self._quiet = 0.0
            self._partial = ""
            yield NothingHeard(self._turn)


def _words(text: str) -> list[str]:
    return [word for word in text.split(" ") if word and word != UNKNOWN_WORD]


def _confidence(heard: dict[str, Any]) -> float:
    """Return that of the least certain word of the grammar, 0 to 1."""
    certain = [
        float(word["conf"]) for word in heard.get("result", ()) if word["word"] != UNKNOWN_WORD
    ]
    return min(1.0, max(0.0, min(certain, default=0.0)))
