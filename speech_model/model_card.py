"""MODEL_CARD.md: what the model is made of, how well it does, and what it must not be used for."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from speech_model import folder, manifest, table, voices, words
from speech_model.pronunciation import read_lexicon, read_phones

CARD = "MODEL_CARD.md"
MEASURED = "measured.json"
TRAINED = "trained.json"

_CARD = """\
# Danish for telephones, 8 kHz (`da-8k`)

A small acoustic model and a decoding graph for Vosk 0.3.45, made for menus of an IVR: a grammar
is given at run time, and what is not in it is to be rejected.

**It was trained and measured on synthetic speech only.** Nothing here says how well it
understands people. Keys must always work beside it; a site that relies on speech first mixes in
real recordings (see README) and measures on its own callers, with their consent.

## Made of

| | |
|---|---|
{facts}

espeak-ng's Danish voice in {train} variants for training, {dev} others for choosing settings,
{test} others for the numbers below; nobody is in two of them. All variants share one set of
phonemes and one prosody, so a voice that was kept out is still no other human.

Every training example is one of several copies of a clip, each through its own simulated
telephone: warped speed and formants, room, echo, noise 3 to 30 dB below the speech (white, pink,
brown, hum, traffic, other voices, music), breaths, clicks, keys, a line's band, changes of
level, lost packets with concealment, A-law, mu-law or none. Clips of noise alone teach silence.

Network: 40 cepstra every 10 ms, a time-delay network with {layers} blocks, one output
every 30 ms, {left} ms of context before and {right} ms after, trained with CTC; one output more is
the likeliest of all phones, which `[unk]` is made of. Settings (the price of `[unk]`, the prior
of the blank, endpoints) were chosen on the voices for that, never on the test voices.

## Measured

Each clip through the telephone chain with noise at the ratio named, in frames of 20 ms, three
together, into Vosk, through the gateway's own recogniser and parser, but not its gate. In each
cell: per cent that came out right (for `oog`, `noise` and `babble`: that were rejected), its 95 %
interval (Wilson), and after the slash per cent that were accepted and wrong. What is heard
unsurely and asked about counts as neither.
`*` misses the goal set for that cell.

{table}

- `menus`: bare phrases, menus of 5 to 12 intents; the phrases were never training sentences.
- `carriers`: in sentences never trained on, which the grammar lists; `carriers not listed`: in the
  same sentences, with a grammar that lists others.
- `newwords`: words that occur in no training text.
- `oog ...`: speech in which nothing of the grammar occurs, heard with that grammar.
- `noise`: noises, music, tones, ringing, silence. `babble`: three voices at once.

{delays}

## Limits

- Synthetic speech only; accents, emotion, children, mobile codecs and bad handsets are unknown.
- espeak-ng's pronunciations are rough: no stød, some words sound alike that do not in speech.
- Pauses of more than {silence:g} s inside a phrase end it.
- Words sound as espeak-ng's rules and some corrections say; names of foreign origin suffer most.
- Chance is in the numbers: one training run, one draw of noise.

## Licence

The network's numbers were computed from sound that espeak-ng (GPL-3.0-or-later) produced. A
program's output is not under its licence unless it copies parts of the program; the recorded or
synthesised sound itself is not part of this folder. The pronunciations in `lexicon.tsv` derive
from espeak-ng's rules and dictionary, so we treat that file and the graph as GPL-3.0-or-later,
and the network as our own work under the licence of this repository (GPL-2.0-or-later).

## How made

`make model` makes all of it anew: `python -m speech_model all`. {how}
"""


def write(model: Path, manifests: Mapping[str, Path]) -> None:
    """Write the card of a finished model from what lies in its folder and in the manifests."""
    measured = json.loads((model / MEASURED).read_text())
    trained = json.loads((model / TRAINED).read_text())
    counted = table.from_json(measured)
    lines = ["| | trials | " + " | ".join(table.CONDITIONS) + " |", "|---" * 6 + "|"]
    lines += [f"| {' | '.join(row)} |" for row in table.rows(counted)]
    text = _CARD.format(
        facts="\n".join(
            f"| {name} | {value} |" for name, value in _facts(model, trained, manifests)
        ),
        train=len(voices.TRAIN) + len(voices.ODD),
        dev=len(voices.DEV),
        test=len(voices.TEST),
        layers=trained["blocks"],
        left=trained["left_ms"],
        right=trained["right_ms"],
        table="\n".join(lines),
        delays=_delays(measured),
        silence=trained["silence"],
        how=_how(trained),
    )
    (model / CARD).write_text(text, encoding="utf-8")


def _facts(
    model: Path, trained: Mapping[str, object], manifests: Mapping[str, Path]
) -> list[tuple[str, object]]:
    lexicon = read_lexicon(model / folder.LEXICON)
    variants = sum(len(said) for said in lexicon.values())
    megabytes = sum(file.stat().st_size for file in model.rglob("*") if file.is_file()) / 1e6
    facts: list[tuple[str, object]] = [
        ("words", f"{len(lexicon)} with {variants} pronunciations; any other in seconds"),
        ("of them in no training text", len(words.held_out())),
        ("phones", len(read_phones(model / folder.PHONES))),
        ("parameters", trained["parameters"]),
        ("size", f"{megabytes:.1f} MB"),
    ]
    for split, path in manifests.items():
        rows = manifest.read(path)
        sources = Counter(row.source for row in rows)
        speakers = len({row.speaker for row in rows})
        told = ", ".join(f"{count} from {source}" for source, count in sources.items())
        facts.append((f"clips for {split}", f"{told}; {speakers} voices"))
    facts.append(("examples", f"{trained['examples']}, {trained['hours']} hours with copies"))
    return facts


def _delays(measured: Mapping[str, object]) -> str:
    delays = measured["delays"]
    if not isinstance(delays, dict):
        raise TypeError("`delays` of measured.json is an object")
    lines = [
        f"- {name}: median {one['median']:.2f} s, 95 % within {one['p95']:.2f} s ({one['count']})"
        for name, one in delays.items()
    ]
    cost, sure = measured["processor_for_a_second_of_sound"], measured["seconds_until_sure"]
    return "\n".join(
        [
            "From the end of speech to a right answer, in seconds of sound:",
            "",
            *lines,
            "",
            f"A whole phrase ended the step once it had stood for {sure} s (early end).",
            f"A second of sound took {cost} s of one processor.",
        ]
    )


def _how(trained: Mapping[str, object]) -> str:
    return (
        f"Training took {trained['minutes']} minutes on two processor cores"
        f" ({trained['epochs']} passes over the examples); phone error rate on the voices"
        f" for tuning, in all noises: {trained['phone_errors']} %."
    )
