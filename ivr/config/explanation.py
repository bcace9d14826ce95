"""The compiled site in words: what a technician reads to see that it is what he meant.

    print(explain(load(folder)))

Written from the compiled values, not from the files: what stands here is what runs. Secrets
are shown by their reference only.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, groupby

from ivr.config.calendars import WEEKDAYS
from ivr.config.times import BEGINNING, CLOSED, NEVER, hours_in_words, in_words
from ivr.config.ways import TOLD, spoken, ways
from ivr.engine.hearing import Hearing
from ivr.engine.script import (
    Asked,
    ChooseLanguage,
    Collect,
    JoinTeam,
    Menu,
    Message,
    Node,
    OpeningHours,
    OpenQuestion,
    Script,
    Stage,
    SurveyNotice,
    Transfer,
)
from ivr.engine.site import Agent, Calendar, Opening, Queue, Site, SpecialDay, Switch
from ivr.gateway import Configuration, Gateway, Registration, Trunk


def explain(configuration: Configuration) -> str:
    """Return the site as text, a section for each kind of thing."""
    site, box = configuration.site, configuration.gateway
    sections = [
        [f"Site {site.name}, configuration {site.hash}, {site.zone}, {_list(site.languages)}"],
        ["Numbers", *_entrances(site), f"  after a fault of ours: {_list(site.apology)}"],
        *(
            section
            for group in site.groups.values()
            for section in _stages(group.name, group.stages)
        ),
        ["Calendars", *_calendars(site)],
        ["Queues", *chain.from_iterable(map(_queue, site.queues.values()))],
        ["Agents", *map(_agent, site.agents.values())],
        ["Survey", *_survey(site)],
        ["Trunks, best first for outgoing calls", *map(_trunk, box.sip.trunks)],
        ["This box", *_box(site, box)],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _list(words: Iterable[object]) -> str:
    return ", ".join(str(word) for word in words) or "none"


# --- who calls what -------------------------------------------------------------------------


def _entrances(site: Site) -> Iterator[str]:
    for number, entrance in site.entrances.items():
        if number == entrance.number:
            yield f"  {number} -> {entrance.group}, in {entrance.language}"
        else:
            yield f"  {number} = {entrance.number}"


def _stages(group: str, stages: tuple[Stage, ...]) -> Iterator[list[str]]:
    for stage in stages:
        since = BEGINNING if stage.since == date.min else str(stage.since)
        heading = (
            f"Service group {group}, stage {stage.name}, since {since}, asks"
            f" {stage.questions or 'nothing'} afterwards, begins at {stage.script.start}"
        )
        yield [heading, *_flow(stage.script)]


def _flow(script: Script) -> Iterator[str]:
    for node in script.nodes.values():
        yield f"  {node.name}: {_does(node)}"
        for option, prompts in spoken(node):
            if prompts and not option.startswith(TOLD):
                yield f"      {option}: {_list(prompts)}"
        if isinstance(node, Asked) and node.hearing:
            yield from _said(node.hearing)
        for way in ways(node):
            yield f"      {' '.join(way.at)} -> {way.to}"


def _said(hearing: Hearing) -> Iterator[str]:
    """Yield what may be said for each meaning."""
    phrases = hearing.vocabulary.phrases
    count = len(hearing.grammar.phrases)
    yield f"      listens in {hearing.grammar.language} for {count} sentences"
    for meaning in dict.fromkeys(phrases.values()):
        said = _list(phrase for phrase, means in phrases.items() if means == meaning)
        yield f"      say {meaning}: {said}"


def _does(node: Node) -> str:
    match node:
        case OpeningHours(calendar=calendar):
            return f"hours of {calendar}"
        case JoinTeam(queue=queue, level=level):
            return f"queue {queue}, level {level}"
        case ChooseLanguage(language=language):
            return f"language {language}"
        case Transfer(number=number, seconds_to_ring=ring):
            return f"transfer to {number}, rings {in_words(ring)}"
        case Message(box=box, seconds=longest):
            return f"message in box {box}, at most {in_words(longest)}"
        case Menu(seconds_to_answer=wait, no_input=no_input, no_match=no_match):
            tries = f"{no_input.limit} silences or {no_match.limit} wrong keys"
            return f"menu, {in_words(wait)} to answer, at most {tries}"
        case OpenQuestion(seconds_to_answer=wait, menu=menu):
            return f"open question, {in_words(wait)} to answer, then {menu}"
        case Collect(stores=stores, least=least, most=most):
            return f"collects {stores}, {least} to {most} digits"
        case SurveyNotice():
            return "survey notice"
    return type(node).__name__.lower()


# --- when -----------------------------------------------------------------------------------


def _calendars(site: Site) -> Iterator[str]:
    for calendar in site.calendars.values():
        yield f"  {calendar.name}: {_week(calendar)}"
        if calendar.breaks:
            yield f"      breaks {_hours(calendar.breaks)}"
        if calendar.holidays:
            names = dict.fromkeys(calendar.holidays.values())
            yield f"      closed on {_list(names)}"
        for day, special in calendar.days.items():
            yield f"      {day}: {_day(special)}"
        for (month, number), special in calendar.yearly.items():
            yield f"      every {month:02}-{number:02}: {_day(special)}"
        if calendar.switch is not Switch.BY_SCHEDULE:
            yield f"      SWITCHED {calendar.switch.upper()} BY HAND"


def _day(special: SpecialDay) -> str:
    message = f"; when closed: {special.message}" if special.message else ""
    return f"{_hours(special.openings)} ({special.name}){message}"


def _week(calendar: Calendar) -> str:
    parts = []
    for hours, days in groupby(zip(WEEKDAYS, calendar.week, strict=True), lambda day: day[1]):
        names = [name for name, _ in days]
        span = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
        parts.append(f"{span} {_hours(hours)}")
    return _list(parts)


def _hours(openings: tuple[Opening, ...]) -> str:
    return " and ".join(map(hours_in_words, openings)) or CLOSED


# --- who answers, who asks ------------------------------------------------------------------


def _queue(queue: Queue) -> Iterator[str]:
    manners = queue.announcements
    yield (
        f"  {queue.name}: {queue.team}, open as {queue.calendar}, at most {queue.most_waiting}"
        f" waiting for {in_words(queue.longest_wait)}, rings {in_words(queue.seconds_to_ring)},"
        f" rests {in_words(queue.seconds_of_rest)}, wrap-up {in_words(queue.wrap_up)}"
    )
    yield f"      music: {queue.music}"
    yield (
        f"      position, at most every {in_words(manners.seconds_between)}:"
        f" {manners.position}; {manners.next} for the first"
    )
    often = _every(manners.seconds_between_reminders)
    yield f"      reminders, {often}: {_list(manners.reminders)}"


def _agent(agent: Agent) -> str:
    skills = _list(f"{queue} {skill}" for queue, skill in agent.skills.items())
    return f"  {agent.name}: {agent.address}, {skills}{'' if agent.logged_in else ', logged out'}"


def _survey(site: Site) -> Iterator[str]:
    rules = site.survey
    yield (
        f"  calls {in_words(rules.delay)} after the call, within {in_words(rules.expires)}, open"
        f" as {rules.calendar}, {rules.attempts} attempts {in_words(rules.spacing)} apart, rings"
        f" {in_words(rules.seconds_to_ring)}, shows {rules.shows}, {rules.lines} lines;"
        f" asks a number once in {in_words(rules.quarantine)}"
    )
    for name, questions in site.questions.items():
        yield f"  {name}"
        yield from (f"  {line}" for line in _flow(questions.script))


# --- this box -------------------------------------------------------------------------------


def _trunk(trunk: Trunk) -> str:
    parts = [
        f"  {trunk.name}: {trunk.proxy} over {trunk.protocol}",
        f"from {_list(trunk.sources)}" if trunk.sources else "from nowhere by address",
        _registration(trunk.registration) if trunk.registration else "without registration",
        "outgoing" if trunk.outgoing else "incoming only",
        f"health {_every(trunk.seconds_between_options)}",
    ]
    return ", ".join(parts)


def _registration(registration: Registration) -> str:
    return (
        f"registers as {registration.user} in {registration.realm} with {registration.algorithm}"
        f" and the password in {registration.password.reference}"
    )


def _every(seconds: float) -> str:
    return f"every {in_words(seconds)}" if seconds else NEVER


def _box(site: Site, box: Gateway) -> Iterator[str]:
    sip, limits = box.sip, site.limits
    listens = (f"{listen.protocol} {listen.address} port {listen.port}" for listen in sip.listen)
    yield f"  listens on {_list(listens)}"
    yield f"  codecs {_list(sip.codecs)}; audio on {sip.rtp_ports} ports from {sip.rtp_port}"
    yield (
        f"  {limits.calls} calls of at most {in_words(limits.seconds)}, dead after"
        f" {in_words(limits.seconds_without_audio)} without audio,"
        f" {in_words(limits.seconds_to_drain)} to drain"
    )
    yield f"  prompts {box.prompts}, voice {box.piper_model or 'espeak-ng'}"
    speech = box.speech
    yield f"  hears {speech.language} with {speech.folder}" if speech else "  hears keys only"
    yield f"  journal {box.journal}, messages {box.messages}"
    yield f"  metrics {box.metrics_address} port {box.metrics_port}, control {box.control}"
