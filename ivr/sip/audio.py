"""Players, recorders, frame ports and the media clock's own silence.

A player's end-of-file callback runs on a media thread and may touch a player that is being
destroyed. So no player here ever reaches its end while a line listens: a long silence stands
behind the last recording (which the library's playlist would also cut by up to 0.25 s), and a
player is disconnected a while before it is destroyed.
"""

import os
import wave
from collections.abc import Sequence
from pathlib import Path

import pjsua2 as pj

from ivr.errors import SipError
from ivr.sip.frames import Feed, FramePort, FrameReader
from ivr.sip.leg import destroy
from ivr.sip.native import Native
from ivr.sip.timers import Timers

RATE = 8000
"""Samples per second of the media clock: G.711 needs no resampling at this rate."""

_SECONDS_BEHIND = 1.0
"""Silence behind a prompt; well over the 0.25 s that the library reads ahead."""
_SECONDS_UNTIL_DESTROYED = 0.25
"""A dozen ticks of the media clock, which carries out a disconnection at its next one."""
_MOST_FILES = 63
"""The library's playlist takes 64 files and drops the rest without a word; one is silence."""


class Audio:
    """Makes and destroys everything that is heard or recorded."""

    def __init__(self, silence: Native, timers: Timers) -> None:
        self.silence = silence
        self._timers = timers
        self._music: dict[Path, Native] = {}
        self._parked: list[Native] = []
        self._reader = FrameReader()
        self._memory = _silence_in_memory()
        self._behind = f"/proc/self/fd/{self._memory}"

    def prompt(self, files: Sequence[Path]) -> Native:
        """A player of these recordings, one after the other without a gap.

        8 kHz mono 16-bit WAV, each at least 20 ms. Raises `SipError` if one cannot be played.
        """
        if not 0 < len(files) <= _MOST_FILES:
            raise SipError(f"a prompt has 1 to {_MOST_FILES} recordings, not {len(files)}")
        names = pj.StringVector([*map(str, files), self._behind])
        player = pj.AudioMediaPlayer()
        try:
            player.createPlaylist(names, "prompt", pj.PJMEDIA_FILE_NO_LOOP)
        except pj.Error as error:
            destroy(player)
            raise SipError(f"cannot play {files[0]}: {error.reason}") from error
        return player

    def music(self, file: Path) -> Native:
        """The one player of this file, for all who wait. Raises `SipError`."""
        player = self._music.get(file)
        if player is None:
            player = pj.AudioMediaPlayer()
            try:
                player.createPlayer(str(file), 0)
            except pj.Error as error:
                destroy(player)
                raise SipError(f"cannot play {file}: {error.reason}") from error
            self._music[file] = player
        return player

    def recorder(self, file: Path) -> Native:
        """A recorder into a new WAV of 16-bit samples. Raises `SipError`."""
        recorder = pj.AudioMediaRecorder()
        try:
            recorder.createRecorder(str(file))
        except pj.Error as error:
            destroy(recorder)
            raise SipError(f"cannot record {file}: {error.reason}") from error
        return recorder

    def frames(self, feed: Feed) -> FramePort:
        """A port that gives `feed` what it hears, 16-bit samples. Raises `SipError`.

        `feed` runs on a thread of its own and must not raise.
        """
        return FramePort(feed, self._reader, RATE)

    def discard(self, thing: Native) -> None:
        """Destroy a player that is disconnected, once the media threads are done with it."""
        self._parked.append(thing)
        self._timers.after(_SECONDS_UNTIL_DESTROYED, self._destroy_oldest)

    def close(self) -> None:
        """Destroy everything; nobody may be listening any more."""
        for thing in [*self._parked, *self._music.values()]:
            destroy(thing)
        self._parked.clear()
        self._music.clear()
        self._reader.close()
        os.close(self._memory)

    def _destroy_oldest(self) -> None:
        if self._parked:
            destroy(self._parked.pop(0))


def connect(source: Native, sink: Native) -> None:
    """Let `sink` hear `source`. Raises `SipError`."""
    try:
        source.startTransmit(sink)
    except pj.Error as error:
        raise SipError(f"cannot connect audio: {error.reason}") from error


def disconnect(source: Native, sink: Native) -> None:
    """Undo `connect`; harmless when one of them has gone or they never were connected."""
    try:
        source.stopTransmit(sink)
    except pj.Error:
        return


def seconds_recorded(file: Path) -> float | None:
    """The length of a finished recording, or None while its header is not written yet."""
    try:
        with wave.open(str(file), "rb") as recording:
            frames = recording.getnframes()
        size = file.stat().st_size
    except (OSError, EOFError, wave.Error):
        return None
    return frames / RATE if frames and size == _HEADER + 2 * frames else None


_HEADER = 44
"""Bytes before the samples in a WAV as the library writes it."""


def _silence_in_memory() -> int:
    """Return a file of silence that needs no disk: a full one must not stop the start."""
    memory = os.memfd_create("silence")
    with open(memory, "wb", closefd=False) as file, wave.open(file, "wb") as silence:
        silence.setnchannels(1)
        silence.setsampwidth(2)
        silence.setframerate(RATE)
        silence.writeframes(bytes(int(2 * RATE * _SECONDS_BEHIND)))
    return memory
