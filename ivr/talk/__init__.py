"""A call without a telephone: whoever sits at this machine talks to a site.

    legs.py      the caller's line and the agents', 20 ms of sound at a time
    sounds.py    what the caller says: a microphone, or recordings
    card.py      microphone and loudspeaker; the one user of PyAudio
    keyboard.py  keys
    saving.py    both sides, kept as a WAV

Sound is the clock: each 20 ms of it is one turn of the engine, so a call that is fed from
recordings takes as long as its computing does.
"""

SECONDS_A_TICK = 0.02
RATE = 8000
SAMPLES = 160
TICK = 2 * SAMPLES
"""Bytes of a tick: 8 kHz, 16 bits, one channel."""
SILENCE = bytes(TICK)
