"""Spoken input: what a caller says becomes events. The one user of Vosk.

    folder.py      the files of a model, looked at before anybody loads them
    speech.py      listening steps, as the gateway knows them
    process.py     the process in which they are heard, which may die without harm to a call
    orders.py      what the two say to each other

and in that process:

    serving.py     takes orders, tells what is heard
    decoder.py     the model loaded once, and the worker threads
    listening.py   one listening step: samples in on one thread, heard on another
    gate.py        what may be our own prompt come back is not heard
    recognition.py what the recogniser makes of the rest, as events
    recogniser.py  imports vosk

A gateway so never carries Vosk itself, and whoever wants to know which words a model has, or
takes calls without one, starts no process.
"""

from ivr.speech.folder import ModelFolder
from ivr.speech.speech import Speech

__all__ = ["ModelFolder", "Speech"]
