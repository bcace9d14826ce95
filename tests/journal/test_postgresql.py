"""The same journal on a server."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.step import FLOOR
from ivr.journal import Reader, purge
from ivr.journal.database import writable
from ivr.journal.tables import metadata
from tests.journal import postgresql
from tests.journal.owner import (
    AT,
    Owner,
    answer_step,
    arrival,
    conclusion,
    key,
    step,
    survey_step,
)

Open = Callable[..., Owner]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    programs = postgresql.programs()
    absent = "PostgreSQL is missing: apt-get install postgresql"
    if programs is None and os.environ.get("CI"):
        pytest.fail(absent)
    if programs is None:
        pytest.skip(absent)
    with postgresql.running(programs) as running:
        yield running


@pytest.fixture
def server(url: str, owner: Open) -> Owner:
    with writable(make_url(url)).begin() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    return owner(url)


def test_the_migrations_end_in_the_tables_of_this_program(server: Owner) -> None:
    with writable(make_url(server.url)).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_day_on_a_server_is_a_day_in_a_file(server: Owner) -> None:
    steps = [
        arrival("call-1", number="\udcff\0"),
        answer_step("call-1", "q1", 3),
        answer_step("call-1", "q1", 9),
        step("call-1", 3.0, on.RecordingEnded(4, 12.5), do.KeepMessage(4, "box", 12.5)),
        conclusion("call-1"),
    ]
    record = server.write_call(*steps)
    server.write(
        survey_step("call-1"),
        survey_step("call-1", on.Disposition.REACHED, now=5.0),
        survey_step("never", on.Disposition.REFUSED, number="+4533333333"),
        step(FLOOR, 1.0, on.AgentLoggedIn("anna"), do.ChangeAgent("anna", "ready")),
    )
    server.journal.configured("c0ffee", {"gateway.yaml": "sip:\n"}, AT)
    server.settle("settled")
    reader = Reader(server.url)

    assert reader.call("call-1") == replace(record, number="\\udcff\\x00")
    assert reader.steps("call-1") == steps
    assert [answer.value for answer in reader.answers()] == [9]
    assert [message.box for message in reader.messages()] == ["box"]
    assert reader.configuration("c0ffee") == {"gateway.yaml": "sip:\n"}
    assert [type(event) for event in reader.restore(AT - timedelta(days=7))] == [
        on.NumberRefused,
        on.NumberAsked,
        on.NumberAsked,
        on.NumberAsked,
        on.SurveyRestored,
        on.SurveyRestored,
    ]
    assert purge(server.url, AT + timedelta(days=1)) > 0


def test_a_step_that_no_table_takes_does_not_stop_the_others(server: Owner) -> None:
    too_large = answer_step("call-1", "q1", 2**80)
    server.write(key("call-1", 1), too_large, key("call-1", 3))
    server.settle()

    assert len(Reader(server.url).steps("call-1")) == 2
    assert server.journal.put_aside == 1
