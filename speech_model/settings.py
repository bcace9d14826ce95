"""What features, network, graph and recogniser must agree on, and the files that tell Vosk."""

from pathlib import Path

RATE = 8000
CEPSTRA = 40
FRAME_SHIFT_MS = 10
FRAME_LENGTH_MS = 25
PREEMPHASIS = 0.97
LOW_HZ = 40
HIGH_HZ_BELOW_HALF_RATE = 200
LIFTER = 22

SUBSAMPLING = 3
"""Frames of 10 ms for one output of the network."""

BLANK_PRIOR = 1.0
"""Nats taken from the blank: without them short words in noise are lost."""

UNKNOWN_PENALTY = 2.5
"""Nats an output of [unk] costs; less rejects more. Both were chosen on the voices for tuning."""

SECONDS_OF_SILENCE = 0.4
"""After a likely phrase, this much silence ends the utterance. People pause inside phrases."""

MINUTES = 34.0
"""Of training; with the other stages about three quarters of an hour on two cores."""

_MFCC = f"""\
--sample-frequency={RATE}
--frame-length={FRAME_LENGTH_MS}
--frame-shift={FRAME_SHIFT_MS}
--preemphasis-coefficient={PREEMPHASIS}
--use-energy=false
--num-mel-bins={CEPSTRA}
--num-ceps={CEPSTRA}
--cepstral-lifter={LIFTER}
--low-freq={LOW_HZ}
--high-freq=-{HIGH_HZ_BELOW_HALF_RATE}
--dither=0
--snip-edges=true
"""

# Without phone-determinize=false the many ways to place blanks make a result take seconds.
# Phone 1 is the blank: what an endpoint counts as silence.
_MODEL = """\
--acoustic-scale=1.0
--frame-subsampling-factor={subsampling}
--frames-per-chunk={chunk}
--beam={beam}
--lattice-beam=6
--max-active=3000
--min-active=200
--phone-determinize=false
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence={silence}
--endpoint.rule3.min-trailing-silence={longer}
--endpoint.rule4.min-trailing-silence=1.5
"""


def write(folder: Path, *, beam: float = 13.0, silence: float = SECONDS_OF_SILENCE) -> None:
    """Write `conf/` into a model's folder. `silence` in seconds."""
    conf = folder / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    conf.joinpath("mfcc.conf").write_text(_MFCC)
    text = _MODEL.format(
        subsampling=SUBSAMPLING,
        chunk=2 * SUBSAMPLING,
        beam=beam,
        silence=silence,
        longer=round(silence + 0.3, 2),
    )
    conf.joinpath("model.conf").write_text(text)
