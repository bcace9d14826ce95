"""Reads a site and the sounds it needs: at the start, and beside running calls at each reload."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from ivr.config import load
from ivr.config.ways import spoken
from ivr.engine.message import TONE
from ivr.engine.script import Message, Script, Transfer
from ivr.engine.site import Site
from ivr.engine.transfer import RINGING
from ivr.errors import ConfigError
from ivr.gateway import Configuration
from ivr.prompts import Recordings

Problems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration with its sounds; `silent` are those that cannot be played, a line each."""

    configuration: Configuration
    library: Recordings
    silent: Problems


def read(folder: Path) -> Loaded:
    """Compile a site, and look for everything its callers will hear. Raises ConfigError."""
    return equipped(load(folder))


def read_beside(folder: Path, tell: Callable[[Loaded | Problems], None]) -> None:
    """Read a site in a thread of its own, on which `tell` hears what came of it."""

    def run() -> None:
        try:
            loaded = read(folder)
        except ConfigError as error:
            tell(tuple(map(str, error.problems)))
        except Exception as error:  # noqa: BLE001 -- whoever asked must get an answer
            tell((repr(error),))
        else:
            tell(loaded.silent or loaded)

    Thread(target=run, name="reload", daemon=True).start()


def equipped(configuration: Configuration) -> Loaded:
    """Return a site with its sounds, each of which is looked at now: no call waits for a disk."""
    site = configuration.site
    library = Recordings(configuration.gateway.prompts, site.languages)
    return Loaded(configuration, library, tuple(library.missing(_heard(site))))


def _heard(site: Site) -> Iterator[str]:
    """Yield everything that can be played, some of it more than once."""
    yield from site.apology
    for queue in site.queues.values():
        manners = queue.announcements
        yield from (queue.music, manners.position, manners.next, *manners.reminders)
    for calendar in site.calendars.values():
        days = (*calendar.days.values(), *calendar.yearly.values())
        yield from (day.message for day in days if day.message)
    for script in _scripts(site):
        for node in script.nodes.values():
            for _, prompts in spoken(node):
                yield from prompts
            match node:
                case Message():
                    yield TONE.id
                case Transfer():
                    yield RINGING


def _scripts(site: Site) -> Iterator[Script]:
    for group in site.groups.values():
        yield from (stage.script for stage in group.stages)
    yield from (questions.script for questions in site.questions.values())
