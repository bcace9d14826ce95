"""Whom the robot calls back, and when: the corners that promises and transcripts leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.engine.actions import SaveSurvey, StartSurvey
from ivr.engine.events import (
    DeadlinePassed,
    Disposition,
    NumberAsked,
    NumberRefused,
    ProgrammeEvent,
    SurveyProposed,
    SurveyReported,
    SurveyRestored,
    SurveySaved,
    SurveyTask,
    TrunksChanged,
)
from ivr.engine.programme import EMPTY, Programme, advance
from ivr.engine.site import Site
from tests.engine.sites import DAY, goodbye, site

SITE = site(goodbye())
TEN = datetime(2026, 3, 4, 9, tzinfo=UTC)
"""A Wednesday at ten in Denmark; surveys are made from nine to twenty on working days."""
NUMBER = "+4520112233"


def _task(id_: str = "t1", number: str = NUMBER, questions: str = "kk-2") -> SurveyTask:
    return SurveyTask(id_, number, questions, "business", "stage1", "a", "anna", "1", "da")


def _lived(
    *events: tuple[float, ProgrammeEvent], site: Site = SITE, since: Programme = EMPTY
) -> tuple[Programme, list[SaveSurvey | StartSurvey]]:
    """Live through events at so many seconds past ten."""
    programme, done = since, []
    for now, event in events:
        programme, actions = advance(site, programme, event, TEN + timedelta(seconds=now))
        done += [each for each in actions if isinstance(each, SaveSurvey | StartSurvey)]
    return programme, done


def _standing(done: list[SaveSurvey | StartSurvey]) -> list[str]:
    return [
        f"{each.disposition} {each.attempts}" if isinstance(each, SaveSurvey) else "start"
        for each in done
    ]


UP = (0.0, TrunksChanged(("pbx",)))
TALKED = (0.0, SurveyProposed(_task()))
DUE = (60.0, DeadlinePassed())
SAVED = (61.0, SurveySaved("t1", Disposition.DIALLING))


def test_a_survey_is_planned_begun_and_dialled_when_it_is_saved() -> None:
    programme, done = _lived(UP, TALKED, DUE, SAVED)

    assert _standing(done) == ["planned 0", "dialling 1", "start"]
    assert programme.deadline(lines=1) is None


def test_a_survey_is_planned_once() -> None:
    _, done = _lived(TALKED, TALKED)

    assert _standing(done) == ["planned 0"]


@pytest.mark.parametrize(
    ("task", "disposition"),
    [
        (_task(number=""), Disposition.NOT_CALLABLE),
        (_task(number="+46701234567"), Disposition.NOT_CALLABLE),
        (_task(number="90123456"), Disposition.NOT_CALLABLE),
        (_task(questions="kk-1"), Disposition.EXPIRED),
    ],
)
def test_a_survey_that_cannot_be_made_is_over_at_once(
    task: SurveyTask, disposition: Disposition
) -> None:
    programme, done = _lived((0.0, SurveyProposed(task)))

    assert _standing(done) == [f"{disposition} 0"]
    assert programme.surveys == {}


def test_the_quarantine_is_as_long_as_the_rules_say() -> None:
    for days, standing in ((6.99, "quarantined 0"), (7.01, "planned 0")):
        _, done = _lived((0.0, NumberAsked(NUMBER, TEN)), (days * DAY, SurveyProposed(_task())))

        assert _standing(done) == [standing]


def test_the_latest_time_a_number_was_asked_counts_whatever_the_order() -> None:
    long_ago = TEN - timedelta(days=5)
    _, done = _lived(
        (0.0, NumberAsked(NUMBER, TEN)),
        (0.0, NumberAsked(NUMBER, long_ago)),
        (3 * DAY, SurveyProposed(_task())),
    )

    assert _standing(done) == ["quarantined 0"]


def test_old_quarantines_are_forgotten() -> None:
    programme, _ = _lived(
        (0.0, NumberAsked("+4531445533", TEN)), (8 * DAY, NumberAsked(NUMBER, TEN))
    )

    assert [number for drawer in programme.asked.values() for number in drawer] == [NUMBER]


def test_a_number_that_refused_is_never_planned() -> None:
    _, done = _lived((0.0, NumberRefused(NUMBER)), (900 * DAY, SurveyProposed(_task())))

    assert _standing(done) == ["opted_out 0"]


def test_surveys_are_begun_in_the_order_they_are_due_as_lines_come_free() -> None:
    others = ((float(n), SurveyProposed(_task(f"t{n}", f"+453144556{n}"))) for n in (3, 2, 1))
    programme, _ = _lived(UP, *others, (90.0, DeadlinePassed()))

    assert [id_ for _, id_ in programme.schedule] == ["t2", "t3"]
    _, done = _lived(
        (91.0, SurveyReported("t1", Disposition.REACHED)),
        (92.0, SurveyReported("t1", Disposition.COMPLETE)),
        (93.0, DeadlinePassed()),
        since=programme,
    )
    assert [each.task.id for each in done] == ["t1", "t1", "t2"]


def test_without_a_trunk_nothing_is_due() -> None:
    programme, done = _lived(TALKED, DUE)

    assert programme.deadline(lines=1) is None
    assert _standing(done) == ["planned 0"]


# --- what changes between planning, saving and dialling -----------------------------------------


def test_trunks_that_fall_before_the_journal_has_saved_cost_no_attempt() -> None:
    programme, done = _lived(UP, TALKED, DUE, (60.5, TrunksChanged(())), SAVED)

    assert _standing(done) == ["planned 0", "dialling 1", "planned 0"]
    assert programme.under_way == 0


def test_a_journal_that_takes_until_the_evening_dials_the_next_morning() -> None:
    evening = 10.5 * 3600
    programme, done = _lived(UP, TALKED, DUE, (evening, SurveySaved("t1", Disposition.DIALLING)))

    assert _standing(done) == ["planned 0", "dialling 1", "planned 0"]
    assert programme.deadline(lines=1) == datetime(2026, 3, 5, 8, tzinfo=UTC)


def test_a_refusal_meanwhile_is_heeded() -> None:
    _, done = _lived(UP, TALKED, DUE, (60.5, NumberRefused(NUMBER)), SAVED)

    assert _standing(done) == ["planned 0", "dialling 1", "opted_out 0"]


def test_a_question_set_that_is_gone_asks_nobody() -> None:
    gone = replace(SITE, questions={})
    programme, _ = _lived(UP, TALKED)

    _, before = _lived(DUE, site=gone, since=programme)
    assert _standing(before) == ["expired 0"]
    programme, _ = _lived(DUE, since=programme)
    _, meanwhile = _lived(SAVED, site=gone, since=programme)
    assert _standing(meanwhile) == ["expired 0"]


def test_a_survey_that_waited_too_long_expires() -> None:
    programme, done = _lived(TALKED, (2.5 * DAY, TrunksChanged(("pbx",))))
    _, done = _lived((2.5 * DAY, DeadlinePassed()), since=programme)

    assert _standing(done) == ["expired 0"]


def test_hours_that_never_come_again_expire_a_survey() -> None:
    calendars = {**SITE.calendars, "evenings": SITE.calendars["by_hand"]}
    shut = replace(SITE, calendars=calendars)
    programme, _ = _lived(UP, TALKED)

    _, at_once = _lived((0.0, SurveyProposed(_task())), site=shut)
    _, later = _lived(DUE, site=shut, since=programme)
    assert _standing(at_once) == _standing(later) == ["expired 0"]


def test_hours_that_have_moved_postpone_a_survey() -> None:
    calendars = {**SITE.calendars, "evenings": SITE.calendars["office"]}
    office = replace(SITE, calendars=calendars)
    noon = 1.75 * 3600  # a quarter to twelve: the office's break
    programme, done = _lived(UP, TALKED)

    programme, done = _lived((noon, DeadlinePassed()), site=office, since=programme)
    assert _standing(done) == ["planned 0"]
    assert programme.deadline(lines=1) == datetime(2026, 3, 4, 11, 30, tzinfo=UTC)


def test_a_survey_whose_hours_come_too_late_expires_at_once() -> None:
    """The office has its break from half past eleven to half past twelve."""
    calendars = {**SITE.calendars, "evenings": SITE.calendars["office"]}
    rules = replace(SITE.survey, delay=3000, expires=3600)
    office = replace(SITE, calendars=calendars, survey=rules)
    talked = (41 * 60.0, SurveyProposed(_task()))  # due a minute into the break

    programme, done = _lived(talked, site=office)
    assert _standing(done) == ["expired 0"]
    assert programme.asked == {}

    patient = replace(office, survey=replace(rules, delay=60, expires=2 * 3600))
    programme, _ = _lived(UP, TALKED)
    _, done = _lived((1.75 * 3600, DeadlinePassed()), site=patient, since=programme)
    assert _standing(done) == ["expired 0"]


# --- after the call -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spacing", "standing"), [(3600 - 70, "planned 1"), (3600 - 69, "busy 1"), (DAY, "busy 1")]
)
def test_a_next_attempt_that_would_come_too_late_is_not_made(spacing: float, standing: str) -> None:
    """Surveys expire after an hour here."""
    hasty = replace(SITE, survey=replace(SITE.survey, spacing=spacing, expires=3600))
    _, done = _lived(
        UP, TALKED, DUE, SAVED, (70.0, SurveyReported("t1", Disposition.BUSY)), site=hasty
    )

    assert _standing(done)[-1] == standing


def test_what_fails_after_somebody_answered_is_not_tried_again() -> None:
    _, done = _lived(
        UP,
        TALKED,
        DUE,
        SAVED,
        (70.0, SurveyReported("t1", Disposition.REACHED)),
        (71.0, SurveyReported("t1", Disposition.FAILED)),
    )

    assert _standing(done)[-2:] == ["reached 1", "failed 1"]


def test_news_of_a_survey_that_is_over_changes_nothing() -> None:
    for event in (
        SurveyReported("t1", Disposition.COMPLETE),
        SurveySaved("t1", Disposition.DIALLING),
        SurveySaved("t1", Disposition.PLANNED),
    ):
        assert advance(SITE, EMPTY, event, TEN) == (EMPTY, ())


@pytest.mark.parametrize(
    ("disposition", "attempts", "standing", "still_open"),
    [
        (Disposition.PLANNED, 1, [], ["t1"]),
        (Disposition.DIALLING, 1, ["planned 1"], ["t1"]),
        (Disposition.DIALLING, 3, ["failed 3"], []),
        (Disposition.REACHED, 1, ["partial 1"], []),
    ],
)
def test_what_the_journal_restores_goes_on_where_it_safely_can(
    disposition: Disposition, attempts: int, standing: list[str], still_open: list[str]
) -> None:
    restored = SurveyRestored(_task(), disposition, attempts, TEN, TEN)
    programme, done = _lived((30.0, restored), (31.0, SurveyProposed(_task("t2"))))

    assert _standing(done) == [*standing, "quarantined 0"]
    assert list(programme.surveys) == still_open
