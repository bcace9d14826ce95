"""The schema: made from nothing, the same as the tables, refused when it is newer."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import make_url

from ivr.errors import JournalError
from ivr.journal import Reader
from ivr.journal.database import writable
from ivr.journal.migrations import configured
from ivr.journal.opening import prepare
from ivr.journal.tables import REVISIONS, SCHEMA, metadata
from tests.journal.owner import AT, Owner

Open = Callable[..., Owner]


def test_the_migrations_end_in_the_tables_of_this_program(path: Path) -> None:
    url = make_url(f"sqlite:///{path}")
    prepare(url, AT)

    with writable(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_program_knows_its_revisions_without_alembic(path: Path) -> None:
    with writable(make_url(f"sqlite:///{path}")).connect() as connection:
        scripts = ScriptDirectory.from_config(configured(connection))

    assert [script.revision for script in scripts.walk_revisions()] == list(reversed(REVISIONS))
    assert scripts.get_current_head() == SCHEMA


def test_alembic_is_not_loaded_for_a_journal_that_is_up_to_date(owner: Open) -> None:
    url = owner().url
    program = (
        "import sys; from datetime import *; from ivr.journal import *;"
        "from sqlalchemy.engine import make_url; from ivr.journal.opening import prepare;"
        f"prepare(make_url({url!r}), datetime(2026, 1, 1, tzinfo=UTC));"
        "print('alembic' in sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert run.stdout.strip() == b"False"


def test_a_migration_happens_whole_or_not_at_all(path: Path) -> None:
    url = make_url(f"sqlite:///{path}")
    with writable(url).begin() as connection:
        connection.execute(text("CREATE TABLE messages (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="already exists"):
        prepare(url, AT)

    with writable(url).begin() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))
        assert [row.name for row in tables] == ["messages"]


def test_a_journal_of_a_newer_program_is_refused_and_left_alone(owner: Open, path: Path) -> None:
    one = owner()
    one.journal.close()
    with writable(make_url(one.url)).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(JournalError, match=r"newer ivr \(schema 9999"):
        Owner(one.url)
    with pytest.raises(JournalError, match=r"newer ivr \(schema 9999"):
        Reader(one.url).calls()

    assert [file.name for file in path.parent.glob("*.corrupt-*")] == []
