"""`ivr prompts record ID`: speaks a prompt into the microphone, trims and levels it.

What is kept is what the gateway plays; the recording goes where recordings win over voices.
"""

import argparse
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, closing

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ivr.errors import IvrError
from ivr.prompts import audio, texts
from ivr.prompts.manifest import RECORDED
from ivr.talk import RATE, SECONDS_A_TICK
from ivr.talk.card import Card
from ivr.talk.keyboard import ENTER, Keyboard

MOST_SECONDS = 60.0
SECONDS_OF_SILENCE = 2.0
"""So much quiet after speech ends a recording, when nobody presses Enter."""
LEAD, TAIL = 0.02, 0.2
QUIET = -45.0
"""dBFS; what is below all the time is no speech but a room."""
GOOD = -30.0
"""dBFS of a peak from which the meter is green."""
BELOW_SPEECH = 25.0
"""Decibels under the loudest syllable, where a pause begins."""
CLIPPED = -0.1
_WIDTH = 50


def record(options: argparse.Namespace) -> int:
    """Record one prompt; return 0 when there is one."""
    piece = _piece(options)
    console = Console()
    console.print(f'Say: "{piece.words}"', highlight=False)
    console.print("Enter ends the recording, and so does a pause of two seconds.")
    samples = _recorded(console)
    if audio.peak(samples) >= CLIPPED:
        console.print("[yellow]It was too loud in places: stand further away.[/]")
    level = audio.speech_level(samples)
    if level < QUIET:
        raise IvrError(f"there is nothing to hear ({level:.0f} dBFS): is the microphone on?")
    made = audio.levelled(audio.trimmed(samples, lead=LEAD, tail=TAIL))
    file = options.folder / options.language / RECORDED / f"{piece.id}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    audio.write(file, made)
    seconds = len(made) / RATE
    print(f"{file}: {seconds:.1f} s, raised by {audio.speech_level(made) - level:.0f} dB")
    print("`ivr prompts render` puts it in the place of the voice")
    return 0


def _piece(options: argparse.Namespace) -> texts.Piece:
    """Return what one recording says. Raises `IvrError` with those that there are."""
    if options.id is None:
        raise IvrError("name a prompt to record; `ivr prompts list` shows them all")
    sentences = texts.load(options.folder).sentences.get(options.language)
    if sentences is None:
        raise IvrError(f"there is no language {options.language!r} in {options.folder}")
    parts = (part for sentence in sentences.values() for part in sentence.parts)
    pieces = {part.id: part for part in parts if isinstance(part, texts.Piece)}
    if options.id not in pieces:
        near = [name for name in pieces if name.startswith(options.id)]
        raise IvrError(f"there is no prompt {options.id!r}" + f"; there are {near}" * bool(near))
    return pieces[options.id]


def _recorded(console: Console) -> list[float]:
    samples: list[float] = []
    with ExitStack() as stack:
        card = stack.enter_context(closing(Card(speaks=False)))
        keyboard = stack.enter_context(Keyboard(ENTER))
        meter = stack.enter_context(Live(console=console, refresh_per_second=15, transient=True))
        for tick in _ticks(card, keyboard):
            samples += tick
            meter.update(_shown(audio.peak(tick), len(samples) / RATE))
    return samples


def _ticks(card: Card, keyboard: Keyboard) -> Iterator[list[float]]:
    """Yield 20 ms at a time, until Enter, a pause after speech, or the longest there can be."""
    quiet, loudest = 0.0, -120.0
    for _ in range(int(MOST_SECONDS / SECONDS_A_TICK)):
        tick = [value / audio.FULL for value in array("h", card.said())]
        yield tick
        level = audio.peak(tick)
        loudest = max(loudest, level)
        quiet = 0.0 if level > max(QUIET, loudest - BELOW_SPEECH) else quiet + SECONDS_A_TICK
        has_spoken = loudest > QUIET
        if keyboard.pressed() or (has_spoken and quiet >= SECONDS_OF_SILENCE):
            return


def _shown(level: float, seconds: float) -> Text:
    """Return the meter: 60 dB wide, green where speech belongs, red where it will clip."""
    filled = max(0, min(_WIDTH, round((level + 60) / 60 * _WIDTH)))
    colour = "red" if level > -1 else "green" if level > GOOD else "yellow"
    return Text.assemble(
        f"{seconds:5.1f} s  ", ("█" * filled, colour), "·" * (_WIDTH - filled), f" {level:4.0f} dB"
    )
