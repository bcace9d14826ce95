"""teams.yaml: the queues and the agents who serve them."""

from typing import Annotated, ClassVar

from ivr.config.addresses import TELEPHONE
from ivr.config.page import Page
from ivr.config.schema import Section
from ivr.config.spelling import unknown
from ivr.config.times import duration
from ivr.config.values import Name, Prompt, Prompts, Text, YesNo, whole
from ivr.engine.site import Agent, Announcements, Queue

LARGEST_POSITION = 999
"""No larger number can be spoken."""


class AnnouncementsSection(Section):
    what: ClassVar[str] = "announcements"

    position: Prompt
    """what tells the caller his place; may hold {position}"""
    next: Prompt
    """what tells the caller that he is next"""
    every: Annotated[float, duration("5s", "10m")] = 30.0
    """how long a place is not told again, and then only if it improved"""
    reminders: Prompts = ()
    """what is said in between, in turn"""
    reminders_every: Annotated[float, duration("10s", "1h", never=True)] = 0.0
    """how often a reminder is said"""


class QueueSection(Section):
    what: ClassVar[str] = "a queue"

    team: Text
    """what the team is called"""
    calendar: Name
    """when the queue takes callers"""
    music: Name = "calm"
    """what callers hear while they wait"""
    longest_wait: Annotated[float, duration("10s", "4h")]
    """how long a caller waits before he is sent to `timeout`"""
    most_waiting: Annotated[int, whole(1, LARGEST_POSITION)]
    """how many may wait; the next one is sent to `full`"""
    ring: Annotated[float, duration("2s", "2m")] = 15.0
    """how long an agent's telephone rings"""
    rest: Annotated[float, duration("1s", "1h")] = 60.0
    """how long an agent who did not answer is left in peace"""
    wrap_up: Annotated[float, duration("0s", "1h")] = 30.0
    """how long an agent is free of calls after one"""
    announcements: AnnouncementsSection
    """what waiting callers hear"""


class AgentSection(Section):
    what: ClassVar[str] = "an agent"

    address: Annotated[str, TELEPHONE]
    """the telephone that rings"""
    skills: dict[Name, Annotated[int, whole(0, 9)]]
    """how good the agent is in each queue, from 0 (not in it) to 9 (best)"""
    logged_in: YesNo = True
    """whether the agent is logged in when the gateway starts"""


class TeamsFile(Section):
    what: ClassVar[str] = "teams.yaml"

    queues: dict[Name, QueueSection]
    """each queue by its name"""
    agents: dict[Name, AgentSection]
    """each agent by name"""


def check(page: Page[TeamsFile], calendars: frozenset[str] | None) -> None:
    """Note queues nobody serves, and names that do not exist."""
    if page.content is not None:
        _check_queues(page, page.content, calendars)
        _check_agents(page, page.content)


def _check_queues(page: Page[TeamsFile], file: TeamsFile, calendars: frozenset[str] | None) -> None:
    skills = [agent.skills for agent in file.agents.values()]
    all_agents_known = len(skills) == len(page.names("agents") or ())
    for name, queue in file.queues.items():
        place = ("queues", name)
        if calendars is not None and queue.calendar not in calendars:
            page.fault((*place, "calendar"), unknown("calendar", queue.calendar, calendars))
        if all_agents_known and not any(of_agent.get(name) for of_agent in skills):
            page.fault(place, f"no agent has a skill above 0 in the queue `{name}`")
        manners = queue.announcements
        if bool(manners.reminders) != bool(manners.reminders_every):
            message = "`reminders` and `reminders_every` need each other"
            page.fault((*place, "announcements"), message)


def _check_agents(page: Page[TeamsFile], file: TeamsFile) -> None:
    queues = page.names("queues") or frozenset()
    owners: dict[str, str] = {}
    for name, agent in file.agents.items():
        owner = owners.setdefault(agent.address, name)
        if owner != name:
            page.fault(("agents", name, "address"), f"this is the address of `{owner}` already")
        for queue in agent.skills:
            if queue not in queues:
                page.fault(("agents", name, "skills", queue), unknown("queue", queue, queues))


def queues(file: TeamsFile) -> dict[str, Queue]:
    """Return the queues by name."""
    return {name: _queue(name, section) for name, section in file.queues.items()}


def _queue(name: str, section: QueueSection) -> Queue:
    manners = section.announcements
    return Queue(
        name=name,
        team=section.team,
        calendar=section.calendar,
        music=section.music,
        longest_wait=section.longest_wait,
        most_waiting=section.most_waiting,
        seconds_to_ring=section.ring,
        seconds_of_rest=section.rest,
        wrap_up=section.wrap_up,
        announcements=Announcements(
            position=manners.position,
            next=manners.next,
            seconds_between=manners.every,
            reminders=manners.reminders,
            seconds_between_reminders=manners.reminders_every,
        ),
    )


def agents(file: TeamsFile) -> dict[str, Agent]:
    """Return the agents by name, each with the queues he is in."""
    return {name: _agent(name, section) for name, section in file.agents.items()}


def _agent(name: str, section: AgentSection) -> Agent:
    skills = {queue: skill for queue, skill in section.skills.items() if skill}
    return Agent(name, section.address, skills, section.logged_in)
