"""A house with its caller and both agents at their telephones."""

import re
from dataclasses import dataclass

from demo.world import Telephone
from tests.gateway.house import House, until
from tests.gateway.log import Story

MENU = "says menu.demo.long"
TO_QUEUE = ((MENU, "1"),)
TO_MESSAGE = ((MENU, "8"), ("says message.invite", "1"))
"""What is said, and the keys the caller then presses."""
TALKING = "connects the caller"
_MANNER = re.compile(r"(anna|bo) is (ready|ringing|talking|wrap up|resting|logged out)")
"""How the floor tells what an agent does; in the beginning both are ready."""


@dataclass
class Floor:
    """The telephones are used again in every call."""

    house: House
    caller: Telephone
    anna: Telephone
    bo: Telephone

    def call(self, shows: str, *keys_after: tuple[str, str]) -> Story:
        """Dial, and press each key after what is to be said before it."""
        story = self.house.call(self.caller, shows)
        for said, keys in keys_after:
            story.tells(said)
            self.caller.do("keys", keys=keys)
        return story

    def talk(self, shows: str) -> Story:
        """Dial, and come to talk to an agent."""
        story = self.call(shows, *TO_QUEUE)
        story.tells(TALKING)
        return story

    def is_free(self) -> None:
        """Wait until both agents are ready for the next call."""

        def manners() -> dict[str, str]:
            told = (_MANNER.findall(line) for line in tuple(self.house.log.lines))
            return dict(agent for agents in told for agent in agents)

        until(lambda: set(manners().values()) <= {"ready"})
        assert set(manners().values()) <= {"ready"}, manners()

    def is_empty(self) -> None:
        """Wait until the metrics show that nobody is on the line any more."""
        for name, value in (
            ('ivr_agents{state="ready"}', 2),
            ('ivr_queue_waiting{queue="virksomhed"}', 0),
            ('ivr_calls_active{direction="in",group="virksomhed"}', 0),
            ('ivr_calls_active{direction="out",group="virksomhed"}', 0),
        ):
            self.house.shows(name, value)


def furnished(house: House, *before: str, program: str = "ivr") -> Floor:
    """Start everybody."""
    gateway = house.begin(*before, program=program)
    telephones = house.telephones(("caller",), ("anna",), ("bo",))
    gateway.tells("trunks up: pbx")
    return Floor(house, *telephones)
