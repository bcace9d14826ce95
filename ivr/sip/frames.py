"""Frames of a line for whoever listens, without a call into Python on the media clock.

The clock is a thread of the library, and every call's audio waits for it: it must not wait
for Python's lock. So the library writes the frames to a socket, and one thread of ours reads
what lies in all of them.
"""

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread

import pjsua2 as pj

from ivr.errors import SipError
from ivr.sip.leg import destroy
from ivr.sip.native import Native

MICROSECONDS_OF_FRAME = 20_000
_BITS = 16
_MOST = 65_536
"""Bytes read at once: four seconds."""

Feed = Callable[[bytes], None]


class FramePort:
    """A port that hands what it hears to `feed`; `port` is what the library connects."""

    def __init__(self, feed: Feed, reader: "FrameReader", rate: int) -> None:
        """`rate` is that of the media clock. Raises `SipError`."""
        self._feed = feed
        self._reader = reader
        self._lock = Lock()
        self._is_open = True
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self.port: Native = pj.AudioMediaPort()
        try:
            self.port.createPort("frames", _format(rate))
            self.port.sendFramesTo(self._theirs.fileno())
        except pj.Error as error:
            self._let_go()
            raise SipError(f"cannot listen to a line: {error.reason}") from error
        except AttributeError as error:  # a PJSIP of the user's own, without our patch
            self._let_go()
            raise SipError("this PJSIP cannot be listened to") from error
        reader.add(self._ours, self)

    def close(self) -> None:
        """Hand out nothing more: what is under way is done when this returns."""
        with self._lock:
            self._is_open = False
        self._reader.remove(self._ours)
        self._let_go()

    def read(self) -> None:
        """Hand on what has come; on the reader's thread."""
        with self._lock:
            if not self._is_open:
                return
            try:
                frames = self._ours.recv(_MOST)
            except BlockingIOError:
                return
            if frames:
                self._feed(frames)
            else:  # nobody had read for so long that the library gave up
                self._is_open = False
                self._reader.remove(self._ours)

    def _let_go(self) -> None:
        # At once, unlike a player: the library waits for a frame that is on its way.
        destroy(self.port)
        self._ours.close()
        self._theirs.close()


class FrameReader:
    """The thread that reads; it begins with the first port and ends with `close`."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread: Thread | None = None

    def add(self, end: socket.socket, port: FramePort) -> None:
        self._selector.register(end, selectors.EVENT_READ, port)
        if self._thread is None:
            self._thread = Thread(target=self._run, name="frames", daemon=True)
            self._thread.start()

    def remove(self, end: socket.socket) -> None:
        """Harmless when it is gone already."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(end)

    def close(self) -> None:
        self._rope.close()
        if self._thread is not None:
            self._thread.join()
        self._selector.close()
        self._bell.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                key.data.read()


def _format(rate: int) -> Native:
    form = pj.MediaFormatAudio()
    form.type = pj.PJMEDIA_TYPE_AUDIO
    form.clockRate, form.channelCount, form.bitsPerSample = rate, 1, _BITS
    form.frameTimeUsec = MICROSECONDS_OF_FRAME
    return form
