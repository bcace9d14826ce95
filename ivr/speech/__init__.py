"""Spoken input: what a caller says becomes events. The one user of Vosk.

    folder.py      the files of a model, looked at before anybody loads them
    probe.py       loads a model in a process of its own, which may die of it
    speech.py      the model loaded once, and the worker threads
    listening.py   one listening step: frames in on one thread, heard on another
    gate.py        what may be our own prompt come back is not heard
    recognition.py what the recogniser makes of the rest, as events

Only `recogniser.py` imports vosk, and only `Speech.load` and the probe import that: whoever
wants to know which words a model has, or runs a gateway without one, does not carry it.
"""

from ivr.speech.folder import ModelFolder
from ivr.speech.speech import Speech

__all__ = ["ModelFolder", "Speech"]
