"""`ivr talk`: a call to a site from this machine, without an exchange and without a telephone."""

import argparse
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from ivr import recogniser
from ivr.cli.run import telling
from ivr.cli.times import instant
from ivr.config import load
from ivr.engine.actions import Dial
from ivr.engine.exchange import Exchange
from ivr.engine.record import CallRecord
from ivr.errors import IvrError
from ivr.gateway import Configuration
from ivr.loading import equipped
from ivr.log import configure
from ivr.prompts import audio
from ivr.session import Post, Session
from ivr.speech import Speech
from ivr.switchboard import Switchboard
from ivr.talk import SECONDS_A_TICK, SILENCE
from ivr.talk.card import Card
from ivr.talk.keyboard import HANG_UP, KEYS, Keyboard
from ivr.talk.legs import AgentLeg, CallerLeg
from ivr.talk.saving import Saving
from ivr.talk.sounds import Recordings, Sound

CALL = "talk"
SECONDS_OF_PATIENCE = 60.0
"""How long somebody who has said all his recordings stays on the line."""
_SECONDS_BETWEEN_LOOKS = 0.0005


def talk(options: argparse.Namespace) -> int:
    """Make one call and tell every step of it; return 0 when it has come to an end.

    What was heard is told in words: they are those of whoever reads them.
    """
    configuration = load(options.folder)
    dialled = options.dialled or next(iter(configuration.site.entrances))
    if dialled not in configuration.site.entrances:
        known = ", ".join(configuration.site.entrances)
        raise IvrError(f"nobody answers {dialled}; there are {known}")
    configure(configuration.gateway.log_format)
    with ExitStack() as stack:
        sound: Sound = stack.enter_context(closing(_sound(options)))
        keyboard = stack.enter_context(Keyboard(KEYS | HANG_UP))
        saving = stack.enter_context(closing(Saving(options.save))) if options.save else None
        messages = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-")))
        speech = stack.enter_context(_speech(configuration))
        leg = CallerLeg(options.caller, dialled)
        at = instant(options.at, configuration.site.zone)
        Call(configuration, leg, speech, messages, at).run(sound, keyboard, saving)
    return 0


def _sound(options: argparse.Namespace) -> Sound:
    if options.wav:
        return Recordings(list(map(_samples, options.wav)))
    try:
        return Card()
    except IvrError as error:
        raise IvrError(f"{error}; with `--wav FILE` no sound card is needed") from error


def _samples(file: Path) -> bytes:
    """Return what a WAV holds as a telephone carries it: 8 kHz, one channel."""
    loud = (round(audio.FULL * sample) for sample in audio.resampled(audio.read(file)))
    return array("h", [max(-32768, min(32767, value)) for value in loud]).tobytes()


@contextmanager
def _speech(configuration: Configuration) -> Iterator[Speech | None]:
    speech = recogniser.loaded(configuration.gateway.speech)
    try:
        yield speech
    finally:
        if speech is not None:
            speech.close()


class Call:
    """One call, whose clock is its sound."""

    def __init__(
        self,
        configuration: Configuration,
        leg: CallerLeg,
        speech: Speech | None,
        messages: Path,
        at: datetime,
    ) -> None:
        self._leg = leg
        self._lines = [leg]
        self._ticks = 0
        self._began = at
        self._is_over = False
        self._faults: list[Exception] = []
        exchange = Exchange(configuration.site, 0.0)
        exchange.understood = (speech.language,) if speech else ()
        self._board = Switchboard(
            exchange,
            library=equipped(configuration).library,
            messages=messages,
            dial=self._dial,
            report=telling(numbers=True),
            over=self._over,
            fault=lambda _subject, error: self._faults.append(error),
            recogniser=speech,
        )

    def run(self, sound: Sound, keyboard: Keyboard, saving: Saving | None) -> None:
        """Talk until one side hangs up. Raises the first fault of the program itself."""
        self._board.arrive(CALL, self._leg, self._now, self._at)
        quiet = 0.0
        while not self._is_over:
            said = sound.said(is_spoken_to=self._leg.is_spoken_to)
            self._press(keyboard)
            heard = self._tick(said)
            sound.heard(heard)
            if saving is not None:
                saving.take(said, heard)
            quiet = quiet + SECONDS_A_TICK if sound.is_done else 0.0
            if quiet > SECONDS_OF_PATIENCE:
                self._leg.end()
            if self._faults:
                raise self._faults[0]

    def _press(self, keyboard: Keyboard) -> None:
        key = keyboard.pressed()
        if key in HANG_UP:
            self._leg.end()
        elif key:
            self._leg.press(key)

    def _tick(self, said: bytes) -> bytes:
        self._ticks += 1
        heard = self._leg.tick(said)
        for line in self._lines[1:]:
            line.tick(SILENCE)
        # The recogniser has threads of its own; the clock waits for it.
        while self._leg.is_behind:
            Event().wait(_SECONDS_BETWEEN_LOOKS)
        self._board.deliver(self._now, self._at)
        self._board.fire(self._now, self._at)
        return heard

    @property
    def _now(self) -> float:
        return self._ticks * SECONDS_A_TICK

    @property
    def _at(self) -> datetime:
        return self._began + timedelta(seconds=self._now)

    def _dial(self, order: Dial, post: Post) -> AgentLeg:
        line = AgentLeg(order.line, post)
        self._lines.append(line)
        return line

    def _over(self, record: CallRecord, session: Session) -> None:
        del session
        self._is_over = self._is_over or record.id == CALL
