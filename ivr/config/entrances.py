"""entrance.yaml: the numbers that can be dialled, and what each opens."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from ivr.config.page import Page
from ivr.config.schema import Place, Section
from ivr.config.spelling import unknown
from ivr.config.values import DIALLED, ONE_OR_MORE, Language, Name, Prompts
from ivr.engine.numbers import normal
from ivr.engine.site import Entrance

Dialled = Annotated[str, DIALLED]


class NumberSection(Section):
    what: ClassVar[str] = "a number"

    group: Name
    """the service group whose call flow answers: a folder under groups/"""
    language: Language
    """the language callers are greeted in"""
    aliases: Annotated[tuple[Dialled, ...], ONE_OR_MORE] = ()
    """older numbers that lead to the same"""


class EntranceFile(Section):
    what: ClassVar[str] = "entrance.yaml"

    numbers: dict[Dialled, NumberSection]
    """each number that can be dialled"""
    apology: Prompts
    """what is said before a call is ended by a fault of ours"""


def check(page: Page[EntranceFile], groups: frozenset[str]) -> None:
    """Note numbers that stand twice, and names that do not exist."""
    if page.content is None:
        return
    if not page.source.value["numbers"]:
        page.fault(("numbers",), "no number can be dialled")
    listed: dict[str, str] = {}
    for place, written in _dialled(page.content):
        earlier = listed.setdefault(normal(written), written)
        if earlier is not written:
            page.fault(place, f"the number {normal(written)} stands here twice")
    for written, section in page.content.numbers.items():
        place = ("numbers", written)
        if section.group not in groups:
            page.fault((*place, "group"), unknown("service group", section.group, groups))


def _dialled(file: EntranceFile) -> Iterator[tuple[Place, str]]:
    for written, section in file.numbers.items():
        yield ("numbers", written), written
        for number, alias in enumerate(section.aliases):
            yield ("numbers", written, "aliases", number), alias


def compiled(file: EntranceFile) -> dict[str, Entrance]:
    """Return each entrance by every number that leads to it."""
    entrances: dict[str, Entrance] = {}
    for written, section in file.numbers.items():
        entrance = Entrance(normal(written), section.group, section.language)
        for number in (written, *section.aliases):
            entrances[normal(number)] = entrance
    return entrances
