"""What callers hear: the words, the voices that speak them, and the recordings at run time.

`prompts/<language>/texts.yaml` holds every sentence. `render.render_all` turns them into 8 kHz
recordings ahead of time, with espeak-ng, a Piper voice, or a studio's own recording. The
gateway itself only needs `Recordings`, which finds the files of a prompt; nothing else of this
package is imported while calls run.

Read in this order: texts, numerals, voices, audio, origins, render, manifest, recordings.
"""

from ivr.prompts.recordings import Recording, Recordings

__all__ = ["Recording", "Recordings"]
