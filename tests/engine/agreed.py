"""The sites that transcripts can name."""

from collections.abc import Mapping
from dataclasses import replace

from ivr.engine.script import (
    ChooseLanguage,
    Extensions,
    OpeningHours,
    OpenQuestion,
    Question,
    Script,
    SurveyNotice,
    Transfer,
)
from ivr.engine.site import Site
from tests.engine.sites import (
    FOUR_QUESTIONS,
    agent,
    collect,
    goodbye,
    menu,
    message,
    queue,
    say,
    site,
    team,
)
from tests.engine.speaking import counting, hearing


def office(hours: str = "office") -> Site:
    """An office with hours, two teams, a transfer, an English menu and a message box."""
    closed = {"break": "lunch", "holiday": "holiday", "clock": "main"}
    choices = {
        "1": "notice",
        "2": "recruitment",
        "3": "caseworker",
        "4": "message",
        "6": "english",
        "0": "notice",
    }
    failed = "recruitment"
    return site(
        say("greeting", "hours"),
        OpeningHours("hours", hours, "main", closed, "shut"),
        say("lunch", "message"),
        say("holiday", "message"),
        say("shut", "message"),
        menu("main", choices, otherwise="notice"),
        ChooseLanguage("english", "en", "main"),
        SurveyNotice("notice", ("survey.notice",), "building"),
        team("building", "building"),
        team("recruitment", "recruitment"),
        Transfer("caseworker", "+4533660101", ("please_hold",), 20, "message", "message", failed),
        message(),
        goodbye("thanks"),
        goodbye(),
        queues=(queue("building"), queue("recruitment")),
        agents=(agent("anna", building=9), agent("bo", building=5, recruitment=9)),
    )


def switchboard() -> Site:
    """A menu in which extensions can be keyed: 1 is a choice and begins two extensions."""
    nodes = {"120": "reception", "121": "archive", "45": "archive"}
    extensions = Extensions(nodes, 2, ("unknown_extension",))
    return site(
        replace(
            menu("main", {"1": "sales", "0": "person"}, otherwise="person"), extensions=extensions
        ),
        goodbye("sales"),
        goodbye("reception"),
        goodbye("archive"),
        goodbye("person"),
    )


def registry() -> Site:
    """Asks for a case number of four to eight digits, then for a secret code of four."""
    return site(
        collect("case", 4, 8, "checking"),
        say("checking", "code"),
        collect("code", 4, 4, "found", secret=True),
        goodbye("found"),
        goodbye(),
    )


def strict() -> Site:
    """Says what must be heard, then asks with prompts that no key cuts short.

    `hasty` takes keys that came too soon, `patient` does not.
    """
    asked = menu("hasty", {"1": "patient", "2": "notice"})
    again = menu("patient", {"1": "one", "2": "two"})
    return site(
        say("legal", "hasty", interruptible=False),
        replace(asked, interruptible=False, early_keys=True),
        say("notice", "patient"),
        replace(again, interruptible=False),
        goodbye("one"),
        goodbye("two"),
        goodbye(),
    )


def straight() -> Site:
    """Straight to the queue, at any hour; two may wait, for ten seconds."""
    return site(
        SurveyNotice("notice", ("survey.notice",), "building"),
        team("building", "building"),
        message(),
        goodbye("thanks"),
        goodbye(),
        queues=(replace(queue("building"), most_waiting=2, longest_wait=10),),
        agents=(agent("anna", building=9), agent("bo", building=5)),
    )


SPOKEN = {
    "rekruttering": "1",
    "nye medarbejdere": "1",
    "byggetilladelse": "2",
    "refusion": "3",
}


def talkative() -> Site:
    """A menu that can be answered in words: 1 recruiting, 2 building, 3 refunds, 0 a person."""
    choices = {"1": "recruiting", "2": "building", "3": "number", "6": "english", "0": "person"}
    asked = menu("main", choices, otherwise="person")
    number = collect("number", 4, 6, "refunds")
    return site(
        replace(asked, hearing=hearing("main", SPOKEN)),
        replace(number, hearing=counting("number")),
        ChooseLanguage("english", "en", "main"),
        goodbye("recruiting"),
        goodbye("building"),
        goodbye("refunds"),
        goodbye("person"),
        goodbye(),
    )


def reserved() -> Site:
    """The same menu, heard to its end before anybody may speak."""
    asked = menu("main", {"1": "recruiting", "2": "building", "0": "person"}, otherwise="person")
    heard = replace(hearing("main", {"byggetilladelse": "2"}), barge_in=False)
    return site(
        replace(asked, hearing=heard),
        goodbye("recruiting"),
        goodbye("building"),
        goodbye("person"),
    )


def curious() -> Site:
    """An open question first: its intents, then one of three options, then the key menu."""
    intents = {"hiring": "recruiting", "permits": "building", "refunds": "refunds"}
    phrases = {
        "rekruttering": "hiring",
        "nye medarbejdere": "hiring",
        "byggetilladelse": "permits",
        "refusion": "refunds",
    }
    heard = replace(hearing("open", phrases), long=(), short=())
    choices = {"1": "recruiting", "2": "building", "3": "refunds", "0": "person"}
    return site(
        say("greeting", "open"),
        OpenQuestion("open", ("what_about",), intents, tuple(intents), "main", "person", heard),
        replace(
            menu("main", choices, otherwise="person"),
            hearing=hearing("main", SPOKEN),
        ),
        goodbye("recruiting"),
        goodbye("building"),
        goodbye("refunds"),
        goodbye("person"),
        goodbye(),
    )


def asked_aloud() -> Site:
    """Straight to the team, and a survey whose questions can be answered in words."""
    nodes = dict(FOUR_QUESTIONS.script.nodes)
    for name in ("q1", "q2", "q3", "q4"):
        question_ = nodes[name]
        assert isinstance(question_, Question)
        nodes[name] = replace(question_, hearing=counting(name, least=1))
    questions = replace(FOUR_QUESTIONS, script=Script(nodes, FOUR_QUESTIONS.script.start))
    return replace(straight(), questions={questions.id: questions})


SITES: Mapping[str, Site] = {
    name: replace(each, hash=name)
    for name, each in {
        "office": office(),
        "shut": office("by_hand"),
        "switchboard": switchboard(),
        "registry": registry(),
        "strict": strict(),
        "straight": straight(),
        "talkative": talkative(),
        "curious": curious(),
        "reserved": reserved(),
        "asked_aloud": asked_aloud(),
    }.items()
}
"""The sites that transcripts can name."""
