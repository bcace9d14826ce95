"""espeak-ng's voices, split so that nobody is heard both in training and in an evaluation.

A variant (`espeak-ng --voices=variant`) gives the Danish voice another throat: formants, pitch,
breath. Klatt variants are another way of synthesis altogether. All share one set of phonemes:
a held-out voice is not a held-out human.
"""

from collections.abc import Mapping

TEST = (
    "m5", "m7", "f3", "f5", "Andrea", "Denis", "david", "edward2", "gustave", "iven2", "norbert",
    "steph", "steph3", "klatt4",
)  # fmt: skip
"""Never in training nor in tuning."""

DEV = ("m8", "f4", "Alicia", "paul", "max", "sandro", "klatt3")

TRAIN = (
    "", "m1", "m2", "m3", "m4", "m6", "f1", "f2", "Andy", "Annie", "Gene", "Gene2", "Hugo",
    "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "Diogo", "Henrique", "Alex", "Storm",
    "Nguyen", "Mr serious", "adam", "anika", "antonio", "aunty", "belinda", "benjamin", "boris",
    "ed", "edward", "grandma", "grandpa", "iven", "iven3", "iven4", "john", "kaukovalta",
    "linda", "marcelo", "michel", "miguel", "pablo", "pedro", "quincy", "rob", "robert",
    "shelby", "steph2", "travis", "victor", "zac", "RicishayMax", "RicishayMax2",
    "RicishayMax3",
    "klatt", "klatt2", "klatt5",
)  # fmt: skip
"""People and the Klatt synthesis. "" is the Danish voice itself; caleb and klatt6 sound exactly
like klatt and are left out."""

ODD = (
    "AnxiousAndy", "Demonic", "Tweaky", "UniRobot", "anikaRobot", "announcer", "croak", "fast",
    "robosoft", "robosoft2", "robosoft3", "robosoft4", "robosoft5", "robosoft6", "robosoft7",
    "robosoft8", "whisper", "whisperf",
)  # fmt: skip
"""Robots, whispers and croaks: in training too, but seldom, for variety."""

SHARE_OF_ODD = 0.08

SPLITS: Mapping[str, tuple[str, ...]] = {"train": TRAIN + ODD, "dev": DEV, "test": TEST}


def name(variant: str) -> str:
    """What espeak-ng calls the Danish voice with this variant."""
    return f"da+{variant}" if variant else "da"
